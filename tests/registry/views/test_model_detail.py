"""The page of a model: its versions with chosen metrics."""

import json
import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import ModelVersion
from registry.queries.version_comparison_data import versions_data
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from runs.models import LoggedModelMetric
from runs.services.logged_models import delete_logged_model
from tests.factories import make_experiment, make_logged_model, make_model_version, make_registered_model, make_run
from trackui.clock import now_ms

STATEMENTS = 21


@pytest.fixture
def model(db):
    """Three versions, each of a run: val_acc 0.8, 0.9, 0.7."""
    experiment = make_experiment("sweep")
    model = make_registered_model("churn", description="Who **leaves**", tags={"team": "risk"})
    for number, acc in enumerate((0.8, 0.9, 0.7), 1):
        run = make_run(experiment, name=f"run {number}", metrics={"val_acc": acc, "val_loss": 1 - acc, "n": 5.0})
        make_model_version(model, run=run, description=f"the *{number}*", tags={"checked": "yes"})
    return model


def versions(page) -> list[str]:
    return [link.get_text().removeprefix("version ") for link in page.select("tbody th > a:first-child")]


def row(page, version):
    return page.select_one(f"tr[data-key=v{version}]")


def text(node) -> str:
    return node.get_text(" ", strip=True)


def test_a_version_stands_with_run_metrics_tags_and_words(pages, model):
    page = pages.html("/models/churn/")

    assert versions(page) == ["3", "2", "1"]
    shown = text(row(page, 2))
    for part in ("run 2", "0.9", "0.1", "the 2", "checked", "1 min"):
        assert part in shown
    assert row(page, 2).select_one("td.best") is not None
    assert "best" not in str(row(page, 1))
    assert [text(head).rstrip(" ↓↑") for head in page.select("thead th.n")] == ["val_acc", "val_loss", "n"]


def test_metrics_are_measured_against_the_champion_else_production(pages, model):
    def against():
        line = pages.html("/models/churn/").select_one(".against")
        return line and text(line)

    assert against() is None
    transition_stage("churn", 1, "Production", user=None)
    assert against().startswith("Measured against version 1 , Production")
    set_alias("churn", "champion", 2, user=None)
    assert against().startswith("Measured against version 2 , @champion")

    page = pages.html("/models/churn/")
    assert text(row(page, 1).select_one(".delta.bad")) == "−11.1 %"
    assert "base" in row(page, 2)["class"]


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        ("1", "Measured against version 1"),
        ("@best", "Measured against version 2 , @best"),
        ("best", "Measured against version 2 , @best"),
        ("production", "Measured against version 3 , Production"),
        ("none", None),
        ("9", None),
        ("@nobody", None),
    ],
)
def test_the_address_says_what_is_the_baseline(pages, model, baseline, said):
    set_alias("churn", "best", 2, user=None)
    transition_stage("churn", 3, "Production", user=None)

    page = pages.html("/models/churn/", {"baseline": baseline})

    line = page.select_one(".against")
    assert (line and text(line).startswith(said)) == (True if said else None)
    assert bool(page.select(".complaint")) == (baseline in ("9", "@nobody"))


def test_a_baseline_that_is_not_shown_is_measured_against_all_the_same(pages, model):
    transition_stage("churn", 1, "Archived", user=None)

    page = pages.html("/models/churn/", {"baseline": "1", "metrics": "val_acc"})

    assert versions(page) == ["3", "2"]
    assert text(row(page, 2).select_one(".delta")) == "+12.5 %"


def test_metrics_are_chosen_by_the_address(pages, model):
    page = pages.html("/models/churn/", {"metrics": "n,val_acc.max,nonsense"})

    assert [text(head) for head in page.select("thead th.n")] == ["n", "val_acc max"]
    assert "nonsense" in text(page.select_one(".complaint"))
    assert {option["value"] for option in page.select("#offered_metrics option")} == {"n", "val_acc", "val_loss"}


