"""The groups of an experiment."""

import math
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from runs.queries import group_table
from tests.clients import parse
from tests.factories import make_experiment, make_run

SEEDS = {"0.1": (0.91, 0.92, 0.93), "0.01": (0.95, 0.96, 0.94), "0.001": (0.80, math.nan)}
MEASURED = ("mean", "std", "s.e.", "n", "95 % interval", "best", "worst")


@pytest.fixture
def experiment(db):
    """Three learning rates over seeds; the last with two runs, one of which came to nothing."""
    experiment = make_experiment("sweep")
    for lr, values in SEEDS.items():
        for seed, value in enumerate(values):
            make_run(
                experiment,
                name=f"{lr}/{seed}",
                params={"lr": lr, "data": "digits", "seed": str(seed)},
                metrics={"val_acc": value, "val_loss": 1 - value},
                status="FINISHED",
            )
    return experiment


def url(experiment, query=""):
    return f"/experiments/{experiment.pk}/groups{query}"


def rows(html):
    return html.select("#group_table > form > .table-wrap > table > tbody > tr[data-key]")


def cells(row):
    """The values of a group, then its metrics; on the page the first metric stands before the values."""
    return [" ".join(cell.get_text(" ", strip=True).split()) for cell in values_first(row.select("td:not(.tick)"))]


def values_first(tags):
    ends = [at for at, tag in enumerate(tags) if "metric" in tag.get("class", ())]
    if not ends:
        return tags
    first, rest = tags[: len(MEASURED)], tags[len(MEASURED) :]
    end = ends[1] - len(MEASURED) if len(ends) > 1 else len(rest)
    return [*rest[:end], *first, *rest[end:]]


def place_of(html, name):
    """Of a column among the cells of a row."""
    heads = html.select("thead tr:last-child th:not(.name)")
    return [head.get_text(strip=True) for head in values_first(heads)].index(name)


def row_of(html, lr):
    place = place_of(html, "lr")
    return next(row for row in rows(html) if cells(row)[place] == lr)


def key_of(html, lr):
    return row_of(html, lr)["data-key"]


def order(html):
    return [cells(row)[0] for row in rows(html)]


# --- What is shown ------------------------------------------------------------------------------


def test_all_params_but_the_seed_make_groups_the_best_mean_first(pages, experiment):
    html = pages.html(url(experiment))

    assert "all params but seed" in html.select_one(".group-by summary").get_text(" ", strip=True)
    assert "a guess by name" in html.select_one(".group-by summary").get_text()
    assert "3 groups of 8 runs" in html.select_one("#group_table .said").get_text(" ", strip=True)
    assert "data digits" in html.select_one("#group_table .constants").get_text(" ", strip=True)
    assert order(html) == ["0.01", "0.1", "0.001"]


def test_a_group_shows_mean_spread_interval_and_its_best_and_worst_run(pages, experiment):
    html = pages.html(url(experiment))
    row = row_of(html, "0.01")

    _, mean, std, se, n, interval, best, worst = cells(row)[:8]

    assert mean == "0.9500 ▲"
    assert (std, se, n) == ("0.0100", "0.0058", "3")
    assert interval == "0.9252 to 0.9748"
    assert (best, worst) == ("0.9600", "0.9400")
    assert [link["title"] for link in row.select("td.n > a")] == ["0.01/1", "0.01/2"]
    assert "median 0.95; 3 of 3 runs" in row.select_one("td.metric")["title"]
    assert row.select_one("td.best .mark")


def test_nan_is_counted_and_few_runs_are_told(pages, experiment):
    row = row_of(pages.html(url(experiment)), "0.001")

    assert "1 NaN" in cells(row)[1]
    assert cells(row)[2:4] == ["–", "–"]
    assert cells(row)[5] == "one run"
    assert "too few" in row.select_one("th").get_text()


def test_runs_without_a_param_or_a_metric_are_said(pages, experiment):
    make_run(experiment, name="bare", params={"seed": "1"})

    row = row_of(pages.html(url(experiment)), "not set")

    assert cells(row)[:4] == ["not set", "not set", "–", "–"]


def test_lower_is_better_for_a_loss(pages, experiment):
    html = pages.html(url(experiment, "?columns=metrics.val_loss"))

    assert order(html) == ["0.01", "0.1", "0.001"]
    assert [cells(row_of(html, "0.01"))[i] for i in (6, 7)] == ["0.0400", "0.0600"]


def test_detail_shows_every_statistic_of_every_metric(pages, experiment):
    html = pages.html(url(experiment, "?detail=all"))

    assert len(rows(html)[0].select("td.axis")) == 2


def test_another_number_of_a_metric_can_be_chosen(pages, experiment):
    html = pages.html(url(experiment, "?columns=metrics.val_acc.min"))

    assert html.select_one("thead th[scope=colgroup] .how").get_text() == "min"
    assert cells(row_of(html, "0.1"))[1].startswith("0.9200")


