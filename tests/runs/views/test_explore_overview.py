import pytest
from bs4 import BeautifulSoup

from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    """The loss is made by the rate; the model matters little, the optimizer is always the same."""
    experiment = make_experiment()
    for number in range(24):
        params = {"rate": str(number), "model": "ab"[number % 2], "opt": "adam"}
        make_run(experiment, name=f"run {number}", params=params, metrics={"val_loss": 1 + number / 10})
    return experiment


def page_of(pages, experiment, query=""):
    response = pages.get(f"/experiments/{experiment.pk}/explore{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_params_that_go_with_the_metric_come_first(pages, experiment):
    page = page_of(pages, experiment)

    panels = page.select(".explore-grid figure")
    assert [panel.select_one("h3").text for panel in panels] == ["rate", "model"]
    assert "Spearman +1.00, p < 0.001, n = 24" in panels[0].text
    assert "faint" in panels[1]["class"]
    assert "The same in all of these runs: opt." in page.text


def test_each_panel_leads_to_its_figure_of_the_same_runs(pages, experiment):
    page = page_of(pages, experiment, "?q=metrics.val_loss%20%3E%201.5")

    rate, model = (link["href"] for link in page.select(".explore-grid h3 a"))
    assert "/explore/scatter?q=" in rate and "x=params.rate" in rate and "y=metrics.val_loss" in rate
    assert "/explore/box?q=" in model and "by=params.model" in model


def test_best_and_worst_follow_the_direction_of_the_metric(pages, experiment):
    said = page_of(pages, experiment).select_one(".explore-ask").text

    assert "best run 0 1" in said and "worst run 23 3.3" in said


def test_a_run_is_found_among_the_others(pages, experiment):
    run = make_run(experiment, name="worse <b>", params={"rate": "3"}, metrics={"val_loss": 9.0})

    page = page_of(pages, experiment, f"?mark={run.run_id}")

    assert "val_loss 9: 24 of 25 runs here are better." in page.select_one(".say").text
    assert page.select_one(".explore-grid svg circle")
    assert page.select_one(".say b").text == "worse <b>"


def test_a_forest_may_be_grown_from_here(pages, experiment):
    form = page_of(pages, experiment).select_one("form.explore-state")

    assert "/explore/importance/grow" in form["action"]


@pytest.mark.parametrize("query", ["?mark=nobody", "?y=metrics.nope", "?y=params.rate", "?q=%3C%3C", "?y_stat=max"])
def test_odd_addresses_give_a_page(pages, experiment, query):
    assert pages.get(f"/experiments/{experiment.pk}/explore{query}").status_code in (200, 400)


def test_without_a_metric_it_says_so(pages, db):
    assert "No metric was logged here yet." in page_of(pages, make_experiment()).text


def test_runs_without_a_number_are_counted(pages, experiment):
    make_run(experiment, params={"rate": "7"}, metrics={"val_loss": float("nan")})
    make_run(experiment, params={"rate": "7"})

    said = page_of(pages, experiment).select_one(".explore-ask").text

    assert "24 of 26 runs" in said and "1 without val_loss" in said and "1 with val_loss NaN" in said
