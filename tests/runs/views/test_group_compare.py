"""Two groups of runs, compared."""

import csv
import io
import json
import math
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyarrow.parquet
import pytest
from scipy import stats

from runs.models import Run
from tests.clients import parse
from tests.factories import make_experiment, make_run

A = (0.9401, 0.9412, 0.9420, 0.9395, 0.9432)
B = (0.9462, 0.9473, 0.9480, 0.9455, 0.9490)


@pytest.fixture
def experiment(db):
    experiment = make_experiment("sweep")
    for lr, values in (("0.001", A), ("0.0003", B)):
        for seed, value in enumerate(values):
            make_run(
                experiment,
                name=f"{lr}/{seed}",
                params={"lr": lr, "data": "digits", "seed": str(seed)},
                metrics={"val_acc": value, "val_loss": 1 - value, "fit_seconds": 10.0 + seed},
            )
    return experiment


def base(experiment):
    return f"/experiments/{experiment.pk}/groups"


def keys(pages, experiment, query=""):
    """Of groups by their learning rate."""
    html = pages.html(base(experiment) + query)
    return {value_of(row): row["data-key"] for row in html.select("tr[data-key]")}


def value_of(row):
    """The only one: what is no tick, no name and no number."""
    return row.select_one("td:not(.tick):not(.n):not(.axis)").get_text()


@pytest.fixture
def sides(pages, experiment):
    found = keys(pages, experiment)
    return f"a={found['0.001']}&b={found['0.0003']}"


def row_of(html, metric):
    return next(row for row in html.select(".compared tbody tr") if row.th.get_text().startswith(metric))


def texts(row):
    return [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.select("td")]


# --- What is said and shown ----------------------------------------------------------------------


def test_first_is_said_what_differs_and_whether_chance_would_do_the_same(pages, experiment, sides):
    html = pages.html(f"{base(experiment)}/compare?{sides}")

    changed, verdict = html.select(".say p")
    assert changed.get_text(strip=True) == "lr0.001→0.0003."
    assert verdict.get_text() == (
        "Over 5 seeds a side, val_acc is 0.0060 higher, which is better (95 % interval 0.0039 to 0.0081),"
        " Welch p < 0.001: unlikely by chance."
    )


def test_each_metric_has_both_sides_and_the_tests(pages, experiment, sides):
    html = pages.html(f"{base(experiment)}/compare?{sides}")
    a, b, difference, interval, bootstrap, welch, ranks, g, above = texts(row_of(html, "val_acc"))
    expected = stats.ttest_ind(B, A, equal_var=False)

    assert a == "0.9412 ± 0.00066 n 5"
    assert b == "0.9472 ± 0.00062 n 5"
    assert difference == "+0.0060 +0.64 %"
    assert interval == "0.0039 to 0.0081"
    assert bootstrap.startswith("0.004")
    assert welch.startswith("< 0.001")
    assert ranks.startswith("0.008 (0.024)")
    pooled = math.sqrt((np.var(A, ddof=1) + np.var(B, ddof=1)) / 2)
    assert float(g) == pytest.approx(0.903 * (np.mean(B) - np.mean(A)) / pooled, abs=0.02)
    assert above == "100 %"
    assert float(row_of(html, "val_acc").select("td")[5]["title"]) == pytest.approx(expected.pvalue)


def test_what_is_the_same_on_both_sides_is_no_difference(pages, experiment, sides):
    row = row_of(pages.html(f"{base(experiment)}/compare?{sides}"), "fit_seconds")

    assert texts(row)[2].startswith("0")
    assert texts(row)[5].startswith("1")
    assert texts(row)[8] == "50 %"


def test_all_runs_are_drawn_and_links_lead_on(pages, experiment, sides):
    html = pages.html(f"{base(experiment)}/compare?{sides}")

    assert len(html.select("svg.strips")) == 3
    assert "5 runs, mean 0.9412" in html.select_one("svg.strips")["aria-label"]
    charts = next(link for link in html.select(".actions a") if "Charts" in link.get_text())
    assert parse_qs(urlsplit(charts["href"]).query)["q"] == ["(params.`lr` = 0.001) OR (params.`lr` = 0.0003)"]
    runs = pages.html(html.select_one(".two-sides a")["href"])
    assert len(runs.select("#run_table tbody tr")) == 5


def test_sides_can_be_swapped(pages, experiment, sides):
    html = pages.html(f"{base(experiment)}/compare?{sides}")

    html = pages.html(base(experiment) + "/compare" + html.select_one(".actions a")["href"])

    assert "0.0060 lower, which is worse" in html.select_one(".verdict").get_text()


def test_two_ticks_lead_to_the_comparison(pages, experiment):
    found = keys(pages, experiment)

    response = pages.get(f"{base(experiment)}/compare?q=&pick={found['0.001']}&pick={found['0.0003']}")

    assert response.status_code == 302
    assert parse_qs(response["Location"][1:]) == {"a": [found["0.001"]], "b": [found["0.0003"]]}


def test_more_than_two_ticks_are_told(pages, experiment):
    make_run(experiment, params={"lr": "1", "data": "digits"}, metrics={"val_acc": 0.1})
    picks = "&".join(f"pick={key}" for key in keys(pages, experiment).values())

    html = pages.html(f"{base(experiment)}/compare?{picks}")

    assert "3 groups were ticked; these are the first two." in html.select_one(".complaint").get_text()


# --- Two filters --------------------------------------------------------------------------------