# --- Order, pages, what is opened --------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("metrics.val_acc.mean", ["0.001", "0.1", "0.01"]),
        ("-metrics.val_acc.max", ["0.01", "0.1", "0.001"]),
        ("-metrics.val_acc.std", ["0.01", "0.1", "0.001"]),
        ("metrics.val_acc.low", ["0.1", "0.01", "0.001"]),
        ("-metrics.val_acc.median", ["0.01", "0.1", "0.001"]),
        ("metrics.val_loss.last.mean", ["0.01", "0.1", "0.001"]),
        ("runs", ["0.001", "0.01", "0.1"]),
        ("params.lr", ["0.001", "0.01", "0.1"]),
        ("-params.lr", ["0.1", "0.01", "0.001"]),
    ],
)
def test_groups_are_sorted_by_any_statistic_size_or_field(pages, experiment, sort, expected):
    html = pages.html(url(experiment, f"?sort={sort}"))

    assert not html.select(".complaint")
    assert order(html) == expected


def test_a_second_click_on_a_head_turns_the_order_round(pages, experiment):
    html = pages.html(url(experiment))
    head = html.select_one("thead [aria-sort]")

    assert head["aria-sort"] == "descending"
    assert parse_qs(head.a["href"][1:])["sort"] == ["metrics.val_acc.mean"]


def test_groups_come_in_pages_with_their_true_number(pages, experiment):
    for i in range(60):
        make_run(experiment, params={"lr": str(i + 1)}, metrics={"val_acc": i / 100})

    html = pages.html(url(experiment, "?page=2"))

    assert "63 groups" in html.select_one("#group_table .said").get_text(" ", strip=True)
    assert len(rows(html)) == 13
    assert len(rows(pages.html(url(experiment, "?page=99999")))) == 13


def test_an_open_group_shows_its_runs_with_their_seeds(pages, experiment):
    key = key_of(pages.html(url(experiment)), "0.1")

    html = pages.html(url(experiment, f"?open={key}"))
    members = html.select_one("tr.members")

    assert [link.get_text() for link in members.select("tbody th a")] == ["0.1/2", "0.1/1", "0.1/0"]
    assert "seed" in members.select_one("thead").get_text()
    assert "open" not in parse_qs(urlsplit(row_of(html, "0.1").select_one("a.fold")["href"]).query)


@pytest.mark.parametrize(("most", "marked"), [(3, True), (2, False)])
def test_the_best_run_of_an_open_group_is_marked_where_all_are_shown(pages, experiment, monkeypatch, most, marked):
    monkeypatch.setattr(group_table, "MOST_SHOWN", most)
    key = key_of(pages.html(url(experiment)), "0.1")

    members = pages.html(url(experiment, f"?open={key}")).select_one("tr.members")

    assert bool(members.select("td.best")) == marked


def test_a_group_leads_to_its_runs_in_the_run_table(pages, experiment):
    make_run(experiment, name="bare", params={"seed": "1"}, metrics={"val_acc": 0.1})
    html = pages.html(url(experiment, "?q=metrics.val_acc < 2 OR params.seed = 1"))

    for lr, expected in {"0.1": ["0.1/0", "0.1/1", "0.1/2"], "not set": ["bare"]}.items():
        table = pages.html(row_of(html, lr).select_one('a[title="Show these runs"]')["href"])
        assert sorted(link.get_text() for link in table.select("#run_table tbody th > a:first-of-type")) == expected


def test_a_group_no_filter_can_say_is_named_run_by_run(pages, experiment):
    make_run(experiment, name="odd", params={"lr": """it's "odd" """})

    row = row_of(pages.html(url(experiment)), 'it\'s "odd"')
    table = pages.html(row.select_one('a[title="Show these runs"]')["href"])

    assert [link.get_text() for link in table.select("#run_table tbody th > a:first-of-type")] == ["odd"]


# --- Measured against something ------------------------------------------------------------------


def test_groups_are_measured_against_a_reference_group(pages, experiment):
    key = key_of(pages.html(url(experiment)), "0.1")

    html = pages.html(url(experiment, f"?reference={key}"))

    assert row_of(html, "0.1")["class"] == ["base"]
    assert row_of(html, "0.01").select_one(".delta.good").get_text() == "+3.26 %"
    assert not row_of(html, "0.1").select_one(".delta").get_text()


def test_groups_are_measured_against_the_baseline_run(pages, experiment):
    run = experiment.runs.get(name="0.1/0")

    html = pages.html(url(experiment, f"?baseline={run.run_id}"))

    assert row_of(html, "0.1").select_one("td.metric .delta").get_text() == "+1.10 %"
    assert "measured against 0.1/0" in html.select_one("#group_table .said").get_text(" ", strip=True)


