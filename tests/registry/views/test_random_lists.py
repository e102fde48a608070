"""Lists of models and of versions under random choices, held against plain Python: pages, totals, facets and files."""

import json
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.models import ModelAlias, ModelVersion, RegisteredModel
from registry.queries import model_list, version_table
from registry.services.aliases import set_alias
from tests.factories import make_experiment, make_model_version, make_registered_model, make_run
from trackui.clock import now_ms

DAY = 24 * 3600 * 1000
STAGES = ("None", "Staging", "Production", "Archived")
SIZE = 3


@pytest.fixture
def small_pages(monkeypatch):
    for module in (model_list, version_table):
        monkeypatch.setattr(module, "PAGE_SIZES", (SIZE, 50, 100))
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 4)


@pytest.fixture
def many(db, small_pages):
    """Models of all kinds; versions of one of them have metrics of runs of two experiments."""
    rng = random.Random(8)
    for at in range(14):
        model = make_registered_model(f"m{at:02}", tags={"team": rng.choice("xyz")} if at % 3 else {})
        age(RegisteredModel, model.pk, rng, user_id=rng.choice(["ann", "bob", ""]))
        for _ in range(rng.randrange(4)):
            age(ModelVersion, make_model_version(model).pk, rng, stage=rng.choice(STAGES))
        if model.versions.exists() and at % 2:
            set_alias(model.name, "champion", 1, user=None)
    net, experiments = make_registered_model("net"), [make_experiment(), make_experiment()]
    for at in range(11):
        run = make_run(experiments[at % 2], metrics={"loss": rng.choice([0.1, 0.2, float("nan"), float("inf"), 3.0])})
        made = make_model_version(net, run=run if at % 4 else None, tags={"team": rng.choice("xy")} if at % 3 else {})
        age(ModelVersion, made.pk, rng, stage=rng.choice(STAGES), user_id=rng.choice(["ann", "bob"]))
        if at % 3 == 0:
            set_alias("net", f"alias{at}", made.version, user=None)


def age(table, pk, rng, **fields):
    table.objects.filter(pk=pk).update(creation_time=now_ms() - rng.choice([1, 40, 100]) * DAY, **fields)


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.lists(st.sampled_from(STAGES), min_size=1, max_size=2, unique=True),
        "stale": st.sampled_from(["30", "90"]),
        "unaliased": st.just("1"),
        "user_id": st.lists(st.sampled_from(["ann", "bob"]), min_size=1, max_size=2, unique=True),
        "tags.team": st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True),
    },
)


def is_chosen(one, versions, aliases, choices, stages) -> bool:
    tags = dict(one.tags.values_list("key", "value"))
    return (
        ("stage" not in choices or bool(stages & set(choices["stage"])))
        and ("unaliased" not in choices or not aliases)
        and ("user_id" not in choices or one.user_id in choices["user_id"])
        and ("tags.team" not in choices or tags.get("team") in choices["tags.team"])
        and ("stale" not in choices or all(is_old(each, choices["stale"]) for each in [one, *versions]))
    )


def is_old(one, days) -> bool:
    return one.creation_time < now_ms() - int(days) * DAY


def chosen_models(choices) -> set[str]:
    found = set()
    for model in RegisteredModel.objects.all():
        versions = list(model.versions.all())
        aliases = ModelAlias.objects.filter(registered_model=model).exists()
        if not is_chosen(model, versions, aliases, choices, {one.stage for one in versions}):
            continue
        live = [one for one in versions if one.stage == "Production"]
        days = choices.get("production_older")
        if days is None or (live and all(is_old(one, days) for one in live)):
            found.add(model.name)
    return found


def pages_of(pages, path, query, keys) -> tuple[list[str], set[str]]:
    """Keys of the rows of all pages, and what was said of how many there are."""
    found, said = [], set()
    for number in range(1, 20):
        page = pages.html(path, query | {"page": number, "rows": SIZE})
        part = keys(page)
        said.add(page.select_one(".said").get_text(" ", strip=True))
        if not part or (found and part[0] in found):
            return found, said
        found += part
        if len(part) < SIZE:
            return found, said
    raise AssertionError("no end")


def model_names(page) -> list[str]:
    return [link.get_text() for link in page.select("tbody th a")]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    choices=CHOICES,
    older=st.sampled_from([None, "30", "90"]),
    order=st.sampled_from(["name", "-last_change", "creation_time", "-versions", "latest", "user_id"]),
)
def test_models(pages, many, choices, older, order):
    choices = choices | ({"production_older": older} if older else {})
    expected = chosen_models(choices)

    found, said = pages_of(pages, "/models/", choices | {"order": order}, model_names)
    rows = json.loads(pages.get("/models.json", choices | {"order": order}).getvalue())

    assert len(found) == len(expected) and set(found) == expected
    assert [row["name"] for row in rows] == found
    total = RegisteredModel.objects.count()
    assert all(re.search(rf"\b{len(expected)} (of {total} )?model", one) for one in said), said
    for name, value, count in facet_counts(pages.html("/models/", choices)):
        assert count == len(chosen_models(choices | {name: [value]})), (name, value)


def facet_counts(page):
    """Of stages, owners and tags: parameter, value, the count beside it."""
    fields = {"Stage": "stage", "Owner": "user_id", "team": "tags.team"}
    for heading in page.select("#facets h2"):
        for item in heading.find_next_sibling("ul").select(".facet"):
            if heading.get_text() in fields and item.a.get_text() != "(empty)":
                yield fields[heading.get_text()], item.a.get_text(), int(item.select_one(".n").get_text())


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    choices=CHOICES,
    archived=st.sampled_from([None, "show", "only"]),
    order=st.sampled_from(["-version", "creation_time", "stage", "metrics.loss", "-metrics.loss"]),
)
def test_versions(pages, many, choices, archived, order):
    choices = choices | ({"archived": archived} if archived else {})
    expected = set()
    for one in ModelVersion.objects.filter(name="net"):
        is_archived = one.stage == "Archived"
        hides = archived is None and "Archived" not in choices.get("stage", ())
        if (
            is_chosen(one, [], one.aliases.exists(), choices, {one.stage})
            and not (hides and is_archived)
            and (is_archived or archived != "only")
        ):
            expected.add(one.version)
    query = choices | {"order": order, "metrics": "loss"}

    found, _ = pages_of(
        pages, "/models/net/", query, lambda page: [row["data-key"] for row in page.select("tbody tr[data-key]")]
    )
    rows = json.loads(pages.get("/models/net/versions.json", query).getvalue())

    assert len(found) == len(expected) and {int(key[1:]) for key in found} == expected
    assert [f"v{row['version']}" for row in rows] == found
    if "loss" in order:
        values = [float(row.get("metrics.loss") or "nan") for row in rows]
        numbers = [value for value in values if value == value]
        assert values[: len(numbers)] == sorted(numbers, reverse=order[0] == "-")