def test_what_was_logged_of_the_model_itself_is_shown(pages):
    run = make_run(metrics={"loss": 0.5})
    logged = make_logged_model(name="net")
    for step, value, is_nan in ((1, 0.4, False), (2, 0.3, False)):
        LoggedModelMetric.objects.create(
            model=logged, run_id=run.run_id, key="loss", step=step, timestamp=1, value=value, is_nan=is_nan
        )
    model = make_registered_model("net")
    version = make_model_version(model, logged_model=logged)
    ModelVersion.objects.filter(pk=version.pk).update(run_id=run.run_id)
    make_model_version(model, run=run)

    page = pages.html("/models/net/", {"order": "metrics.loss"})

    assert versions(page) == ["1", "2"]
    assert "0.3" in text(row(page, 1))
    assert "0.5" in text(row(page, 2))


MODEL_POINTS = [
    # step, timestamp, value: the last is that of the last step, then the latest, then the highest.
    ([(1, 9, 0.9), (2, 1, 0.2), (2, 2, 0.1), (2, 2, 0.15)], 0.15),
    ([(1, 1, 0.2), (2, 1, math.nan)], math.nan),
    ([], 0.5),
]


def test_the_table_the_page_the_comparison_and_the_order_have_the_same_value(pages):
    """Of a model whose run says 0.5."""
    model = make_registered_model("net")
    run = make_run(make_experiment("one"), metrics={"loss": 0.5})
    for points, _ in [*MODEL_POINTS, ([(9, 9, 0.05)], 0.5)]:
        logged = make_logged_model(name="net")
        for step, timestamp, value in points:
            is_nan = math.isnan(value)
            LoggedModelMetric.objects.create(
                model=logged, run_id=run.run_id, key="loss", step=step, timestamp=timestamp,
                value=0.0 if is_nan else value, is_nan=is_nan,
            )  # fmt: skip
        made = make_model_version(model, logged_model=logged)
        ModelVersion.objects.filter(pk=made.pk).update(run_id=run.run_id)
    delete_logged_model(logged.model_id, user=None)
    expected = {str(number): value for number, (_, value) in enumerate(MODEL_POINTS, 1)} | {"4": 0.5}

    rows = json.loads(pages.get("/models/net/versions.json", {"metrics": "loss"}).getvalue())
    by_value = versions(pages.html("/models/net/", {"order": "metrics.loss", "metrics": "loss"}))
    found = versions_data(list(ModelVersion.objects.order_by("version")), user=None)

    assert {str(row["version"]): float(row["metrics.loss"]) for row in rows} == pytest.approx(expected, nan_ok=True)
    assert by_value == ["1", "4", "3", "2"]
    compared = {str(one.version.version): one.metrics["loss"] for one in found.facts}
    assert compared == pytest.approx(expected, nan_ok=True)
    for version, value in expected.items():
        shown = pages.html(f"/models/net/versions/{version}").select_one(".version-metrics td.n")
        assert text(shown) == ("NaN" if math.isnan(value) else str(value))


def test_a_file_has_the_metrics_that_are_asked_for_wherever_they_are(pages, model):
    for number in range(50):
        make_model_version(model, source=f"runs:/{number}/model")

    rows = json.loads(pages.get("/models/churn/versions.json", {"metrics": "val_acc"}).getvalue())

    assert len(rows) == 53 and [row["metrics.val_acc"] for row in rows[-3:]] == [0.7, 0.9, 0.8]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["3", "2"]),
        ({"archived": "show"}, ["3", "2", "1"]),
        ({"archived": "only"}, ["1"]),
        ({"stage": "Archived"}, ["1"]),
        ({"stage": "Staging"}, ["3"]),
        ({"alias": "champion"}, ["2"]),
        ({"unaliased": "1"}, ["3"]),
        ({"stale": "30", "archived": "show"}, ["1"]),
        ({"tags.checked": "yes"}, ["3", "2"]),
        ({"tags.checked": "no"}, []),
        ({"archived": "show", "order": "metrics.val_acc"}, ["3", "1", "2"]),
        ({"archived": "show", "order": "-metrics.val_acc.max"}, ["2", "1", "3"]),
        ({"archived": "show", "order": "version"}, ["1", "2", "3"]),
        ({"archived": "show", "order": "-stage"}, ["3", "2", "1"]),
        ({"order": "colour", "rows": "7"}, ["3", "2"]),
    ],
)
def test_versions_are_narrowed_and_sorted(pages, model, query, found):
    transition_stage("churn", 1, "Archived", user=None)
    transition_stage("churn", 3, "Staging", user=None)
    set_alias("churn", "champion", 2, user=None)
    ModelVersion.objects.filter(version=1).update(creation_time=now_ms() - 40 * 24 * 3600 * 1000)

    page = pages.html("/models/churn/", query)

    assert versions(page) == found
    assert ("rows: 7 is none of" in str(page)) == ("rows" in query)
    assert ("order: versions cannot be ordered by colour." in str(page)) == (query.get("order") == "colour")


