"""Every page address of the registry, with what it is made for and with what it is not: as tests of runs do theirs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from django.urls import reverse

from registry.models import ModelVersion, RegisteredModel
from registry.services.aliases import set_alias
from registry.urls import urlpatterns
from registry.views.version_tables import TABLES
from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import LoggedModel, ModelOutput, Run
from tests.factories import make_experiment, make_logged_model, make_model_version, make_registered_model, make_run
from tests.runs.views.test_every_address import BROKEN, HOSTILE, everything, page_client, rotated, some, walked
from trackui.exports.responses import FORMS

pytestmark = pytest.mark.django_db

# What a name may not be by our doors, yet be stored by others: it only must be one part of an address.
NAME = '=\x01\x1b[31m"onload="x\'><script>alert(1){{ 7|add:7 }}%2Fé漢,?#&\n'
OTHER = "plain, with a comma"
MLMODEL = f"""\
flavors:
  python_function: {{loader_module: mlflow.sklearn, "{"<script>alert(1)"}": "onload="}}
signature:
  inputs: '[{{"type": "double", "name": "<script>alert(1)", "required": true}}]'
run_id: "<script>alert(1)"
"""
PARAMETERS = """
    q stage stale production_older unaliased user_id alias archived kind tags. tags.a order page rows metrics baseline
    versions as_of run source review archive aliases remove note name description model version user since until after
    path at first as columns find reference all value print theme tags_key tags_value seen row download text
