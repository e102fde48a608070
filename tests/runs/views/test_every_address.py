"""Every page address, with what it is made for and with what it is not: names that are markup, and broken parameters.

A page may say no, and says what is at fault; it never fails, never lets a name become markup, and only POST changes
anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.ingest import limits
from runs.models import ModelOutput, SavedView, Snapshot, WebhookDelivery
from runs.queries.explore_kinds import FORESTS, KINDS, SETTINGS
from runs.services.bulk import ACTIONS
from runs.services.jobs import start_job
from runs.services.tags import set_tag
from runs.services.webhooks import enqueue
from runs.urls import urlpatterns
from runs.views.run_tables import TABLES
from tests.factories import make_experiment, make_logged_model, make_run, make_webhook
from tests.runs.points import log_line
from trackui.exports.responses import FORMS

pytestmark = pytest.mark.django_db

# Ends an attribute, ends a script, is a formula for a spreadsheet, and holds what XML may not.
HOSTILE = '=\x01\x1b[31m"onload="x\'></script><script>alert(1)</script>{{ 7|add:7 }}'
HOSTILE_KEY = '="onload="x\'><script>alert(1){{ 7|add:7 }}'
HOSTILE_FILE = HOSTILE_KEY + "\u202e.txt"
MARKUP = re.compile(r"<script>alert|<[a-z][^<>]*\"onload=", re.IGNORECASE)

UNNAMED = ("/compare", "/runs")
CHART_FILES = ("", ".svg", ".png", ".plotly.json", ".json", ".csv", ".parquet")

# Names of parameters, and of fields of forms.
PARAMETERS = (
    """
    q columns order sort group except baseline reference open page rows runs top metrics smooth x y z x_from x_to band
    scale path line with view children best_child pin a b a_q b_q pick experiments explain width look regex saved
    view_default theme status user_id params.lr not.params.lr tags. dataset constant move find at_of at_best detail hide
    section cols metric mark download ground add fold charts print value all step show key as after before at first
    name query is_shared is_default page experiment model back text comparison address action subject user from to
    edit layout direction token events filter url secret state until count confirmed target note colour tags_key
    tags_value from.params.lr
    is.params.lr by color axes y_stat order_by label id
