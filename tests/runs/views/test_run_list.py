"""The runs table of an experiment."""

import math
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clients import parse
from tests.factories import make_experiment, make_run
from tests.runs.points import log_points

MINUTE = 60_000
NOON = 1_780_000_000_000


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def names(html):
    return [link.get_text() for link in html.select("#run_table tbody th > a:first-of-type")]


def heads(html):
    for direction in html.select("#run_table thead a.direction"):
        direction.decompose()
    return [
        " ".join(head.get_text(" ", strip=True).split()) for head in html.select("#run_table thead tr:last-child th")
    ]


def cells(html, name):
    link = next(link for link in html.select("#run_table tbody th > a:first-of-type") if link.get_text() == name)
    return [cell.get_text(strip=True) for cell in link.find_parent("tr").select("td:not(.tick)")]


def queries_of(action):
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


# --- What is shown ------------------------------------------------------------------------------


def test_newest_runs_come_first_with_status_and_duration(pages, experiment):
    make_run(experiment, name="older", start_time=NOON, status="FAILED", end_time=NOON + 4 * MINUTE + 12_000)
    make_run(experiment, name="newer", start_time=NOON + MINUTE)

    html = pages.html(url(experiment))

    assert names(html) == ["newer", "older"]
    assert cells(html, "older")[1] == "4 m 12 s"
    assert "failed" in html.select("#run_table tbody th")[1].get_text()
    assert html.select_one("#run_table tbody th .dot.live")


def test_columns_by_default_are_the_most_used_and_those_that_differ(pages, experiment):
    for number in range(3):
        make_run(experiment, params={"lr": f"1e-{number}", "same": "x"}, metrics={"val_acc": 0.9, "epoch": number})

    html = pages.html(url(experiment))

    assert heads(html) == ["Run", "Started ↓", "Duration", "val_acc", "epoch", "lr"]
    assert [group.get_text() for group in html.select(".groups th")] == ["", "Metrics", "Params"]


def test_columns_are_chosen_by_the_address_in_its_order(pages, experiment):
    run = make_run(experiment, name="r", params={"lr": "3e-4"}, tags={"t": "a"})
    log_points(run, "loss", [(step, step, value) for step, value in enumerate([4, 1, 2])])

    html = pages.html(
        url(experiment),
        {
            "columns": [
                "params.lr,metrics.loss.min,metrics.loss.max",
                "metrics.loss.first,metrics.loss.mean,metrics.loss,tags.t",
            ]
        },
    )

    assert heads(html) == ["Run", "lr", "loss min", "loss max", "loss first", "loss mean", "loss", "t"]
    assert cells(html, "r") == ["3e-4", "1", "4", "4", "2.333", "2", "a"]


def test_columns_nobody_has_logged_are_left_out(pages, experiment):
    make_run(experiment, name="r", params={"lr": "1"})

    html = pages.html(url(experiment), {"columns": "params.nope,metrics.x.min,evil;drop,params.lr,params.lr"})

    assert heads(html) == ["Run", "lr"]


def test_a_metric_called_like_a_number_of_another_is_that_metric(pages, experiment):
    make_run(experiment, name="r", metrics={"loss": 1.0, "loss.min": 7.0})

    html = pages.html(url(experiment), {"columns": "metrics.loss.min"})

    assert cells(html, "r") == ["7"]


def test_figures_of_a_column_share_their_decimals_and_keep_their_digits(pages, experiment):
    make_run(experiment, name="a", metrics={"x": 0.94123456789})
    make_run(experiment, name="b", metrics={"x": 0.95})

    html = pages.html(url(experiment), {"columns": "metrics.x"})

    assert cells(html, "a") == ["0.9412"]
    assert cells(html, "b") == ["0.9500"]
    assert {cell["title"] for cell in html.select("#run_table tbody td[title]")} == {"0.94123456789", "0.95"}


def test_the_best_of_all_that_match_is_marked_in_its_direction(pages, experiment):
    make_run(experiment, name="a", metrics={"acc": 0.9, "loss": 0.5, "epoch": 1.0})
    make_run(experiment, name="b", metrics={"acc": 0.8, "loss": 0.4, "epoch": 2.0})

    html = pages.html(url(experiment), {"columns": "metrics.acc,metrics.loss,metrics.epoch"})

    assert cells(html, "a") == ["0.9▲", "0.5", "1"]
    assert cells(html, "b") == ["0.8", "0.4▲", "2"]