def test_without_archived_ones_it_says_how_many_there_are(pages, model):
    transition_stage("churn", 1, "Archived", user=None)
    assert "1 archived: show" in text(pages.html("/models/churn/").select_one(".said"))

    for number in (2, 3):
        transition_stage("churn", number, "Archived", user=None)
    page = pages.html("/models/churn/")
    assert text(page.select_one(".empty h2")) == "All 3 versions are archived"
    assert page.select_one(".empty a")["href"] == "?archived=show"


def test_ticked_versions_are_compared(pages, model):
    page = pages.html("/models/churn/", {"versions": "churn/3,other/9"})

    form = page.select_one("form.listing")
    assert form["action"] == "/model-versions/compare"
    assert [box["value"] for box in form.select("tbody input:checked")] == ["churn/3"]
    assert [box["value"] for box in form.select("[data-carried] input")] == ["other/9"]


def test_versions_are_a_file_with_the_same_metrics(pages, model):
    run = make_run(metrics={"val_acc": math.nan})
    make_model_version(model, run=run)

    rows = json.loads(pages.get("/models/churn/versions.json", {"metrics": "val_acc,val_loss"}).getvalue())
    chosen_by_us = json.loads(pages.get("/models/churn/versions.json", {"order": "version"}).getvalue())

    assert [(row["version"], row["metrics.val_acc"]) for row in rows[:3]] == [(4, "NaN"), (3, 0.7), (2, 0.9)]
    assert rows[1]["run_name"] == "run 3"
    assert set(chosen_by_us[0]) > {"metrics.val_acc", "metrics.n"}


def test_the_number_of_statements_does_not_grow(pages, model):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            pages.html("/models/churn/")
        return len(captured)

    set_alias("churn", "champion", 2, user=None)
    statements()
    before = statements()
    for number in range(20):
        make_model_version(model, run=make_run(make_experiment(), metrics={"val_acc": number}), tags={"a": "b"})

    assert statements() == before <= STATEMENTS


def test_a_model_without_versions_says_how_one_comes(pages):
    make_registered_model("new one")

    page = pages.html("/models/new one/")

    assert 'mlflow.register_model("runs:/<run_id>/model", "new one")' in text(page.select_one(".empty code"))


@pytest.mark.parametrize("name", ["nobody", "a\0b", "../etc", "x" * 300])
def test_a_model_that_is_not_there_is_a_page_that_says_so(pages, name):
    response = pages.get(f"/models/{name.replace(chr(0), '%00')}/")

    assert response.status_code in (400, 404)


def test_what_is_odd_in_a_version_is_told(pages):
    model = make_registered_model("odd")
    make_model_version(model, source="runs:/" + "f" * 32 + "/model")
    gone = make_run(name="gone", lifecycle_stage="deleted")
    make_model_version(model, source=f"runs:/{gone.run_id}/model")
    ModelVersion.objects.filter(version=2).update(run_id=gone.run_id)

    page = pages.html("/models/odd/")

    assert "deleted" in text(row(page, 2))
    assert page.select("thead th.n") == []


def test_the_form_sent_as_it_stands_changes_nothing(pages, model):
    page = pages.html("/models/churn/")
    fields = {field["name"]: field.get("value", "") for field in page.select("#query_form [name]:not([type=checkbox])")}

    again = pages.html("/models/churn/", fields)
    assert pages.get("/models/churn/", fields)["Location"] == "/models/churn/"
    assert pages.get("/models/churn/", fields | {"stale": "3"})["Location"] == "/models/churn/?stale=3"

    assert {"stage", "alias", "metrics", "baseline", "as_of"} <= set(fields)
    assert again.select(".complaint, .chip") == []
    assert versions(again) == ["3", "2", "1"]
    assert len(again.select("thead th.n")) == 3