""".split()
    + list(SETTINGS)
)
# What decides whether the rest is looked at.
GATES = ("q", "runs", "path", "experiments", "group", "a_q", "b_q", "model", "experiment", "user", "before", "after",
         "from", "to", "key", "order")  # fmt: skip

BROKEN = {
    "empty": "",
    "long": "x" * 500,
    "many": ",".join(f"metrics.k{number}" for number in range(60)),
    "nul": "a\0b",
    "unicode": "ü漢\U0001f600\u202e\ufeff\u2028",
    "percent": "%",
    "not utf-8": b"\xff\xed\xa0\x80",
    "control": "\x01\x1b[31m\x7f\ufffe",
    "negative": "-1",
    "zero": "0",
    "overflow": "1e999",
    "nan": "nan",
    "huge": "9" * 30,
    "just too big": str(2**63),
    "other digits": "²٣",
    "bracket": "[",
    "brackets": "(" * 120,
    "climbing": "../../etc/passwd",
    "markup": HOSTILE,
    "half a filter": "metrics.loss <",
    "half a key": "params.",
    "unknown key": "metrics.no_such_metric",
    "bad pattern": "params.lr ~ '('",
    "nobody": "0" * 32,
    "commas": ",,,,",
    "quotes": "'\"`\\",
    "line break": "a\r\nSet-Cookie: b=c",
    "elsewhere": "//evil.example/",
    "script address": "javascript:alert(1)",
}


@dataclass
class World:
    """What addresses name. Everything that may have a name has a hostile one."""

    experiment: int
    run_id: str
    other_id: str
    metric: str
    view: int
    job: int
    snapshot: str
    webhook: str
    delivery: str

    def arguments(self, name: str) -> tuple:
        """The values that an argument of an address is tried with."""
        return {
            "experiment_id": (self.experiment,),
            "run_id": (self.run_id,),
            "first": (self.run_id,),
            "others": (self.other_id,),
            "job_id": (self.job,),
            "view_id": (self.view,),
            "slug": (self.snapshot,),
            "webhook_id": (self.webhook,),
            "delivery_id": (self.delivery,),
            "form": FORMS,
            "table": tuple(TABLES),
            "action": tuple(ACTIONS),
            "kind": tuple(KINDS),
            "key": tuple(self.metric + form for form in CHART_FILES),
        }[name]

    def addresses(self) -> Iterator[str]:
        """Of every page."""
        yield from UNNAMED
        for pattern in urlpatterns:
            if pattern.name is None:
                continue
            combinations = [{}]
            for name, converter in (
                pattern.pattern.converters.items() or dict.fromkeys(pattern.pattern.regex.groupindex).items()
            ):
                values = FORESTS if type(converter).__name__ == "ForestKind" else self.arguments(name)
                combinations = [{**one, name: value} for one in combinations for value in values]
            for arguments in combinations:
                yield reverse(f"runs:{pattern.name}", kwargs=arguments)

    def sensible(self) -> dict[str, str]:
        """Parameters that mean something somewhere."""
        return {
            "runs": f"{self.run_id},{self.other_id}",
            "path": HOSTILE_FILE,
            "group": "params.lr",
            "baseline": self.other_id,
            "columns": f"params.{HOSTILE_KEY},metrics.{HOSTILE_KEY}",
            "x": f"metrics.{HOSTILE_KEY}",
            "y": f"metrics.{HOSTILE_KEY}",
            "by": f"params.{HOSTILE_KEY}",
            "open": "all",
            "saved": str(self.view),
            "all": "1",
        }


@pytest.fixture
def world(db, artifact_root, monkeypatch, webhooks_on) -> World:
    # Stored data may come from elsewhere than through our doors.
    monkeypatch.setattr(limits, "_KEY", re.compile(".*", re.DOTALL))
    limits.check_key.cache_clear()
    experiment = make_experiment(HOSTILE, tags={HOSTILE_KEY: HOSTILE, "mlflow.note.content": HOSTILE})
    runs = [
        make_run(
            experiment,
            name=f"{HOSTILE} {seed}",
            start_time=1_700_000_000_000 + seed,
            status="FINISHED",
            params={HOSTILE_KEY: f"{HOSTILE}{seed}", "lr": str(0.1 * (seed % 2 + 1)), "seed": str(seed)},
            tags={
                HOSTILE_KEY: HOSTILE,
                "mlflow.user": HOSTILE,
                "mlflow.note.content": f"# {HOSTILE}\n[x](javascript:alert(1))",
                "mlflow.source.name": "javascript:alert(1)",
                "mlflow.source.git.repoURL": f"javascript:alert(1){HOSTILE}",
                "mlflow.source.git.commit": HOSTILE,
            },
            metrics={"nan": float("nan"), "inf": float("inf")},
        )
        for seed in range(4)
    ]
    child = make_run(experiment, name=HOSTILE, tags={"mlflow.parentRunId": runs[0].run_id})
    for number, run in enumerate([*runs, child]):
        log_line(run, HOSTILE_KEY, [1.0, 0.5 / (number + 1)])
    for path in (HOSTILE_FILE, f"{HOSTILE_KEY}/a.json", "logs/out.log", "page.html"):
        save_artifact(stored_path(runs[0].artifact_uri) / file_path(path), [f"{HOSTILE}\n".encode()])
    model = make_logged_model(experiment, name="m", params={"a": HOSTILE}, tags={"b": HOSTILE})
    ModelOutput.objects.create(run=runs[0], model_id=model.model_id, step=0)
    set_tag(runs[0].run_id, HOSTILE_KEY, f"{HOSTILE} again", user=None)

    limits.check_key.cache_clear()
    monkeypatch.undo()

    client = page_client()
    ids = ",".join(run.run_id for run in runs[:2])
    client.post("/compare/freeze", {"runs": ids})
    for page in ("runs", "groups", "charts", "explore"):
        fields = {"experiment": experiment.pk, "page": page, "query": f"q={HOSTILE}", "is_shared": "on"}
        client.post("/views/save", {**fields, "name": f"{HOSTILE} {page}"})
    client.post(f"/runs/{runs[0].run_id}/edit", {"name": f"{HOSTILE} now", "note": HOSTILE})
    job = start_job("test", title=HOSTILE, arguments={}, user=None, experiment=experiment)
    webhook = make_webhook(experiment=experiment, filter=HOSTILE, description=HOSTILE, url=f"https://a/{HOSTILE}")
    (delivery,) = enqueue([webhook], "run", "finished", {"name": HOSTILE})
    WebhookDelivery.objects.update(error=HOSTILE)
    return World(
        experiment=experiment.pk,
        run_id=runs[0].run_id,
        other_id=runs[1].run_id,
        metric=HOSTILE_KEY,
        view=SavedView.objects.first().pk,
        job=job.pk,
        snapshot=Snapshot.objects.get().slug,
        webhook=webhook.webhook_id,
        delivery=delivery.delivery_id,
    )


def page_client(**options) -> Client:
    return Client(headers={"host": "localhost"}, raise_request_exception=False, **options)


def wrong_with(response) -> list[str]:
    """What no answer may be, whatever was asked."""
    if response.status_code >= 500:
        return [f"{response.status_code}: {getattr(response, 'exc_info', ('', ''))[1]!r}"]
    content = response.getvalue()
    content_type = response.get("Content-Type", "")
    found = []
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if response.get(name) != value:
            found.append(f"{name}: {response.get(name)}")
    if response.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        found.append("may be framed")
    if content_type.startswith(("text/html", "image/svg+xml", "text/css")):
        if content_type.startswith("text/html") and "script-src 'self'" not in response.get(
            "Content-Security-Policy", ""
        ):
            found.append("no policy")
        if match := MARKUP.search(text := content.decode()):
            found.append(f"markup: {text[max(0, match.start() - 120) : match.end() + 40]!r}")
        if "alert(1)14" in text:
            found.append("a name was run as a template")
    location = response.get("Location", "/")
    if not re.match(r"\?|/(?!/)", location):
        found.append(f"leads to {location}")
    return found


def is_embedded_html(address: str) -> bool:
    """An HTML file in a frame without an origin is shown as it is."""
    return "/artifacts/frame" in address


def walked(client: Client, addresses, query: dict, method: str = "get") -> list[str]:
    problems = []
    for address in addresses:
        if not is_embedded_html(address):
            problems += [f"{address} {said}" for said in wrong_with(getattr(client, method)(address, query))]
    return problems


def everything() -> dict[str, list]:
    """All that is stored."""
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in apps.get_models()}


TYPES = {".csv": "text/csv", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png"}


def test_files_say_what_they_are(world):
    client = page_client()
    for address in world.addresses():
        ending = next((ending for ending in TYPES if address.endswith(ending)), None)
        response = client.get(address, world.sensible()) if ending else None
        if response is not None and response.status_code == 200:
            assert response["Content-Type"].startswith(TYPES[ending]), address
            response.getvalue()


def test_every_page_is_there_and_names_are_text(world):
    client = page_client()
    addresses = list(world.addresses())
    before = everything()

    assert [*walked(client, addresses, {}), *walked(client, addresses, world.sensible())] == []
    assert everything() == before


def some(addresses: Iterator[str]) -> list[str]:
    """Without the other forms of a table: one view makes them all."""
    return [address for address in addresses if not address.endswith((".json", ".parquet", ".png"))]


def rotated(turn: int, names=PARAMETERS) -> dict[str, list[str]]:
    """Each parameter twice, with a broken value: over all turns each with each."""
    values = list(BROKEN.values())
    return {name: [values[(at + turn) % len(values)]] * 2 for at, name in enumerate(names)}


# Each parameter meets some of the values; which ones differs between neighbours.
@pytest.mark.parametrize("turn", range(0, len(BROKEN), 10))
def test_broken_parameters_break_no_page(world, turn):
    client = page_client()
    before = everything()

    query = rotated(turn) | world.sensible()
    query |= {name: values for name, values in rotated(turn).items() if name not in GATES}

    assert walked(client, some(world.addresses()), query) == []
    assert everything() == before


def test_what_decides_which_runs_are_meant_may_be_broken(world):
    client = page_client()
    addresses = [address for address in some(world.addresses()) if "/explore/" not in address]
    before = everything()

    problems = []
    for turn, address in enumerate(addresses):
        problems += walked(client, [address], rotated(turn, GATES))
    assert problems == []
    assert everything() == before


@pytest.mark.parametrize(
    "name", ["nul", "unicode", "huge", "climbing", "markup", "elsewhere", "percent", "not utf-8", "control"]
)
def test_broken_parts_of_addresses_break_no_page(world, name):
    text = quote(BROKEN[name], safe="/")
    addresses = [
        f"/runs/{text}",
        f"/runs/{text}/",
        f"/runs/{text}/edit",
        f"/webhooks/{text}/",
        f"/webhooks/{world.webhook}/deliveries/{text}",
        f"/runs/{world.run_id}/{text}",
        f"/runs/{world.run_id}/{text}.csv",
        *(f"/runs/{world.run_id}/charts/{text}{form}" for form in CHART_FILES),
        *(f"/experiments/{world.experiment}/charts/{text}{form}" for form in CHART_FILES),
        f"/compare/charts/{text}?runs={world.run_id},{world.other_id}",
        f"/compare/{text}...{world.run_id}",
        f"/experiments/{text}/",
        f"/experiments/{world.experiment}/explore/{text}",
        f"/experiments/{world.experiment}/runs/{text}",
        f"/views/{text}",
        f"/jobs/{text}",
        f"/frozen/{text}",
    ]

    assert walked(page_client(), addresses, {}) == []


def test_changes_need_the_token_of_a_form(world):
    """Of another site's form nothing is done, whatever the address."""
    client = page_client(enforce_csrf_checks=True)
    before = everything()

    answers = {address: client.post(address, {"name": "x"}).status_code for address in world.addresses()}

    assert set(answers.values()) == {403}
    assert everything() == before


def test_other_methods_are_refused(world):
    client = page_client()
    before = everything()

    answers = {
        (method, address): getattr(client, method)(address).status_code
        for method in ("put", "patch", "delete")
        for address in some(world.addresses())
    }

    assert {asked: status for asked, status in answers.items() if status != 405} == {}
    assert everything() == before


@pytest.mark.parametrize("name", ["empty", "nul", "markup", "elsewhere"])
def test_broken_forms_break_no_page(world, name):
    client = page_client()
    changing = [address for address in world.addresses() if "POST" in client.put(address)["Allow"]]
    broken = dict.fromkeys(PARAMETERS, BROKEN[name])
    half_right = {"runs": world.run_id, "experiment": world.experiment, "page": "runs", "direction": "higher"}

    assert walked(client, changing, broken, "post") == []
    assert walked(client, changing, broken | half_right, "post") == []
    assert walked(client, ["/", "/audit", "/jobs/", "/views/", f"/experiments/{world.experiment}/"], {}) == []