def test_the_best_is_not_marked_among_one_page_of_many(pages, experiment):
    for number in range(51):
        make_run(experiment, metrics={"acc": number / 100})

    assert not pages.html(url(experiment)).select("td.best")


def test_a_first_click_puts_what_is_better_first(pages, experiment):
    make_run(experiment, metrics={"acc": 0.9, "loss": 0.5})

    html = pages.html(url(experiment), {"columns": "metrics.acc,metrics.loss,user_id"})

    hrefs = [link["href"] for link in html.select("#run_table thead a:not(.direction)")]
    assert [parse_qs(urlsplit(href).query)["order"][0] for href in hrefs] == [
        "run_name", "-metrics.acc", "metrics.loss", "user_id",
    ]  # fmt: skip


def test_nan_and_infinity_are_shown_as_such(pages, experiment):
    run = make_run(experiment, name="r")
    log_points(run, "a", [(0, 0, math.nan)])
    log_points(run, "b", [(0, 0, -math.inf)])

    html = pages.html(url(experiment), {"columns": "metrics.a,metrics.b,metrics.a.min"})

    assert cells(html, "r") == ["NaN", "−∞", "NaN"]


def test_a_run_without_a_value_shows_a_dash(pages, experiment):
    make_run(experiment, name="with", params={"lr": "1"})
    make_run(experiment, name="without")

    assert cells(pages.html(url(experiment), {"columns": "params.lr"}), "without") == ["–"]


def test_whatever_was_logged_is_shown_as_text(pages, experiment):
    evil = "<img src=x onerror=alert(1)>"
    make_run(experiment, name=evil, params={"p": evil * 10}, tags={"t": "</script>"})

    html = pages.html(url(experiment), {"columns": "params.p,tags.t"})

    assert names(html) == [evil]
    assert not html.select("#run_table img, #run_table script")


def test_an_experiment_without_runs_says_how_to_log_the_first(pages, experiment):
    html = pages.html(url(experiment))

    assert f'experiment_id="{experiment.pk}"' in html.select_one("#snippet").get_text()


# --- Filter, order, pages -----------------------------------------------------------------------


def test_the_filter_narrows_and_the_total_is_said(pages, experiment):
    for number in range(5):
        make_run(experiment, name=f"run {number}", metrics={"acc": number / 10})

    html = pages.html(url(experiment), {"q": "metrics.acc > 0.2"})

    assert sorted(names(html)) == ["run 3", "run 4"]
    assert " ".join(html.select_one(".said span").get_text().split()) == "2 of 5 runs"


def test_an_error_is_marked_at_its_token_and_nothing_is_lost(pages, experiment):
    make_run(experiment, params={"lr": "1"})

    response = pages.get(url(experiment), {"q": "metrics.acc >", "columns": "params.lr"})

    html = parse(response)
    assert response.status_code == 400
    assert html.select_one("#complaint pre").get_text().startswith("metrics.acc >")
    assert html.select_one("textarea")["aria-invalid"] == "true"
    assert html.select_one("#query_form input[name=columns]")["value"] == "params.lr"


def test_a_key_nobody_has_gets_the_nearest_one(pages, experiment):
    make_run(experiment, metrics={"val_acc": 1.0})

    html = pages.html(url(experiment), {"q": "metrics.val_acx.max > 0.5"})

    link = html.select_one("#complaint a")
    assert link.get_text() == "val_acc"
    assert parse_qs(urlsplit(link["href"]).query)["q"] == ["metrics.val_acc.max > 0.5"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("metrics.loss", "bca"),
        ("-metrics.loss", "cba"),
        ("metrics.loss.max", "bca"),
        ("params.lr", "bac"),
        ("-params.lr", "abc"),
        ("-run_name", "cba"),
        ("params.group,-metrics.loss", "bca"),
        ("tags.team", "cab"),
        ("nonsense,metrics.nope", "cba"),
    ],
)
def test_any_column_sorts_and_runs_without_a_value_come_last(pages, experiment, order, expected):
    a = make_run(experiment, name="a", start_time=1, params={"lr": "10", "group": "2"}, tags={"team": "2"})
    b = make_run(experiment, name="b", start_time=2, params={"lr": "9", "group": "1"}, tags={"team": "3"})
    c = make_run(experiment, name="c", start_time=3, params={"group": "2"}, tags={"team": "1"})
    for run, values in ((b, [1.0]), (c, [0.5, 2.0]), (a, [])):
        log_points(run, "loss", [(step, step, value) for step, value in enumerate(values)])

    html = pages.html(url(experiment), {"order": order})

    assert "".join(names(html)) == expected


