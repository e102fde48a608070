"""The charts of an experiment."""

import base64
import math

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_experiment, make_run
from tests.runs.points import log_line


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/charts{tail}"


def made(experiment, name, *keys, **more):
    run = make_run(experiment, name=name, **more)
    for key in keys:
        log_line(run, key, [3.0, 2.0, 1.0])
    return run


def titles(html):
    return [title.get_text(strip=True) for title in html.select(".chart-section > h2 > a:first-child")]


def cards(html):
    return [card.h3.get_text(strip=True) for card in html.select(".chart-section figure.card")]


def legend(html):
    return [link.get_text(strip=True) for link in html.select(".chart-legend li > a:first-child")]


def test_metrics_stand_in_sections_by_prefix_the_machine_last_and_folded(pages, experiment):
    made(experiment, "r", "loss", "train/loss", "val/loss", "val/acc", "system/cpu")

    html = pages.html(url(experiment))

    assert titles(html) == ["metrics", "train/", "val/", "system/"]
    assert cards(html) == ["loss", "train/loss", "val/acc", "val/loss"]
    assert [link["aria-expanded"] for link in html.select(".chart-section [aria-expanded]")] == ["true"] * 3 + ["false"]


def test_sections_fold_and_unfold_by_links(pages, experiment):
    made(experiment, "r", "train/loss", "system/cpu")

    opened = pages.html(url(experiment, pages.html(url(experiment)).select("[aria-expanded]")[1]["href"]))
    folded = pages.html(url(experiment, opened.select("[aria-expanded]")[0]["href"]))
    none = pages.html(url(experiment, folded.select("[aria-expanded]")[1]["href"]))

    assert [cards(html) for html in (opened, folded, none)] == [["train/loss", "system/cpu"], ["system/cpu"], []]


def test_each_card_has_a_figure_a_picture_and_files_of_the_same_runs(pages, experiment):
    run = made(experiment, "r", "val/loss")

    card = pages.html(url(experiment), {"runs": run.run_id, "y": "log"}).select_one("figure.card")

    assert card.select_one("plot-figure")["src"] == url(experiment, f"/val/loss.plotly.json?runs={run.run_id}&y=log")
    assert card.select_one("noscript img")["src"].startswith(url(experiment, "/val/loss.svg?"))
    for link in card.select("footer a"):
        assert pages.get(link["href"]).status_code == 200
    figure = pages.get(card.select_one("plot-figure")["src"]).json()
    assert [trace["name"] for trace in figure["data"]] == ["r"]


def test_the_newest_ten_runs_are_drawn_and_that_is_said(pages, experiment):
    for number in range(12):
        made(experiment, f"r{number:02}", "loss", start_time=1_000_000 + number)

    html = pages.html(url(experiment))
    more = pages.html(url(experiment), {"top": "11", "order": "start_time"})

    assert legend(html) == [f"r{number:02}" for number in range(11, 1, -1)]
    assert "10 of 12 runs, the newest" in html.select_one(".said").get_text(" ", strip=True)
    assert legend(more) == [f"r{number:02}" for number in range(11)]
    assert "the first by start_time" in more.select_one(".said").get_text(" ", strip=True)


def test_the_first_sections_are_open_until_they_fill_a_page(pages, experiment):
    made(experiment, "r", *[f"{section}/{number}" for section in "abc" for number in range(10)])

    html = pages.html(url(experiment))

    assert [link["aria-expanded"] for link in html.select(".chart-section [aria-expanded]")] == ["true"] * 2 + ["false"]


def test_never_more_than_a_hundred_runs_and_that_is_said(pages, experiment):
    for number in range(101):
        make_run(experiment, name=f"r{number}", metrics={"loss": 1.0})

    html = pages.html(url(experiment), {"top": "1000"})

    assert len(legend(html)) == 100
    assert "at most 100 are drawn" in html.select_one(".said").get_text(" ", strip=True)


