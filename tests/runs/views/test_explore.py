import csv
import io
import json
import math
import re

import plotly.graph_objects as go
import pytest
from bs4 import BeautifulSoup

from runs.queries import explore_figures
from runs.queries.explore_kinds import KINDS
from tests.factories import make_experiment, make_run

HOSTILE = "<script>alert('x')</script> \"q\"\n"
# Those that ask for a forest have tests of their own.
PLAIN = [name for name in KINDS if name not in ("importance", "dependence")]


@pytest.fixture
def experiment(db):
    """Twelve runs; one without the rate, one whose loss is NaN, one without a loss."""
    experiment = make_experiment()
    for number in range(12):
        params = {"lr": str(10.0 ** -(number % 5)), "model": "mlp" if number % 2 else HOSTILE}
        if number == 3:
            del params["lr"]
        loss = math.nan if number == 4 else number / 10
        metrics = {"acc": 1 - number / 20} | ({"val_loss": loss} if number != 5 else {})
        times = {"start_time": 1_000, "end_time": 2_000 + 100 * number, "status": "FINISHED"}
        make_run(experiment, name=f"run {number}", params=params, metrics=metrics, **times)
    return experiment


def address(experiment, kind, query="", form=""):
    return f"/experiments/{experiment.pk}/explore/{kind}{form}{query}"


def page_of(pages, *where):
    response = pages.get(address(*where))
    return response, BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("kind", PLAIN)
def test_each_figure_has_a_page_its_data_and_its_drawings(pages, experiment, kind):
    response, page = page_of(pages, experiment, kind)

    assert response.status_code == 200
    assert page.select_one("plot-figure svg.chart") and page.select_one(".explore-table tbody tr")
    assert page.select_one("[data-caption]").text
    for form in (".csv", ".json", ".parquet", ".svg", ".plotly.json"):
        assert pages.get(address(experiment, kind, form=form)).status_code == 200
    go.Figure(json.loads(pages.get(address(experiment, kind, form=".plotly.json")).content))


@pytest.mark.parametrize("kind", PLAIN)
def test_no_tag_of_people_is_in_the_page(pages, experiment, kind):
    _, page = page_of(pages, experiment, kind)

    assert not [script for script in page.select("script") if "alert" in script.text]


@pytest.mark.parametrize("values", [(-1e308, 1e308, 1.7e308), (5e-324, 0.0, -1e-310), (2.0**60,) * 3], ids=str)
@pytest.mark.parametrize("kind", PLAIN)
def test_numbers_of_any_size_have_a_place_in_each_figure(pages, db, kind, values):
    experiment = make_experiment()
    for number in range(12):
        metrics = {"acc": values[number % 3], "val_loss": values[number % 2], "f1": values[(number + 1) % 3]}
        make_run(experiment, params={"lr": str(values[number % 3]), "seed": str(number % 4)}, metrics=metrics)

    for query in ("?x=metrics.acc&y=metrics.val_loss&z=metrics.f1", "?x=params.seed&y=metrics.acc&z=metrics.acc"):
        assert pages.get(address(experiment, kind, query)).status_code == 200
        drawing = pages.get(address(experiment, kind, query, ".svg")).content.decode()
        assert not re.search(r'="[^"]*\b(nan|inf)', drawing)


def test_numbers_that_differ_by_a_rounding_alone_are_ranked(pages, db):
    experiment = make_experiment()
    for number, acc in enumerate([1.0, 1.0, 1.0000000000000002, 1.0]):
        make_run(experiment, metrics={"acc": acc, "val_loss": float(number)})

    _, page = page_of(pages, experiment, "scatter", "?x=metrics.acc&y=metrics.val_loss")

    said = page.select_one("[data-caption]").text
    assert "Spearman +0.26 (p = 0.742), n = 4" in said and "Pearson" not in said


def test_runs_that_are_left_out_are_counted(pages, experiment):
    _, page = page_of(pages, experiment, "scatter", "?x=params.lr&y=metrics.val_loss")

    said = page.select_one("[data-caption]").text
    assert "9 of 12 runs" in said
    assert "1 without lr" in said and "1 without val_loss" in said and "1 with val_loss NaN" in said


def test_the_filter_of_the_address_says_which_runs(pages, experiment):
    _, page = page_of(pages, experiment, "histogram", "?x=metrics.acc&q=params.model%20%3D%20'mlp'")

    assert "6 of 6 runs" in page.select_one("[data-caption]").text
    assert page.select_one("textarea[name=q]").text == "params.model = 'mlp'"


def test_data_has_every_run_that_is_shown(pages, experiment):
    response = pages.get(address(experiment, "scatter", "?x=params.lr&y=metrics.acc", ".csv"))

    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))
    assert len(rows) == 11
    assert set(rows[0]) == {"run_id", "run_name", "params.lr", "metrics.acc"}