def test_a_head_sorts_then_turns_round_and_keeps_the_rest_of_the_address(pages, experiment):
    make_run(experiment, params={"lr": "1"})

    html = pages.html(url(experiment), {"columns": "params.lr", "q": "has(params.lr)", "page": 1})
    link = next(link for link in html.select("thead a") if link.get_text(strip=True) == "lr")
    query = parse_qs(urlsplit(link["href"]).query)
    turned = pages.html(url(experiment) + link["href"])

    assert query == {"columns": ["params.lr"], "q": ["has(params.lr)"], "order": ["params.lr"]}
    assert turned.select_one("th[aria-sort=ascending] a")["href"].endswith("order=-params.lr")


def test_a_second_column_can_be_put_after_the_first(pages, experiment):
    make_run(experiment, params={"lr": "1", "depth": "2"})

    html = pages.html(url(experiment), {"order": "-params.lr", "columns": "params.lr,params.depth"})
    then = html.select_one('thead a[aria-label="then by depth"]')
    both = pages.html(url(experiment) + then["href"])

    assert parse_qs(urlsplit(then["href"]).query)["order"] == ["-params.lr,params.depth"]
    assert [rank.get_text() for rank in both.select("thead .rank")] == ["1", "2"]
    assert not pages.html(url(experiment)).select("thead .then")


def test_pages_have_numbers_a_total_and_a_size(pages, experiment):
    for number in range(120):
        make_run(experiment, name=f"{number:03}", start_time=number)

    html = pages.html(url(experiment), {"rows": 50, "page": 3})

    assert names(html) == [f"{number:03}" for number in range(19, -1, -1)]
    assert html.select_one(".pager .here").get_text() == "3"
    assert [link.get_text() for link in html.select(".pager .sizes a")] == ["50", "100", "500", "1000"]
    assert html.select_one(".said b").get_text() == "120"
    assert len(names(pages.html(url(experiment), {"rows": "7", "page": "999"}))) == 20


def test_deleted_runs_are_shown_on_request(pages, experiment):
    make_run(experiment, name="here")
    make_run(experiment, name="gone", lifecycle_stage="deleted")

    assert names(pages.html(url(experiment))) == ["here"]
    assert names(pages.html(url(experiment), {"view": "deleted"})) == ["gone"]
    assert set(names(pages.html(url(experiment), {"view": "all"}))) == {"here", "gone"}


# --- Cost ---------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_runs_or_keys(pages, experiment):
    query = {
        "q": "metrics.m0 > -1",
        "columns": "metrics.m0,params.p0,tags.t0",
        "order": "-metrics.m0",
        "status": "RUNNING",
    }

    def fill(count, keys):
        for number in range(count):
            make_run(
                experiment,
                params={f"p{key}": str(number % 3) for key in range(keys)},
                tags={f"t{key}": str(number % 3) for key in range(keys)},
                metrics={f"m{key}": number for key in range(keys)},
            )

    fill(3, 2)
    few, few_chosen = (
        queries_of(lambda: pages.html(url(experiment))),
        queries_of(lambda: pages.html(url(experiment), query)),
    )
    fill(60, 12)
    many, many_chosen = (
        queries_of(lambda: pages.html(url(experiment))),
        queries_of(lambda: pages.html(url(experiment), query)),
    )

    assert many <= few <= 25
    assert many_chosen <= few_chosen <= 40


# --- More runs than are counted ---------------------------------------------------------------


@pytest.fixture
def counts_up_to_ten(monkeypatch):
    for module in ("runs.search.totals", "runs.queries.experiment_list"):
        monkeypatch.setattr(f"{module}.EXACT_UP_TO", 10)