def test_a_run_is_left_out_by_a_link(pages, experiment):
    for name in "abc":
        made(experiment, name, "loss")

    html = pages.html(url(experiment))
    left = pages.html(url(experiment, html.select_one(".chart-legend .remove")["href"]))

    assert legend(left) == ["b", "a"]
    assert "1 hidden" in left.select_one(".said").get_text(" ", strip=True)
    figure = pages.get(left.select_one("plot-figure")["src"]).json()
    assert [trace["name"] for trace in figure["data"]] == ["b", "a"]


@pytest.mark.parametrize("find", ["LOSS", "/loss$/", "/^(train|val)/.*/"])
def test_metrics_are_found_by_text_or_expression(pages, experiment, find):
    made(experiment, "r", "train/loss", "val/loss", "acc")

    html = pages.html(url(experiment), {"find": find})

    assert cards(html) == ["train/loss", "val/loss"]
    assert "2 of 3 metrics match" in html.get_text(" ", strip=True)


def test_an_expression_that_is_none_is_said(pages, experiment):
    made(experiment, "r", "loss")

    html = pages.html(url(experiment), {"find": "/(/"})

    assert "missing )" in html.select_one("#find-error").text
    assert cards(html) == []


def test_a_large_section_has_pages(pages, experiment):
    made(experiment, "r", *[f"layer/{number:02}" for number in range(30)])

    html = pages.html(url(experiment))
    second = pages.html(url(experiment, html.select_one(".chart-section .foot a")["href"]))

    assert cards(html) == [f"layer/{number:02}" for number in range(12)]
    assert cards(second) == [f"layer/{number:02}" for number in range(12, 24)]


def test_chosen_metrics_stand_alone_in_their_order(pages, experiment):
    made(experiment, "r", "a", "b", "c")

    html = pages.html(url(experiment), {"metrics": ["c", "a"], "cols": "2"})
    moved = pages.html(url(experiment, html.select('[title="Back"]')[0]["href"]))
    without = pages.html(url(experiment, html.select('[title="Take out"]')[0]["href"]))

    assert cards(html) == ["c", "a"]
    assert "cols-2" in html.select_one(".charts")["class"]
    assert cards(moved) == ["a", "c"]
    assert cards(without) == ["a"]


def test_a_metric_becomes_the_axis_of_all_charts_and_back(pages, experiment):
    made(experiment, "r", "epoch", "loss")

    along = pages.html(url(experiment, pages.html(url(experiment)).select_one(".card-tools a")["href"]))
    back = pages.html(url(experiment, along.select_one(".card-tools a")["href"]))

    figure = pages.get(along.select("plot-figure")[1]["src"]).json()
    assert figure["layout"]["xaxis"]["title"]["text"] == "epoch"
    assert "x=" not in back.select_one("plot-figure")["src"]


def test_one_value_a_run_is_bars_with_the_best_first(pages, experiment):
    for name, value in [("a", 0.5), ("b", 1.0), ("c", math.nan)]:
        make_run(experiment, name=name, params={"model": "mlp"}, metrics={"val_acc": value})

    bars = pages.html(url(experiment)).select(".values tr")
    grouped = pages.html(url(experiment), {"group": "params.model"}).select(".values tr")

    assert [[bar.th.text, bar.rect["width"], bar.select_one(".n").text] for bar in bars] == [
        ["b", "100.0%", "1.0"], ["a", "50.0%", "0.5"], ["c", "0.0%", "NaN"],
    ]  # fmt: skip
    assert [bar.get_text(" ", strip=True) for bar in grouped] == ["all runs 0.75 n 2"]


def test_the_runs_are_copied_as_calls_of_the_client(pages, experiment):
    run = made(experiment, "r", "loss")

    assert run.run_id in pages.html(url(experiment)).select_one(".copy-as").text
    assert "/loss.parquet" in pages.html(url(experiment, "/loss")).select_one(".copy-as").text


