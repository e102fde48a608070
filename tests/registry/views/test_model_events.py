"""Who moved what, when and why: of a model, and of all."""

import json

import pytest

from registry.models import ModelEvent
from registry.services.aliases import set_alias
from registry.services.model_versions import delete_model_version, transition_stage
from registry.services.registered_models import delete_registered_model, rename_registered_model
from tests.factories import make_model_version, make_registered_model, make_run


@pytest.fixture
def model(db):
    model = make_registered_model("churn", tags={})
    for _ in range(2):
        make_model_version(model)
    transition_stage("churn", 1, "Production", note="first <b>good</b> one", user=None)
    set_alias("churn", "champion", 1, user=None)
    set_alias("churn", "champion", 2, note="better", user=None)
    return model


def lines(page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.select("tbody tr")]


def test_every_move_stands_with_from_to_and_why(pages, model):
    page = pages.html("/models/churn/history")

    shown = lines(page)
    assert len(shown) == 6
    assert "2 alias moved champion version 1 version 2 better" in shown[0]
    assert "1 stage moved None Production first <b>good</b> one" in shown[2]
    assert page.select_one("tbody a[href='/models/churn/versions/2/']") is not None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "alias_set"}, 2),
        ({"kind": "moves"}, 3),
        ({"version": "1"}, 4),
        ({"version": "2"}, 2),
        ({"user": "nobody"}, 0),
        ({"since": "2020-01-01"}, 6),
        ({"until": "2020-01-01"}, 0),
        ({"model": "CHU"}, 6),
    ],
)
def test_it_is_narrowed_down(pages, model, query, count):
    make_registered_model("other")

    assert len(lines(pages.html("/models/churn/history", query))) == count


def test_all_models_are_in_one_list_also_those_that_are_gone(pages, model):
    make_registered_model("gone")
    delete_registered_model("gone", user=None)
    delete_model_version("churn", 1, user=None)
    rename_registered_model("churn", "leavers", user=None)

    page = pages.html("/model-events/")

    names = {link.get_text(): link["href"] for link in page.select("tbody td.clip a")}
    assert names["leavers"] == "/models/leavers/"
    assert "gone" not in names
    assert any("gone" in line and "deleted" in line for line in lines(page))
    assert page.select_one("a[href='/models/leavers/versions/1/']") is None
    assert len(lines(pages.html("/model-events/", {"model": "gone"}))) == 2


def test_older_entries_are_a_page_away(pages, model):
    ModelEvent.objects.bulk_create(
        ModelEvent(time=number, kind="model_tag_set", registered_model=model, name="churn") for number in range(120)
    )

    first = pages.html("/models/churn/history")
    second = pages.html("/models/churn/history" + first.select_one("a[rel=next]")["href"])

    assert (len(lines(first)), len(lines(second))) == (100, 26)


def test_the_history_is_a_file(pages, model):
    rows = json.loads(pages.get("/models/churn/history.json", {"kind": "alias_set"}).getvalue())
    everything = json.loads(pages.get("/model-events.json").getvalue())

    assert [(row["key"], row["before"], row["after"]) for row in rows] == [
        ("champion", "1", "2"),
        ("champion", "", "1"),
    ]
    assert len(everything) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "hack"),
        ("version", "x"),
        ("version", "9" * 30),
        ("since", "soon"),
        ("after", "1"),
        ("until", "2026-13-01"),
    ],
)
def test_a_part_that_cannot_be_read_is_named(pages, model, name, value):
    response = pages.get("/model-events/", {name: value})

    assert response.status_code == 400
    assert name in response.content.decode()


def test_the_audit_list_leads_here(pages, db):
    assert pages.html("/audit").select_one("a[href='/model-events/']") is not None


def test_the_first_page_tells_the_latest_moves(pages, model):
    make_run(status="FINISHED")

    card = pages.html("/").select_one("section[aria-labelledby=moves_title]")

    assert [line.get_text(" ", strip=True) for line in card.select(".clip")] == [
        "@champion 1 → 2: better",
        "@champion to 1",
        "version 1 to Production: first <b>good</b> one",
    ]
    assert card.select_one(".name")["href"] == "/models/churn/history?kind=moves"