# --- How to group -------------------------------------------------------------------------------


def test_the_forms_offer_params_with_few_values_first_and_keep_the_runs(pages, experiment):
    html = pages.html(url(experiment, "?q=metrics.val_acc > 0.1&page=2"))
    but, by = html.select(".group-by form")

    assert [box["value"] for box in but.select('[type=checkbox][name="except"]')] == [
        "params.lr", "params.seed", "params.data",
    ]  # fmt: skip
    assert [box["value"] for box in but.select("[checked]")] == ["params.seed"]
    assert {field["name"]: field["value"] for field in by.select("[type=hidden]")} == {"q": "metrics.val_acc > 0.1"}


def test_a_field_can_be_named_that_is_not_offered(pages, experiment):
    html = pages.html(url(experiment, "?group=params.seed&group=status&group="))

    assert place_of(html, "seed") == 0
    assert "status FINISHED" in html.select_one(".constants").get_text(" ", strip=True)


# --- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?group=params.nothing", "No run here has params.nothing to group by."),
        ("?columns=metrics.nothing", "No run here has metrics.nothing."),
        ("?sort=metrics.nothing.mean", "Groups cannot be sorted by 'metrics.nothing.mean'."),
        ("?sort=metrics.val_acc.mode", "Groups cannot be sorted by 'metrics.val_acc.mode'."),
        ("?sort=-", "Groups cannot be sorted by '-'."),
        ("?reference=nonsense", "No group has the key 'nonsense' of the reference."),
        ("?open=ffffffffffff", "No group has the key 'ffffffffffff'."),
        ("?baseline=gone", "The baseline gone is not here."),
    ],
)
def test_a_part_that_names_nothing_is_said_and_the_groups_are_shown(pages, experiment, query, said):
    html = pages.html(url(experiment, query))

    assert said in [note.get_text() for note in html.select(".complaint")]
    assert rows(html)


@pytest.mark.parametrize(
    "query", ["?page=-1", "?rows=7", "?page=x", "?group=%00", "?open=%00,%01", "?columns=,,", "?except=x&group=all"]
)
def test_odd_addresses_give_the_page(pages, experiment, query):
    assert rows(pages.html(url(experiment, query)))


def test_half_a_filter_is_shown_where_it_breaks_off(pages, experiment):
    response = pages.get(url(experiment, "?q=metrics.val_acc >"))

    assert response.status_code == 400
    assert parse(response).select_one("#complaint .q-error")


def test_too_many_runs_are_refused_with_the_way_out(pages, experiment, monkeypatch):
    monkeypatch.setattr("runs.queries.group_members.MOST_RUNS", 2)

    response = pages.get(url(experiment))

    assert response.status_code == 400
    assert "Narrow them down by a filter." in parse(response).select_one(".complaint").get_text()


def test_hostile_texts_are_shown_as_text(pages, experiment):
    attack = "<script>alert(1)</script>"
    make_run(experiment, name=attack, params={"lr": attack, attack: attack}, metrics={"val_acc": 0.5, attack: 1.0})

    response = pages.get(url(experiment, "?detail=all"))

    assert attack not in response.content.decode()
    assert row_of(parse(response), attack)


def test_an_experiment_without_runs_says_the_next_step(pages):
    html = pages.html(url(make_experiment()))

    assert html.select_one(".empty h2").get_text() == "No runs to group yet"


def test_a_filter_that_no_run_matches_leads_back(pages, experiment):
    html = pages.html(url(experiment, "?q=params.lr = 77"))

    assert html.select_one(".empty h2").get_text() == "No run matches"


def test_an_experiment_that_is_not_there_is_a_404(pages):
    assert pages.get("/experiments/999999/groups").status_code == 404


# --- Costs --------------------------------------------------------------------------------------


def test_statements_do_not_grow_with_groups_runs_or_metrics(pages, experiment):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            pages.html(url(experiment, "?detail=all"))
        return len(captured)

    before = statements()
    for i in range(30):
        metrics = {f"m{k}": float(k) for k in range(3)} | {"val_acc": i / 30}
        make_run(experiment, params={"lr": str(i + 1), "seed": str(i % 2), "data": "digits"}, metrics=metrics)

    assert statements() == before


def test_the_runs_and_the_groups_can_be_asked_for_elsewhere(pages, experiment):
    html = pages.html(url(experiment, "?q=metrics.val_loss+<+0.5&params.lr=0.1"))

    copied = html.select_one(".copy-as").get_text()
    assert f'experiment_ids=["{experiment.pk}"]' in copied
    assert "(metrics.val_loss < 0.5) AND params.`lr` = '0.1'" in copied
    assert f"/experiments/{experiment.pk}/groups.csv?q=metrics.val_loss" in copied