def test_queries_do_not_grow_with_metrics_and_runs(pages, experiment):
    made(experiment, "r", "a/0")
    with CaptureQueriesContext(connection) as few:
        pages.get(url(experiment))
    for number in range(9):
        made(experiment, f"r{number}", *[f"{'abcdefgh'[key % 8]}/{key}" for key in range(40)])
    pages.get(url(experiment))

    with CaptureQueriesContext(connection) as many:
        pages.get(url(experiment))

    assert len(many) <= len(few)


def test_the_chart_of_a_metric_has_a_page(pages, experiment):
    for name in "ab":
        made(experiment, name, "val/loss")

    html = pages.html(url(experiment, "/val/loss"), {"top": "1"})

    assert html.select_one(".chart-head h2").text == "val/loss"
    assert html.select_one("figure footer").text.startswith("3 of 3 points")
    assert [row.th.get_text(strip=True) for row in html.select("tbody tr")] == ["b"]
    assert html.select_one("plot-figure svg")


def test_a_metric_that_no_run_has_is_not_found(pages, experiment):
    made(experiment, "r", "loss")

    assert pages.get(url(experiment, "/nothing")).status_code == 404


def test_a_filter_that_cannot_be_read_is_said(pages, experiment):
    made(experiment, "r", "loss")

    page = pages.get(url(experiment), {"q": "metrics.loss >"})

    assert page.status_code == 400
    assert b'id="complaint"' in page.content
    assert pages.get(url(experiment, "/loss.plotly.json"), {"q": "metrics.loss >"}).status_code == 400


def test_an_empty_experiment_says_the_next_step(pages, experiment):
    assert "mlflow.log_metric" in pages.html(url(experiment)).select_one(".empty").text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1", "section": "x/"},
        {"section": "a/", "page": "99999999999"},
        {"cols": "9"},
        {"open": "\0"},
        {"metrics": ["\0", "x" * 300, "<b>"]},
        {"top": "-3"},
        {"runs": "nope,<script>"},
        {"find": "/" + "(" * 150 + "/"},
        {"baseline": "gone"},
    ],
)
def test_settings_that_make_no_sense_do_no_harm(pages, experiment, query):
    made(experiment, "r", "a/loss")

    assert pages.get(url(experiment), query).status_code == 200


def test_hostile_names_are_text(pages, experiment):
    made(experiment, "<img src=x onerror=alert(1)>", "<b>/x\" onload='y")

    body = pages.get(url(experiment)).content.decode()

    assert "<img src=x" not in body and "<b>/" not in body


# --- Groups -------------------------------------------------------------------------------------


def unpacked(array):
    return np.frombuffer(base64.b64decode(array["bdata"]), dtype=array["dtype"]).tolist()


@pytest.fixture
def seeds(experiment):
    """Two models with two seeds each, one seed of which ends early, and a run without a model."""
    for model, seed, values in [("mlp", 1, [1, 2, 3]), ("mlp", 2, [3, 4]), ("tree", 1, [5, 5]), ("tree", 2, [7, 7])]:
        run = make_run(experiment, name=f"{model}{seed}", params={"model": model, "seed": str(seed)})
        log_line(run, "loss", values)
    log_line(make_run(experiment, name="bare"), "loss", [9, 9])
    return experiment


def means(figure):
    found = [t for t in figure["data"] if t["meta"].get("role") == "mean" and not t["meta"].get("band")]
    return {trace["name"]: (unpacked(trace["x"]), unpacked(trace["y"])) for trace in found}


def test_groups_are_drawn_as_means_with_those_without_the_key(pages, seeds):
    html = pages.html(url(seeds), {"group": "params.model"})
    figure = pages.get(html.select_one("plot-figure")["src"]).json()

    assert means(figure) == {
        "model mlp": ([0, 1, 2], [2, 3, 3]),
        "model tree": ([0, 1], [6, 6]),
        "model not set": ([0, 1], [9, 9]),
    }
    assert [item.select_one(".clip").text for item in html.select(".chart-legend li")] == list(means(figure))
    assert "in model mlp n goes from 2 to 1 at step 2" in figure["layout"]["meta"]["caption"]
    assert "3 of 3 groups, 5 runs in them" in html.select_one(".said").get_text(" ", strip=True)


