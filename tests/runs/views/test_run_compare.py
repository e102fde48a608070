import pytest

from runs.models import Direction, Key, MetricDirection
from tests.clients import parse
from tests.factories import make_experiment, make_run
from tests.runs.points import log_line


def compare(pages, *runs, **query):
    return pages.html("/compare/", {"runs": ",".join(run.run_id for run in runs)} | query)


def table(page):
    """Row name -> cells, without the marks for eyes."""
    found = {}
    for row in page.select("table.compare tbody tr:not(.section)"):
        name = next(row.th.stripped_strings)
        found[name] = [cell.get_text(" ", strip=True).replace(" ▲", "") for cell in row.select("td")]
    return found


def sections(page):
    return [next(row.stripped_strings) for row in page.select("tr.section")]


@pytest.fixture
def two(db):
    return (
        make_run(
            name="wide-moth",
            params={"lr": "0.001", "batch": "64", "opt": "adam"},
            metrics={"val_loss": 0.2, "val_acc": 0.9},
        ),
        make_run(
            name="calm-otter",
            params={"lr": "0.0003", "batch": "64", "model": "forest"},
            metrics={"val_loss": 0.1, "val_acc": 0.9},
        ),
    )


def test_only_differences_are_shown_until_one_asks_for_all(pages, two):
    differences, everything = table(compare(pages, *two)), table(compare(pages, *two, all="1"))

    assert {"lr", "opt", "model", "val_loss"} <= differences.keys()
    assert not {"batch", "val_acc"} & differences.keys()
    assert {"batch", "val_acc"} <= everything.keys()


def test_params_come_before_metrics_and_a_missing_one_is_said(pages, two):
    page = compare(pages, *two)

    assert sections(page)[:2] == ["Params", "Metrics"]
    assert table(page)["model"] == ["not set", "forest"]
    assert page.select("td.changed")


def test_a_number_written_otherwise_is_no_difference(pages):
    one, other = make_run(params={"lr": "0.10"}), make_run(params={"lr": "1e-1"})

    assert "lr" not in table(compare(pages, one, other))


def test_the_best_is_marked_and_deltas_are_to_the_first(pages, two):
    (best,) = compare(pages, *two).select("td.best")

    assert best.get_text(" ", strip=True) == "0.1 −50.0 % ▲ best"
    assert best.select_one(".delta.up")


def test_a_declared_direction_beats_the_guess(pages, two):
    MetricDirection.objects.create(key=Key.objects.get(name="val_loss"), direction=Direction.HIGHER)

    page = compare(pages, *two)

    (best,) = page.select("td.best")
    assert best.get_text(" ", strip=True).startswith("0.2")
    assert "guess" not in page.select_one("table.compare .direction")["title"]


def test_a_guessed_direction_says_so(pages, two):
    assert compare(pages, *two).select_one(".direction")["title"] == "lower is better, guessed from the name"


def test_nothing_is_best_where_no_direction_is_known(pages):
    runs = make_run(metrics={"x": 1.0}), make_run(metrics={"x": 2.0})

    assert not compare(pages, *runs).select("td.best")


def test_a_change_from_zero_is_not_a_percentage(pages):
    runs = make_run(metrics={"loss": 0.0}), make_run(metrics={"loss": 2.0})

    assert table(compare(pages, *runs))["loss"][1] == "2 n/a"


def test_last_min_or_max_can_stand_for_the_run(pages):
    runs = make_run(), make_run()
    log_line(runs[0], "loss", [3.0, 1.0, 2.0])
    log_line(runs[1], "loss", [6.0, 4.0, 5.0])

    def cells(value):
        return [cell.split()[0] for cell in table(compare(pages, *runs, value=value))["loss"]]

    assert [cells(value) for value in ("last", "min", "max", "mean", "first", "nonsense")] == [
        ["2", "5"], ["1", "4"], ["3", "6"], ["2", "5"], ["3", "6"], ["2", "5"],
    ]  # fmt: skip


def test_a_sentence_says_what_changed(pages):
    first = make_run(
        name="wide-moth", params={"model": "mlp", "lr": "0.1"}, metrics={"val_acc": 0.9412},
        tags={"mlflow.source.git.commit": "a41c9e0b2c"}, start_time=0, end_time=100_000, status="FINISHED",
    )  # fmt: skip
    second = make_run(
        name="calm-otter", params={"model": "forest"}, metrics={"val_acc": 0.9473},
        tags={"mlflow.source.git.commit": "f09d2b7711"}, start_time=0, end_time=260_000, status="FINISHED",
    )  # fmt: skip

    said = " ".join(compare(pages, first, second).select_one(".say").text.split())

    assert said == (
        "calm-otter against wide-moth: model mlp → forest, lr dropped; commit a41c9e0 → f09d2b7."
        " val_acc 0.9412 → 0.9473 (+0.65 %), 2.6 × slower."
    )


def test_runs_that_are_alike_are_said_to_be(pages):
    runs = make_run(params={"a": "1"}), make_run(params={"a": "1"})

    page = compare(pages, *runs)

    assert "no difference that was logged" in page.select_one(".say").text
    assert "No differences" in page.text


def test_many_runs_are_summed_up(pages):
    runs = [
        make_run(name=f"r{n}", params={"lr": str(n), "model": "ab"[n % 2]}, metrics={"acc": n / 10}) for n in range(6)
    ]

    said = " ".join(compare(pages, *runs).select_one(".say").text.split())

    assert said.startswith("2 params differ over 6 runs: lr (6 values), model (a, b). Best acc 0.5: r5")