def test_the_number_of_a_metric_may_be_chosen(pages, experiment):
    _, page = page_of(pages, experiment, "histogram", "?x=metrics.acc&x_stat=min")

    assert page.select_one("figure h2").text == "Runs by acc min"
    assert page.select_one("select[name=x_stat] option[selected]").text == "min"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?x=params.model&y=metrics.ac", "y: no run here has metrics.ac. Did you mean metrics.acc?"),
        ("?x=nonsense", "x: no run here has nonsense."),
        ("?x_scale=cubic", "x_scale: cubic is none of auto, linear, log."),
    ],
)
def test_what_the_address_gets_wrong_is_named(pages, experiment, query, said):
    response, page = page_of(pages, experiment, "scatter", query)

    assert response.status_code == 200
    assert said in [complaint.text for complaint in page.select(".complaint")]


def test_a_filter_that_cannot_be_read_is_shown_with_its_fault(pages, experiment):
    response, page = page_of(pages, experiment, "scatter", "?q=metrics.acc%20%3E")

    assert response.status_code == 400
    assert page.select_one("#complaint")
    assert pages.get(address(experiment, "scatter", "?q=metrics.acc%20%3E", ".csv")).status_code == 400


@pytest.mark.parametrize("kind", PLAIN)
def test_an_experiment_without_runs_says_so(pages, db, kind):
    response, page = page_of(pages, make_experiment(), kind)

    assert response.status_code == 200
    assert page.select_one(".empty p").text


@pytest.mark.parametrize(
    "query", ["?x=%00", "?axes=" + "a," * 500, "?bins=-1", "?runs=%00,x", "?mark=%00", "?y=metrics.acc.nope"]
)
@pytest.mark.parametrize("kind", PLAIN)
def test_odd_addresses_give_a_page(pages, experiment, kind, query):
    assert pages.get(address(experiment, kind, query)).status_code == 200


def test_what_is_brushed_becomes_the_filter_of_the_table(pages, experiment):
    query = "?q=acc&x=params.lr&from.params.lr=1e-4&to.params.lr=0.01&is.params.model=mlp"

    response = pages.get(address(experiment, "scatter", query, "/narrow"))

    assert response.status_code == 302
    path, _, asked = response["Location"].partition("?")
    assert path == f"/experiments/{experiment.pk}/"
    assert "params.lr+%3E%3D+0.0001+AND+params.lr+%3C%3D+0.01+AND+params.model+%3D+%27mlp%27" in asked


def test_what_is_brushed_may_stay_on_the_page(pages, experiment):
    response = pages.get(address(experiment, "scatter", "?to=here&from.metrics.acc=0.5&from.metrics.nope=x", "/narrow"))

    assert response["Location"] == address(experiment, "scatter", "?q=metrics.acc+%3E%3D+0.5")


def test_the_front_is_that_of_all_runs_with_both_numbers(pages, experiment):
    _, page = page_of(pages, experiment, "pareto", "?x=metrics.val_loss&y=metrics.acc")

    assert "1 of 10 runs on the front" in page.select_one("[data-caption]").text
    assert "better: val_loss lower, acc higher" in page.select_one("[data-caption]").text
    assert page.select_one(".explore-front a")["href"].count("runs=") == 1


def test_means_of_the_grid_are_those_of_its_runs(pages, experiment):
    response = pages.get(address(experiment, "contour", "?x=params.model&y=params.lr&z=metrics.acc", ".csv"))

    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))
    assert sum(int(row["n"]) for row in rows) == 11
    total = sum(int(row["n"]) * float(row["mean"]) for row in rows)
    assert total == pytest.approx(sum(1 - number / 20 for number in range(12) if number != 3))


def test_statements_do_not_grow_with_the_runs(pages, experiment, django_assert_max_num_queries):
    where = address(experiment, "scatter", "?x=params.lr&y=metrics.acc")
    pages.get(where)

    with django_assert_max_num_queries(26):
        pages.get(where)


def test_a_drawing_that_is_known_is_not_sent_again(pages, experiment):
    first = pages.get(address(experiment, "scatter", form=".plotly.json"))

    again = pages.get(address(experiment, "scatter", form=".plotly.json"), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304 and not again.content


def test_a_run_may_be_marked(pages, experiment):
    run = make_run(experiment, name="worse", params={"lr": "0.5"}, metrics={"acc": 0.1})

    _, page = page_of(pages, experiment, "scatter", f"?x=params.lr&y=metrics.acc&mark={run.run_id}")

    assert page.select_one("svg circle title").text == "worse"


def test_of_very_many_runs_the_first_are_drawn_and_all_are_in_the_data(pages, experiment, monkeypatch):
    monkeypatch.setitem(explore_figures.READ, "parallel", 5)

    _, page = page_of(pages, experiment, "parallel", "?axes=metrics.acc")
    rows = b"".join(pages.get(address(experiment, "parallel", "?axes=metrics.acc", ".csv"))).decode().splitlines()

    assert "5 of the first 5 runs in order, of 12" in page.select_one("[data-caption]").text
    assert len(rows) == 13


def test_days_are_groups_and_no_values_of_a_filter(pages, experiment):
    _, page = page_of(pages, experiment, "box", "?y=metrics.acc&by=start_time")

    assert page.select_one(".explore-table tbody td").text == "1970-01-01"
    assert not page.select("[name='is.start_time']") and page.select("[name='from.metrics.acc']")