def test_a_mean_stays_when_another_group_goes_and_the_chart_is_zoomed(pages, seeds):
    html = pages.html(url(seeds), {"group": "params.model"})
    fewer = pages.html(url(seeds, html.select(".chart-legend .remove")[1]["href"]))
    zoomed = pages.get(
        fewer.select_one("plot-figure")["src"], {"x_from": "0.5", "x_to": "1.5", "group": "params.model"}
    )

    left = means(pages.get(fewer.select_one("plot-figure")["src"]).json())
    assert list(left) == ["model mlp", "model not set"]
    assert left["model mlp"] == ([0, 1, 2], [2, 3, 3])
    assert means(zoomed.json())["model mlp"] == ([0, 1, 2], [2, 3, 3])


def test_means_over_seeds_group_by_all_else(pages, seeds):
    figure = pages.get(url(seeds, "/loss.plotly.json"), {"group": "all"}).json()

    assert means(figure)["model tree"] == ([0, 1], [6, 6])


def test_the_data_of_groups_say_the_group_of_each_run(pages, seeds):
    lines = b"".join(pages.get(url(seeds, "/loss.csv"), {"group": "params.model"}).streaming_content).decode()

    assert lines.splitlines()[0].endswith(",group")
    assert sorted({line.split(",")[-1] for line in lines.splitlines()[1:]}) == [
        "model mlp", "model not set", "model tree",
    ]  # fmt: skip


@pytest.mark.parametrize("band", ["minmax", "std", "stderr", "ci95", "none", "what"])
def test_groups_have_a_page_and_a_drawing_with_their_band(pages, seeds, band):
    query = {"group": "params.model", "band": band}

    html = pages.html(url(seeds, "/loss"), query)

    bands = [path for path in html.select("plot-figure svg path") if path.get("opacity") == "0.16"]
    assert len(bands) == (0 if band == "none" else 3 if band == "minmax" else 2)
    assert "model tree begins and ends at 6" in html.select_one("[data-story]").text
    assert pages.get(url(seeds, "/loss.png"), query).status_code == 200


def test_a_group_of_too_many_runs_is_not_drawn_and_that_is_said(pages, seeds, monkeypatch):
    monkeypatch.setattr("runs.queries.chart_groups.MOST_GROUPED", 3)

    html = pages.html(url(seeds), {"group": "params.model"})

    said = html.select_one(".said").get_text(" ", strip=True)
    assert "2 of 3 groups" in said and "1 group is not drawn: means are of at most 3 runs" in said


def test_groups_of_too_many_points_are_not_averaged_and_that_is_said(pages, seeds, monkeypatch):
    monkeypatch.setattr("runs.queries.metric_panel.READ_AT_MOST", 3)

    figure = pages.get(url(seeds, "/loss.plotly.json"), {"group": "params.model"}).json()

    assert "not averaged: over 3 points" in figure["layout"]["meta"]["caption"]
    assert len(figure["data"]) == 5


def test_a_key_to_group_by_that_no_run_has_is_said(pages, seeds):
    html = pages.html(url(seeds), {"group": "params.nothing"})

    assert "No run here has params.nothing" in html.select_one(".failure").text
    assert pages.get(url(seeds, "/loss.plotly.json"), {"group": "params.nothing"}).status_code == 400


def test_the_baseline_is_drawn_beside_groups_and_runs(pages, seeds):
    bare = seeds.runs.get(name="bare")

    grouped, alone = (
        pages.get(url(seeds, "/loss.plotly.json"), {"baseline": bare.run_id, **query}).json()["data"]
        for query in ({"group": "params.model"}, {"top": "1", "order": "start_time"})
    )

    assert grouped[-1]["name"] == "bare" and grouped[-1]["line"]["width"] > 2
    assert {trace["name"]: trace["line"]["width"] for trace in alone} == {"mlp1": 1.6, "bare": 2.8}