def test_the_order_of_the_address_is_kept_and_the_first_is_the_reference(pages, two):
    page = compare(pages, two[1], two[0])

    assert [th.select_one(".run-name").text for th in page.select("table.compare thead th")[1:]] == [
        "calm-otter",
        "wide-moth",
    ]
    assert "against calm-otter" in page.select_one(".title").text


def test_runs_can_be_repeated_fields_as_forms_send_them(pages, two):
    response = pages.get("/compare/", {"runs": [run.run_id for run in two]})

    assert response["Location"] == f"/compare/?runs={two[0].run_id},{two[1].run_id}"


def test_two_runs_can_be_written_as_a_range(pages, two):
    response = pages.get(f"/compare/{two[0].run_id}...{two[1].run_id}")

    assert response["Location"] == f"/compare/?runs={two[0].run_id},{two[1].run_id}"


def test_addresses_written_by_hand_need_no_slash_at_the_end(pages, two):
    assert pages.get("/compare", {"runs": "a,b"})["Location"] == "/compare/?runs=a%2Cb"
    assert pages.get(f"/runs/{two[0].run_id}")["Location"] == f"/runs/{two[0].run_id}/"


def test_runs_are_taken_out_and_made_the_reference_in_place(pages, two):
    third = make_run(name="third")

    page = compare(pages, *two, third)

    ids = [run.run_id for run in (*two, third)]
    assert page.select_one("a.remove")["href"] == f"?runs={ids[1]},{ids[2]}"
    assert page.select("a[title='Make third the reference']")[0]["href"] == f"?runs={ids[2]},{ids[0]},{ids[1]}"


@pytest.mark.parametrize("wanted", ["third", "id"])
def test_a_run_is_added_by_name_or_id(pages, two, wanted):
    third = make_run(name="third")

    query = {"runs": ",".join(run.run_id for run in two), "add": third.run_id if wanted == "id" else wanted, "all": "1"}
    response = pages.get("/compare/", query)

    assert response["Location"] == f"/compare/?runs={two[0].run_id},{two[1].run_id},{third.run_id}&all=1"


def test_a_run_that_is_not_found_is_said(pages, two):
    runs = ",".join(run.run_id for run in two)

    added = parse(pages.get("/compare/", {"runs": runs, "add": "nobody"}, follow=True))
    named = compare(pages, *two, runs=f"{runs},ffff")

    assert "nobody" in added.select_one(".message.error").text
    assert "ffff" in named.select_one(".missing").text


@pytest.mark.parametrize("named", [0, 1])
def test_fewer_than_two_runs_say_the_next_step(pages, two, named):
    page = compare(pages, *two[:named])

    assert page.select_one(".empty h2")


def test_more_runs_than_can_be_compared_are_refused(pages):
    response = pages.get("/compare/", {"runs": ",".join(f"{n:032x}" for n in range(101))})

    assert response.status_code == 400
    assert "At most 100 runs" in response.content.decode()


def test_rows_are_filtered_by_text(pages, two):
    assert list(table(compare(pages, *two, q="FOREST"))) == ["model"]


def test_the_table_is_a_file_with_plain_values(pages, two):
    ids = ",".join(run.run_id for run in two)

    lines = b"".join(pages.get("/compare.csv", {"runs": ids}).streaming_content).decode().splitlines()
    rows = pages.get("/compare.json", {"runs": ids, "all": "1"}).json()

    assert lines[:2] == ["section,key,wide-moth,calm-otter", "params,lr,0.001,0.0003"]
    assert {"section": "metrics", "key": "val_acc", "wide-moth": 0.9, "calm-otter": 0.9} in rows


def test_lines_of_all_runs_are_drawn_together(pages, two):
    for run in two:
        log_line(run, "train/loss", [3.0, 1.0, 2.0])
    ids = ",".join(run.run_id for run in two)

    (figure,) = compare(pages, *two).select("plot-figure")
    drawn = pages.get(figure["src"]).json()["data"]
    page = pages.html("/compare/charts/train/loss", {"runs": ids})

    assert figure["src"] == f"/compare/charts/train/loss.json?runs={ids}"
    assert [(one["name"], one["line"]["dash"]) for one in drawn] == [("wide-moth", "solid"), ("calm-otter", "dash")]
    assert "6 of 6 points" in page.select_one("figure footer").text
    assert len(page.select("tbody tr")) == 2


def test_long_lines_are_drawn_after_their_page(pages, two, monkeypatch):
    monkeypatch.setattr("runs.views.run_compare.DRAWN_IN_PAGE", 3)
    for run in two:
        log_line(run, "loss", [3.0, 1.0])

    page = pages.html("/compare/charts/loss", {"runs": ",".join(run.run_id for run in two)})

    assert not page.select("plot-figure svg")
    assert page.select_one("plot-figure noscript img")["src"].startswith("/compare/charts/loss.svg?")
    assert "4 points" in page.select_one("figure footer").text


def test_runs_of_several_experiments_say_which(pages):
    runs = make_run(make_experiment("one")), make_run(make_experiment("two"))

    assert table(compare(pages, *runs))["experiment"] == ["one", "two"]


def test_text_of_clients_is_text(pages):
    nasty = "<img src=x onerror=alert(1)>"
    runs = make_run(name=nasty, params={"a": nasty}), make_run(name="b", tags={"t": nasty})

    assert not compare(pages, *runs, all="1").select("img")


def test_statements_do_not_grow_with_runs_or_rows(pages, django_assert_max_num_queries):
    runs = [make_run(params={f"p{n}": str(number * n) for n in range(30)}) for number in range(12)]
    for run in runs:
        for key in range(4):
            log_line(run, f"m{key}", range(5))

    with django_assert_max_num_queries(10):
        compare(pages, *runs)