def test_any_two_filters_are_compared(pages, experiment):
    html = pages.html(f"{base(experiment)}/compare?a_q=params.lr = 0.001&b_q=params.lr = 0.0003 AND params.seed < 3")

    assert html.select_one(".verdict").get_text().startswith("Over 5 and 3 seeds, val_acc is 0.0060 higher")
    assert "lr 0.001 → 0.0003" in html.select_one(".say p").get_text(" ", strip=True)


def test_runs_on_both_sides_are_told(pages, experiment):
    html = pages.html(f"{base(experiment)}/compare?a_q=params.seed < 3&b_q=params.seed > 1")

    assert "2 runs are on both sides" in html.select_one(".complaint").get_text()


# --- Too little to say ---------------------------------------------------------------------------


def test_one_run_a_side_says_nothing_about_chance(pages, experiment):
    html = pages.html(f"{base(experiment)}/compare?a_q=run_name = '0.001/0'&b_q=run_name = '0.0003/0'")

    assert "Too few: 1 and 1" in html.select_one(".verdict").get_text()
    assert texts(row_of(html, "val_acc"))[3:6] == ["–", "–", "–"]
    assert row_of(html, "val_acc").select("td")[3]["title"] == "a side of one run has no spread"


def test_nan_and_missing_metrics_are_told(pages, experiment):
    make_run(experiment, params={"lr": "0.001", "data": "digits", "seed": "9"}, metrics={"val_acc": math.nan})
    Run.objects.get(name="0.0003/0").metrics.filter(key__name="fit_seconds").delete()
    found = keys(pages, experiment)

    html = pages.html(f"{base(experiment)}/compare?a={found['0.001']}&b={found['0.0003']}")

    assert "1 value is not finite and left out." in html.select_one(".verdict").get_text()
    assert texts(row_of(html, "val_acc"))[0].startswith("1 NaN 0.94")
    assert texts(row_of(html, "fit_seconds"))[1].endswith("n 4")


# --- Files --------------------------------------------------------------------------------------


def test_the_comparison_is_a_file(pages, experiment, sides):
    address = f"{base(experiment)}/compare"
    rows = json.loads(b"".join(pages.get(f"{address}.json?{sides}").streaming_content))
    lines = list(csv.DictReader(io.StringIO(b"".join(pages.get(f"{address}.csv?{sides}").streaming_content).decode())))
    table = pyarrow.parquet.read_table(io.BytesIO(b"".join(pages.get(f"{address}.parquet?{sides}").streaming_content)))
    expected = stats.ttest_ind(B, A, equal_var=False)

    first = next(row for row in rows if row["metric"] == "metrics.val_acc")
    assert first["welch p"] == pytest.approx(expected.pvalue)
    assert first["difference"] == pytest.approx(np.mean(B) - np.mean(A))
    assert first["mann-whitney p"] == pytest.approx(stats.mannwhitneyu(B, A).pvalue)
    assert (first["a n"], first["b n"], first["better"]) == (5, 5, "higher")
    assert [row["metric"] for row in lines] == [row["metric"] for row in rows] == table["metric"].to_pylist()


def test_groups_are_a_file_with_every_statistic(pages, experiment):
    rows = json.loads(b"".join(pages.get(f"{base(experiment)}.json?columns=metrics.val_acc").streaming_content))
    lines = list(csv.DictReader(io.StringIO(b"".join(pages.get(f"{base(experiment)}.csv").streaming_content).decode())))

    assert [row["params.lr"] for row in rows] == ["0.0003", "0.001"]
    assert rows[0]["metrics.val_acc mean"] == pytest.approx(np.mean(B))
    assert rows[0]["metrics.val_acc std"] == pytest.approx(np.std(B, ddof=1))
    assert rows[0]["metrics.val_acc median"] == 0.9473
    assert rows[0]["metrics.val_acc max run_id"] == Run.objects.get(name="0.0003/4").run_id
    assert (rows[0]["runs"], rows[0]["params.data"]) == (5, "digits")
    assert len(lines) == 2


def test_a_file_of_nothing_is_an_error_that_says_so(pages, experiment):
    assert pages.get(f"{base(experiment)}/compare.csv?a=1").status_code == 404
    assert pages.get(f"{base(experiment)}.csv?q=metrics.val_acc >").status_code == 400


# --- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said", "status"),
    [
        ("", "", 200),
        ("?pick=", "", 200),
        ("?a=ffffffffffff&b=0", "No group of these runs has the key 'ffffffffffff' (a).", 400),
        ("?a_q=metrics.val_acc >", "The filter a_q cannot be read", 400),
        ("?a_q=params.lr = 7&b_q=params.lr = 0.001", "No run matches a_q: params.lr = 7", 400),
        ("?a=ffffffffffff&q=(", "The filter cannot be read", 400),
    ],
)
def test_a_side_that_is_missing_is_named_and_asked_for(pages, experiment, query, said, status):
    response = pages.get(f"{base(experiment)}/compare{query}", follow=True)
    html = parse(response)

    assert response.status_code == status
    assert said in " ".join(note.get_text() for note in html.select(".complaint"))
    assert html.select_one(".empty form input[name=a_q]")


def test_hostile_texts_are_shown_as_text(pages, experiment):
    attack = "<script>alert(1)</script>"
    make_run(experiment, name=attack, params={"lr": attack}, metrics={"val_acc": 0.5, attack: 1.0})
    found = keys(pages, experiment, "?group=params.lr")

    response = pages.get(f"{base(experiment)}/compare?group=params.lr&a={found['0.001']}&b={found[attack]}")

    assert response.status_code == 200
    assert attack not in response.content.decode()
    assert attack in parse(response).select_one(".two-sides").get_text()