""".split()
# What decides whether the rest is looked at.
GATES = ("q", "as_of", "kind", "version", "since", "until", "after", "run", "source", "versions", "reference", "path")


@dataclass
class World:
    """What addresses name. Everything that may have a name has a hostile one."""

    run_id: str
    metric: str

    def arguments(self, name: str) -> tuple:
        return {"name": (NAME,), "version": (1, 2, 3), "form": FORMS, "table": tuple(TABLES)}[name]

    def addresses(self) -> Iterator[str]:
        """Of every page."""
        for pattern in urlpatterns:
            if pattern.name is None:
                continue
            combinations = [{}]
            for name in pattern.pattern.converters:
                combinations = [{**one, name: value} for one in combinations for value in self.arguments(name)]
            for arguments in combinations:
                yield reverse(f"models:{pattern.name}", kwargs=arguments)

    def sensible(self) -> dict[str, str | list[str]]:
        """Parameters that mean something somewhere."""
        return {
            "run": self.run_id,
            "versions": [f"{NAME}/1", f"{OTHER}/1"],
            "metrics": self.metric,
            "baseline": "@champion",
            "archived": "show",
            "review": "1",
            "stage": "Production",
            "aliases": "champion,other",
            "path": "MLmodel",
        }


def few(addresses: Iterator[str]) -> list[str]:
    """Without the other forms of a table, and one of the versions: the views are the same."""
    return [address for address in some(addresses) if "/versions/3/" not in address]


@pytest.fixture
def world(artifact_root) -> World:
    experiment = make_experiment(HOSTILE)
    run = make_run(experiment, name=HOSTILE, tags={"mlflow.user": HOSTILE}, metrics={"acc": 0.5, "nan": float("nan")})
    save_artifact(stored_path(run.artifact_uri) / file_path("model/MLmodel"), [MLMODEL.encode()])
    logged = make_logged_model(experiment, name="m", params={"a": HOSTILE}, tags={"b": HOSTILE})
    ModelOutput.objects.create(run=run, model_id=logged.model_id, step=0)
    model = make_registered_model("hostile", description=f"# {HOSTILE}\n[x](javascript:alert(1))", tags={"a": HOSTILE})
    make_model_version(model, run=run, description=HOSTILE, tags={"a": HOSTILE}, stage="Production")
    make_model_version(model)
    make_model_version(model, logged_model=logged, stage="Archived")
    set_alias("hostile", "champion", 1, note=HOSTILE, user=None)
    make_model_version(make_registered_model(OTHER), run=run)
    RegisteredModel.objects.filter(name="hostile").update(name=NAME, user_id=HOSTILE)
    ModelVersion.objects.filter(name="hostile").update(
        name=NAME, user_id=HOSTILE, run_link="javascript:alert(1)", status_message=HOSTILE
    )
    ModelVersion.objects.filter(version=2).update(source=HOSTILE, storage_location="file:///etc", run_id=HOSTILE)
    LoggedModel.objects.update(name=HOSTILE)
    Run.objects.update(user_id=HOSTILE)
    return World(run_id=run.run_id, metric="acc")


def test_every_page_is_there_and_names_are_text(world):
    client = page_client()
    addresses = list(world.addresses())
    before = everything()

    assert [*walked(client, addresses, {}), *walked(client, addresses, world.sensible())] == []
    assert everything() == before


def test_pages_of_runs_that_tell_of_versions_take_their_names_as_text(world):
    addresses = [f"/runs/{world.run_id}/", f"/runs/{world.run_id}/lineage", "/search", "/audit"]

    assert walked(page_client(), addresses, {"q": "script"}) == []


@pytest.mark.parametrize("turn", range(0, len(BROKEN), 14))
def test_broken_parameters_break_no_page(world, turn):
    client = page_client()
    before = everything()

    query = rotated(turn, PARAMETERS) | world.sensible()
    query |= {name: values for name, values in rotated(turn, PARAMETERS).items() if name not in GATES}

    assert walked(client, few(world.addresses()), query) == []
    assert everything() == before


def test_what_decides_what_is_meant_may_be_broken(world):
    client = page_client()
    before = everything()

    problems = []
    for turn, address in enumerate(few(world.addresses())):
        problems += walked(client, [address], rotated(turn, GATES))
        problems += walked(client, [address], {"as_of": "2026-03-01"} | dict(rotated(turn, GATES[4:])))
    assert problems == []
    assert everything() == before


@pytest.mark.parametrize("name", ["nul", "unicode", "huge", "climbing", "markup", "elsewhere", "percent", "not utf-8"])
def test_broken_parts_of_addresses_break_no_page(world, name):
    text, plain = quote(BROKEN[name], safe="/"), quote(OTHER)
    ends = ("/", "", "/history", "/history.csv", "/versions.csv", "/edit", "/rename", "/delete", "/versions/1/")
    addresses = [
        *(f"/models/{text}{end}" for end in ends),
        f"/models/{text}/versions/1/promote",
        f"/models/{text}/?as_of=2026-03-01",
        *(f"/models/{plain}/versions/{text}{end}" for end in ("/", "/promote", "/files", "/edit", "/delete")),
        f"/models/{plain}/versions/1/{text}.csv",
        f"/models/{plain}/versions/{'9' * 40}/",
        f"/model-versions/compare?versions={text}/1,{text}/2",
    ]

    assert walked(page_client(), addresses, {}) == []


def test_changes_need_the_token_of_a_form(world):
    """Of another site's form nothing is done, whatever the address."""
    client = page_client(enforce_csrf_checks=True)
    before = everything()

    answers = {address: client.post(address, {"name": NAME}).status_code for address in world.addresses()}

    assert set(answers.values()) == {403}
    assert everything() == before


def test_other_methods_are_refused(world):
    client = page_client()
    before = everything()

    answers = {
        (method, address): getattr(client, method)(address).status_code
        for method in ("put", "patch", "delete")
        for address in few(world.addresses())
    }

    assert {asked: status for asked, status in answers.items() if status != 405} == {}
    assert everything() == before


@pytest.mark.parametrize("name", ["empty", "nul", "markup", "long", "control"])
def test_broken_forms_break_no_page(world, name):
    client = page_client()
    changing = [address for address in world.addresses() if "POST" in client.put(address)["Allow"]]
    broken = dict.fromkeys(PARAMETERS, BROKEN[name])
    half_right = {"stage": "Production", "aliases": "champion", "name": "x", "source": f"runs:/{world.run_id}/model"}

    assert len(changing) > 6
    assert walked(client, changing, broken, "post") == []
    assert walked(client, changing, broken | half_right, "post") == []
    assert walked(client, ["/models/", "/model-events/", "/"], {}) == []


def test_files_say_what_they_are(world):
    client = page_client()
    for address in world.addresses():
        if address.endswith(".json") and "plotly" not in address:
            response = client.get(address, world.sensible())
            assert response["Content-Type"] == "application/json", address
            json.loads(response.getvalue())
