"""Pages of models as they were at a moment."""

import json

import pytest

from registry.models import ModelEvent
from registry.services.aliases import set_alias
from registry.services.model_versions import delete_model_version, transition_stage
from registry.services.registered_models import delete_registered_model, rename_registered_model
from tests.factories import make_model_version, make_registered_model, make_run

THEN = {"as_of": "2026-03-01"}
THEN_MS = 1_772_323_200_000


def be_past() -> None:
    """All that has happened so far was before that day."""
    ModelEvent.objects.update(time=THEN_MS - 1000)


@pytest.fixture
def model(db):
    """Then: 1 in Production and champion, 2 in Staging, 3 archived. Since: 2 in Production, 3 deleted, 4 made."""
    model = make_registered_model("churn")
    for number, stage in enumerate(("Production", "Staging", "Archived"), 1):
        make_model_version(model, run=make_run(metrics={"acc": number / 10}), stage=stage)
    set_alias("churn", "champion", 1, user=None)
    make_registered_model("gone")
    make_registered_model("before")
    be_past()
    transition_stage("churn", 2, "Production", archive_existing_versions=True, user=None)
    set_alias("churn", "champion", 2, user=None)
    delete_model_version("churn", 3, user=None)
    make_model_version(model)
    delete_registered_model("gone", user=None)
    rename_registered_model("before", "after", user=None)
    make_registered_model("new")
    return model


def lines(page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def test_the_list_is_as_it_was(pages, model):
    page = pages.html("/models/", THEN)

    assert "2026-03-01 00:00:00 UTC" in page.select_one(".as-of-banner").get_text()
    assert lines(page) == [
        "before – – – 0 called after",
        "churn Production 1 Staging 2 @champion 1 3 3",
        "gone – – – 0 deleted since",
    ]
    assert page.select_one(".as-of-banner a")["href"] == "?"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "CHU"}, ["churn"]),
        ({"stage": "Archived"}, ["churn"]),
        ({"unaliased": "1"}, ["before", "gone"]),
        ({"q": "nothing"}, []),
    ],
)
def test_the_list_is_narrowed_by_what_was(pages, model, query, found):
    assert [line.split()[0] for line in lines(pages.html("/models/", THEN | query))] == found


def test_what_the_past_cannot_be_asked_is_said(pages, model):
    page = pages.html("/models/", THEN | {"stale": "30", "tags.team": "risk", "page": "x"})

    said = [line.get_text() for line in page.select(".complaint")]
    assert said[0].startswith("stale, tags.team: left out.")
    assert said[1].startswith("page: x")


def test_the_versions_are_as_they_were(pages, model):
    page = pages.html("/models/churn/", THEN | {"archived": "show"})

    shown = lines(page)
    assert [line.split()[1] for line in shown] == ["2", "1"]
    assert "Staging" in shown[0]
    assert "Production @champion" in shown[1]
    assert "Deleted since: version 3" in page.select_one("#version_table").get_text()
    assert "Measured against version 1" in page.select_one(".against").get_text(" ", strip=True)
    assert "Production 1" in page.select_one(".title").get_text(" ", strip=True)
    assert "promote…" not in page.select_one("tbody").get_text()


@pytest.mark.parametrize(
    ("query", "found"),
    [({}, ["2", "1"]), ({"stage": "Staging"}, ["2"]), ({"alias": "champion"}, ["1"]), ({"unaliased": "1"}, ["2"])],
)
def test_versions_are_narrowed_by_what_was(pages, model, query, found):
    rows = json.loads(pages.get("/models/churn/versions.json", THEN | query).getvalue())

    assert [str(row["version"]) for row in rows] == found


def test_the_list_of_then_is_a_file(pages, model):
    rows = json.loads(pages.get("/models.json", THEN).getvalue())

    assert [(row["name"], row["name_now"], row["production"]) for row in rows] == [
        ("before", "after", None),
        ("churn", "churn", 1),
        ("gone", None, None),
    ]


def test_a_name_of_then_leads_to_the_model_of_now(pages, model):
    assert pages.get("/models/before/", THEN)["Location"] == "/models/after/?as_of=2026-03-01"


def test_what_was_deleted_since_is_told_from_its_history(pages, model):
    page = pages.html("/models/gone/", THEN)

    assert page.select_one(".badge").get_text() == "deleted since"
    assert "It had no versions." in page.get_text()


@pytest.mark.parametrize(
    ("address", "as_of", "status"),
    [
        ("/models/new/", "2026-03-01", 404),
        ("/models/nobody/", "2026-03-01", 404),
        ("/models/churn/", "1990-01-01", 404),
        ("/models/churn/", "soon", 400),
        ("/models/", "soon", 400),
        ("/models/", "1990-01-01", 200),
        ("/models.csv", "x" * 500, 400),
    ],
)
def test_a_moment_without_the_model_or_none_at_all(pages, model, address, as_of, status):
    response = pages.get(address, {"as_of": as_of})

    assert response.status_code == status
    if status == 400:
        assert "as_of" in response.content.decode()
