"""Promoting a version: what would change is shown, and then that is done."""

import pytest

from registry.models import ModelEvent, ModelVersion
from registry.queries.promotion_plan import aliases_of
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from tests.clients import parse
from tests.factories import make_model_version, make_registered_model

ADDRESS = "/models/churn/versions/3/promote"
EVERYTHING = {
    "review": "1",
    "stage": "Production",
    "archive": "on",
    "aliases": "champion, @new",
    "remove": "old",
    "note": "beats it",
}


@pytest.fixture
def model(db):
    """Version 1 in Production and champion, version 2 in Production, version 3 has the alias old."""
    model = make_registered_model("churn")
    for stage in ("Production", "Production", ""):
        make_model_version(model, stage=stage)
    set_alias("churn", "champion", 1, user=None)
    set_alias("churn", "old", 3, user=None)
    return model


def stages() -> list[str]:
    return list(ModelVersion.objects.order_by("version").values_list("stage", flat=True))


def aliases() -> dict[str, int]:
    return aliases_of(ModelVersion.objects.first())


def confirm(pages, page, **changed):
    """Press the button below what would change."""
    form = page.select_one("form[method=post]")
    fields = {}
    for field in form.select("input[name]"):
        fields.setdefault(field["name"], []).append(field["value"])
    return pages.post(form["action"], fields | changed)


def test_the_form_tells_who_would_make_room(pages, model):
    page = pages.html(ADDRESS)

    text = page.select_one(".ask").get_text(" ", strip=True)
    assert "In Production now: versions 2 , 1" in text
    assert "champion , of version 1" in text
    assert page.select_one("input[name=archive]").has_attr("checked")
    assert [box["value"] for box in page.select("input[name=remove]")] == ["old"]
    assert page.select_one(".plan") is None


def test_what_would_change_is_shown_and_nothing_is_done(pages, model):
    page = pages.html(ADDRESS, EVERYTHING)

    assert [" ".join(line.get_text(" ").split()) for line in page.select(".plan li")] == [
        "version 3 moves from no stage to Production",
        "version 2 moves from Production to Archived",
        "version 1 moves from Production to Archived",
        "@champion moves from version 1 to version 3",
        "@new is new, and points to version 3",
        "@old is taken away from version 3",
    ]
    assert "beats it" in page.select_one(".plan").get_text()
    assert stages() == ["Production", "Production", "None"]


def test_it_is_done_as_it_was_shown_with_the_note_beside_each_move(pages, model):
    before = ModelEvent.objects.count()

    response = confirm(pages, pages.html(ADDRESS, EVERYTHING))

    assert response["Location"] == "/models/churn/"
    assert stages() == ["Archived", "Archived", "Production"]
    assert aliases() == {"champion": 3, "new": 3}
    notes = ModelEvent.objects.order_by("pk").values_list("note", flat=True)[before:]
    assert list(notes) == ["beats it"] * 6


def test_what_moved_meanwhile_is_shown_again_and_nothing_is_done(pages, model):
    page = pages.html(ADDRESS, EVERYTHING)
    set_alias("churn", "champion", 2, user=None)

    response = confirm(pages, page)

    again = parse(response)
    assert response.status_code == 409
    assert "moved meanwhile" in again.select_one("[role=alert]").get_text()
    assert "@champion moves from version 2 to version 3" in " ".join(again.select_one(".plan").get_text(" ").split())
    assert stages() == ["Production", "Production", "None"]
    assert confirm(pages, again).status_code == 302
    assert aliases()["champion"] == 3


def test_without_having_been_shown_nothing_is_done(pages, model):
    response = pages.post(ADDRESS, {"stage": "Staging"})

    assert response.status_code == 409
    assert stages()[2] == "None"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "That would change nothing."),
        ({"aliases": "old"}, "That would change nothing."),
        ({"stage": "Live"}, "Live is not one of the available choices"),
        ({"aliases": "latest"}, "reserved"),
        ({"aliases": "no spaces,but/this"}, "letters, digits"),
        ({"aliases": "old", "remove": "old"}, "to point here, or to be taken away?"),
        ({"remove": "champion"}, "champion is not one of the available choices"),
        ({"aliases": ",".join(f"a{number}" for number in range(21))}, "At most 20 aliases"),
        ({"stage": "Staging", "note": "n" * 5001}, "5000"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(pages, model, fields, said):
    response = pages.get(ADDRESS, {"review": "1"} | fields)

    assert response.status_code == 400
    assert said in parse(response).select_one(".ask").get_text(" ", strip=True)
    assert parse(response).select_one(".plan") is None


def test_the_others_stay_where_they_are_unless_it_is_asked(pages, model):
    confirm(pages, pages.html(ADDRESS, {"review": "1", "stage": "Production"}))

    assert stages() == ["Production", "Production", "Production"]


def test_to_no_stage_and_to_the_archive_nobody_makes_room(pages, model):
    transition_stage("churn", 3, "Staging", user=None)

    confirm(pages, pages.html(ADDRESS, {"review": "1", "stage": "Archived", "archive": "on"}))

    assert stages() == ["Production", "Production", "Archived"]


@pytest.mark.parametrize("address", ["/models/churn/versions/9/promote", f"/models/churn/versions/{'9' * 30}/promote"])
def test_a_version_that_is_not_there(pages, model, address):
    assert pages.get(address).status_code == 404
