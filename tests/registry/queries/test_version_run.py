"""A version as the run it comes from: as a baseline, and found by its model's name."""

import pytest

from registry.models import ModelVersion
from registry.services.aliases import set_alias
from runs.models import ModelOutput
from runs.queries.baseline import find_baseline
from tests.factories import make_logged_model, make_model_version, make_registered_model, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs():
    """Of version 1, in Production, and of version 2, the champion, of a logged model."""
    model = make_registered_model("churn model")
    runs = [make_run(name="one"), make_run(name="two")]
    make_model_version(model, run=runs[0], stage="Production")
    logged = make_logged_model()
    ModelOutput.objects.create(run=runs[1], model_id=logged.model_id, step=0)
    make_model_version(model, logged_model=logged)
    set_alias("churn model", "champion", 2, user=None)
    return runs


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("models:/churn model/1", 0),
        ("models:/churn model/Production", 0),
        ("models:/churn model@champion", 1),
        ("models:/churn model/latest", 1),
    ],
)
def test_a_version_is_a_baseline_by_number_stage_and_alias(runs, uri, number):
    baseline = find_baseline(uri, user=None)

    assert baseline.run == runs[number]
    assert baseline.text == uri


@pytest.mark.parametrize(
    "uri",
    [
        "models:/nobody/1",
        "models:/churn model/9",
        "models:/churn model@nobody",
        "models:/",
        "models:/a/b/c",
        "models:/x\0/1",
    ],
)
def test_what_is_no_version_is_no_baseline(runs, uri):
    assert "is not here" in find_baseline(uri, user=None).problem


def test_a_version_without_its_run_is_no_baseline(runs):
    ModelVersion.objects.update(run_id="", model_id="")

    assert find_baseline("models:/churn model/1", user=None).run is None


def test_the_run_table_says_by_what_name_the_baseline_was_asked_for(pages, runs):
    page = pages.html("/experiments/0/", {"baseline": "models:/churn model@champion"})

    assert "two , models:/churn model@champion" in page.select_one(".against").get_text(" ", strip=True)
    assert "two" in page.select_one("tr.base").get_text()


def test_the_jump_box_finds_models_and_leads_to_the_only_one(pages, runs):
    make_registered_model("demand model")

    both = pages.html("/search", {"q": "MODEL"})
    palette = pages.get("/search", {"q": "dem mod"}, headers={"HX-Request": "true"})

    addresses = [link["href"] for link in both.select("section a")]
    assert {"/models/churn%20model/", "/models/demand%20model/"} <= set(addresses)
    assert "demand model" in palette.content.decode()
    assert pages.get("/search", {"q": "dem mod"})["Location"] == "/models/demand%20model/"


def test_the_models_are_two_keys_away(pages, db):
    page = pages.html("/experiments/")

    assert page.select_one('nav a[data-key-press="g m"]')["href"] == "/models/"
    assert "go to the models" in page.select_one("#keys").get_text()