def test_more_runs_than_are_counted_are_estimated_and_said_to_be(pages, experiment, counts_up_to_ten):
    for number in range(60):
        make_run(experiment, name=f"run {number}", tags={"mlflow.user": "ana"})

    html = pages.html(url(experiment))

    assert html.select_one(".said b").get_text().startswith("about ")
    assert "estimated" in html.select_one(".said span")["title"]


def test_pages_of_an_estimated_number_go_on_to_the_last_run(pages, experiment, counts_up_to_ten):
    for number in range(120):
        make_run(experiment, name=f"run {number}", start_time=number)

    second, third, fourth = (pages.html(url(experiment), {"page": str(page)}) for page in (2, 3, 4))

    assert names(second)[0] == "run 69"
    assert [second.select_one(f"[rel={rel}]") is not None for rel in ("prev", "next")] == [True, True]
    assert len(names(third)) == 20
    assert third.select_one("[rel=next]") is None
    assert names(fourth) == []


# --- Explain ----------------------------------------------------------------------------------


def test_a_page_explains_how_it_was_found(pages, experiment):
    make_run(experiment, params={"model": "<tree>"})
    html = pages.html(url(experiment), {"q": "params.model = '<tree>'"})
    link = html.find("a", string="Explain")

    explained = pages.html(url(experiment) + link["href"])

    assert explained.select_one(".plan p").get_text()
    assert "SELECT" in explained.select_one(".plan code").get_text()
    assert "<tree>" in explained.select_one(".plan").get_text()
    assert names(explained) == names(html)
    assert not html.select(".plan")


def test_an_explanation_names_indexes_and_what_would_be_quicker(pages, experiment):
    make_run(experiment, params={"model": "tree"}, metrics={"loss": 1.0})

    walked = pages.html(url(experiment), {"q": "params.model = 'tree'", "order": "metrics.loss.mean", "explain": "1"})
    assert "metric_mean" in walked.select_one(".plan tbody").get_text()
    assert not walked.select(".plan .hint")

    hints = pages.html(url(experiment), {"q": "NOT params.model = 'x'", "order": "metrics.loss.first", "explain": "1"})
    said = [hint.get_text() for hint in hints.select(".plan .hint")]
    assert said[0] == (
        "Quicker: Of a metric the last, min, max, mean have an index to walk; by .first, .count, .step all runs that"
        " match are sorted."
    )
    assert said[1].startswith("Quicker: No condition has an index to start from")


def test_runs_that_the_address_names_are_ticked_and_those_of_other_pages_go_along(pages, experiment):
    runs = [make_run(experiment, name=f"{number}", start_time=number) for number in range(60)]

    html = pages.html(url(experiment), {"runs": f"{runs[59].run_id},{runs[0].run_id},evil"})

    assert [box["value"] for box in html.select("#run_table input[type=checkbox][checked]")] == [runs[59].run_id]
    assert [field["value"] for field in html.select("[data-carried] input")] == [runs[0].run_id, "evil"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"columns": "metrics.none,params.a,bogus"}, "columns: No run here has metrics.none, bogus."),
        ({"order": "-metrics.none"}, "order: Runs cannot be ordered by -metrics.none."),
        ({"page": "-1"}, "page: -1 is no number of a page. This is the first."),
        ({"view": "gone"}, "view: gone is none of active, deleted, all."),
        ({"rows": "7"}, "rows: 7 is none of 50, 100, 500, 1000."),
        ({"status": "<b>"}, "status: <b> is none of"),
    ],
)
def test_what_an_address_cannot_mean_is_said(pages, query, said):
    experiment = make_experiment("bad addresses")
    make_run(experiment, params={"a": "1"}, metrics={"m": 1.0})

    for address in (f"/experiments/{experiment.pk}/", "/runs/"):
        (complaint,) = pages.html(address, query).select("#run_table .complaint")
        assert complaint.get_text().startswith(said)


def test_an_address_that_says_nothing_wrong_is_not_complained_of(pages):
    experiment = make_experiment("good addresses")
    make_run(experiment, params={"a": "1"}, metrics={"m": 1.0})
    query = {"columns": "params.a,metrics.m.last,metrics.m.min,duration", "order": "-metrics.m.last,run_name,params.a"}

    assert not pages.html(f"/experiments/{experiment.pk}/", query).select(".complaint")
