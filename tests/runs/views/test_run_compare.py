import json
import re

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import Direction, Experiment, Key, MetricDirection, ModelOutput
from runs.queries.run_source import compare_link
from tests.clients import parse
from tests.factories import make_experiment, make_logged_model, make_run
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


def test_ids_of_which_no_double_tells_differ(pages):
    one, other = make_run(params={"data": "1234567890123456788"}), make_run(params={"data": "1234567890123456789"})

    assert "data" in table(compare(pages, one, other))


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
    assert page.select("a[title='Make third the reference']")[0]["href"] == f"?runs={','.join(ids)}&baseline={ids[2]}"


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
    rows = json.loads(b"".join(pages.get("/compare.json", {"runs": ids, "all": "1"}).streaming_content))

    assert lines[:2] == ["section,key,wide-moth,calm-otter", "params,lr,0.001,0.0003"]
    assert {"section": "metrics", "key": "val_acc", "wide-moth": 0.9, "calm-otter": 0.9} in rows


def test_lines_of_all_runs_are_drawn_together(pages, two):
    for run in two:
        log_line(run, "train/loss", [3.0, 1.0, 2.0])
    ids = ",".join(run.run_id for run in two)

    (figure,) = compare(pages, *two).select("plot-figure")
    drawn = pages.get(figure["src"]).json()["data"]
    page = pages.html("/compare/charts/train/loss", {"runs": ids})

    assert figure["src"] == f"/compare/charts/train/loss.plotly.json?runs={ids}"
    assert [(one["name"], one["line"]["dash"]) for one in drawn] == [("wide-moth", "solid"), ("calm-otter", "dash")]
    assert "6 of 6 points" in page.select_one("figure footer").text
    assert len(page.select("tbody tr")) == 2


def test_long_lines_are_drawn_after_their_page(pages, two, monkeypatch):
    monkeypatch.setattr("runs.views.figures.DRAWN_IN_PAGE", 3)
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


# --- Which runs, and against which ---------------------------------------------------------------


def heads(page):
    return [th.select_one(".run-name").text for th in page.select("table.compare thead th")[1:]]


def test_a_baseline_among_the_runs_or_beside_them_is_the_reference(pages, two):
    beside = make_run(name="third", metrics={"val_loss": 0.4})

    among, added = compare(pages, *two, baseline=two[1].run_id), compare(pages, *two, baseline=beside.run_id)

    assert heads(among) == ["calm-otter", "wide-moth"]
    assert heads(added) == ["third", "wide-moth", "calm-otter"]
    assert table(added)["val_loss"] == ["0.4", "0.2 −50.0 %", "0.1 −75.0 % best"]
    assert "against the baseline third" in added.select_one(".title").text


def test_the_baseline_of_the_experiment_is_the_reference_where_it_is_among_the_runs(pages, two):
    third = make_run(name="third")
    Experiment.objects.update(baseline=two[1].run_id)

    assert heads(compare(pages, *two)) == ["calm-otter", "wide-moth"]
    assert heads(compare(pages, *two, baseline="none")) == ["wide-moth", "calm-otter"]
    assert heads(compare(pages, two[0], third)) == ["wide-moth", "third"]


def test_a_baseline_that_is_gone_is_named(pages, two):
    page = compare(pages, *two, baseline="ffff")

    assert heads(page) == ["wide-moth", "calm-otter"]
    assert "The baseline ffff is not here." in page.select_one(".failure").text


def test_how_far_from_the_reference_is_said_on_hover(pages, two):
    assert compare(pages, *two).select_one(".delta.up")["title"] == "−0.1"


def test_ranges_name_runs_by_name_by_the_start_of_an_id_and_more_than_two(pages, two):
    third = make_run(name="third")
    ids = [run.run_id for run in (*two, third)]

    for address in ("wide-moth...calm-otter,third", f"{ids[0][:12]}...{ids[1]},third"):
        assert pages.get(f"/compare/{address}")["Location"] == f"/compare/?runs={','.join(ids)}"


def test_a_name_of_several_runs_means_the_newest_and_says_so(pages, two):
    newest = make_run(name="calm-otter", start_time=9_000_000_000_000)

    response = pages.get("/compare/wide-moth...calm-otter", follow=True)

    assert f"runs={two[0].run_id},{newest.run_id}" in response.redirect_chain[-1][0]
    assert "2 runs are called “calm-otter”" in parse(response).select_one(".message").text


def test_a_part_of_a_range_that_is_no_run_is_named(pages, two):
    page = pages.html("/compare/wide-moth...calm-otter,nobody")

    assert heads(page) == ["wide-moth", "calm-otter"]
    assert "1 of the runs asked for is not here: nobody" in page.select_one(".missing").text


def test_runs_to_add_are_searched_by_words_of_their_names(pages, two):
    for name in ("keen-finch", "keen-heron", "dry-heron"):
        make_run(name=name)
    make_run(make_experiment(), name="keen-stranger")

    offered = compare(pages, *two, find="keen").select(".offered li")
    everything = compare(pages, *two, find="").select(".offered li")

    assert sorted(li.select_one(".clip").text for li in offered) == ["keen-finch", "keen-heron"]
    assert len(everything) == 3


def test_several_runs_are_added_at_once_and_the_rest_of_the_address_is_kept(pages, two):
    more = [make_run(), make_run()]
    ids = [run.run_id for run in (*two, *more)]

    query = {"runs": ",".join(ids[:2]), "smooth": "0.9", "add": ids[2:]}

    assert pages.get("/compare/", query)["Location"] == f"/compare/?runs={','.join(ids)}&smooth=0.9"


def test_ten_thousand_runs_are_refused_by_name_of_the_part(pages):
    response = pages.get("/compare/", {"runs": ",".join(f"{n:032x}" for n in range(10_000))})

    assert response.status_code == 400
    assert "“runs” in the address names 10,000" in response.content.decode()


def test_runs_that_are_not_here_are_named_where_nothing_is_left_to_compare(pages):
    page = compare(pages, runs="nobody,nowhere")

    assert "nobody, nowhere" in page.select_one(".empty").text


# --- The tree of keys ----------------------------------------------------------------------------


@pytest.fixture
def nested(db):
    keys = ("optimizer.lr", "optimizer.betas.0", "optimizer.betas.1", "seed")
    return [make_run(params=dict.fromkeys(keys, text)) for text in "12"]


def branches(page):
    return [row.th.get_text(" ", strip=True) for row in page.select("table.compare tbody tr:not(.section)")][:6]


def test_keys_that_start_alike_stand_under_a_head(pages, nested):
    page = compare(pages, *nested)

    assert branches(page)[:6] == ["▾ optimizer. 3", "▾ betas. 2", "0", "1", "lr", "seed"]
    assert [row["class"] for row in page.select("tr.branch")] == [["branch", "d0"], ["branch", "d1"]]


def test_a_head_folds_by_its_link_and_a_search_opens_it(pages, nested):
    href = compare(pages, *nested).select_one("tr.branch a")["href"]

    folded = pages.html(f"/compare/{href}")
    searched = pages.html(f"/compare/{href}&q=lr")

    assert branches(folded)[:2] == ["▸ optimizer. 3", "seed"]
    assert "fold" not in folded.select_one("tr.branch a")["href"]
    assert branches(searched) == ["optimizer.lr"]


# --- Code and packages ---------------------------------------------------------------------------


def test_commits_link_to_what_changed_at_hosts_we_know(pages):
    runs = [
        make_run(tags={
            "mlflow.source.git.commit": commit, "mlflow.source.git.repoURL": "git@github.com:ana/covtype.git",
        })
        for commit in ("a41c9e0b2c", "f09d2b7711")
    ]  # fmt: skip

    page = compare(pages, *runs)

    address = "https://github.com/ana/covtype/compare/a41c9e0b2c...f09d2b7711"
    assert [a["href"] for a in page.find_all("a", string="diff")] == [address, address]


@pytest.mark.parametrize(
    ("repository", "before", "link"),
    [
        ("https://gitlab.com/a/b/c.git", "abcdef1", "https://gitlab.com/a/b/c/-/compare/abcdef1...abcdef2"),
        ("ssh://git@codeberg.org/a/b", "abcdef1", "https://codeberg.org/a/b/compare/abcdef1...abcdef2"),
        ("https://bitbucket.org/a/b", "abcdef1", "https://bitbucket.org/a/b/branches/compare/abcdef2..abcdef1"),
        ("https://github.com.evil.example/a/b", "abcdef1", ""),
        ("https://user@github.com/a/b", "abcdef1", ""),
        ("http://github.com/a/b", "abcdef1", ""),
        ("javascript:alert(1)//github.com/a/b", "abcdef1", ""),
        ("https://github.com/a/b\"><script>", "abcdef1", ""),
        ("https://[", "abcdef1", ""),
        ("https://github.com/a/b", "main", ""),
        ("https://github.com/a/b", "abcdef2", ""),
    ],
)  # fmt: skip
def test_only_known_hosts_are_linked_to(repository, before, link):
    assert compare_link(repository, before, "abcdef2") == link


def save(run, path, text):
    save_artifact(stored_path(run.artifact_uri) / file_path(path), [text.encode()])


def test_packages_are_compared_as_the_environment_files_name_them(pages, two, artifact_root):
    save(two[0], "model/requirements.txt", "scikit_learn==1.4.2\nnumpy==2.0\n")
    save(two[1], "requirements.txt", "scikit-learn==1.5.0\nnumpy==2.0\n")
    save(two[1], "conda.yaml", "dependencies: [python=3.11, pip: [scikit-learn==9]]")

    page = compare(pages, *two)

    assert "Packages" in sections(page)
    assert table(page)["scikit-learn"] == ["1.4.2", "1.5.0"]
    assert table(page)["python"] == ["not set", "3.11"]
    assert "numpy" not in table(page)


def test_packages_of_a_logged_model_are_those_of_the_run_that_made_it(pages, two, artifact_root):
    model = make_logged_model()
    ModelOutput.objects.create(run=two[1], model_id=model.model_id)
    save(model, "python_env.yaml", "python: 3.12.1\ndependencies:\n- -r requirements.txt\n- torch>=2\n")

    rows = table(compare(pages, *two))

    assert (rows["python"], rows["torch"]) == (["not set", "3.12.1"], ["not set", ">=2"])


# --- On paper ------------------------------------------------------------------------------------


def test_on_paper_a_few_runs_stand_in_each_table_with_the_reference_first(pages):
    runs = [make_run(name=f"r{number}", params={"lr": str(number)}) for number in range(12)]
    log_line(runs[0], "loss", [2.0, 1.0])

    page = compare(pages, *runs, print="1")

    names = [[th.text.split()[0] for th in sheet.select("thead th")[1:]] for sheet in page.select("table.sheet")]
    assert names == [
        ["r0", "r1", "r2", "r3", "r4", "r5"], ["r0", "r6", "r7", "r8", "r9", "r10"], ["r0", "r11"],
    ]  # fmt: skip
    assert page.select_one("figure svg.chart")
    assert page.select_one("link[media=print]")["href"].startswith("/print.css?address=%2Fcompare%2F%3Fruns%3D")


@pytest.mark.parametrize("address", ["/compare/?runs=a,b", 'x"; } body { display: none', "/a\\\n</style>", "/é" * 400])
def test_the_foot_of_printed_pages_is_one_string(pages, address):
    style = pages.get("/print.css", {"address": address})

    assert style["Content-Type"].startswith("text/css")
    text = style.content.decode()
    assert re.fullmatch(r':root \{ --print-foot: "(?:[A-Za-z0-9 ./:?=_~-]|\\[0-9a-f]{1,6} )+"; \}\n', text)
    assert "http\\3a" in text or "http://localhost/" in text


# --- Two configurations --------------------------------------------------------------------------


def test_runs_of_two_configurations_link_to_a_test_of_one_against_the_other(pages):
    runs = [
        make_run(params={"lr": lr, "seed": str(seed)}, metrics={"acc": float(lr) + seed / 100})
        for lr in ("0.1", "0.2")
        for seed in range(3)
    ]

    link = compare(pages, *runs).find("a", string="Test one against the other")

    said = pages.html(link["href"]).text
    assert "acc" in said


@pytest.mark.parametrize("values", ["12", "112233", "1111"])
def test_other_runs_do_not(pages, values):
    runs = [make_run(params={"lr": value, "random_state": str(at)}) for at, value in enumerate(values)]

    assert not compare(pages, *runs).find("a", string="Test one against the other")


def test_the_sentence_says_what_other_seeds_of_both_runs_say(pages):
    runs = [
        make_run(params={"lr": lr, "seed": str(seed)}, metrics={"val_acc": float(lr) + seed / 100})
        for lr in ("0.1", "0.5")
        for seed in range(5)
    ]

    said = compare(pages, runs[0], runs[5]).select_one(".say")

    text = " ".join(said.text.split())
    assert "val_acc 0.1 → 0.5 (+400 %)" in text
    assert "Over 5 seeds a side, val_acc is 0.40 higher, which is better (95 % interval" in text
    assert "Welch p < 0.001" in text
    assert pages.get(said.find("a", string="Both groups")["href"]).status_code == 200


def test_runs_without_others_like_them_say_nothing_of_seeds(pages, two):
    assert "Over " not in compare(pages, *two).select_one(".say").text


def test_what_both_runs_have_is_said_first_and_seeds_last(pages):
    one = make_run(params={"a_seed": "1", "dropped": "x", "lr": "0.1"})
    other = make_run(params={"a_seed": "2", "lr": "0.2"})

    said = " ".join(compare(pages, one, other).select_one(".say").text.split())

    assert "lr 0.1 → 0.2, dropped dropped, a_seed 1 → 2." in said


@pytest.mark.parametrize(
    "query",
    [
        {"runs": "a\0,b\0"}, {"baseline": "x\0"}, {"baseline": "models:/m-nothing"}, {"q": "\0"}, {"find": "\0%_'"},
        {"fold": ["params:\0"] * 999}, {"value": "\0"}, {"charts": "-1"}, {"charts": "x" * 99}, {"add": "\0"},
        {"x_from": "nan"}, {"smooth": "1e999"}, {"print": "1", "value": "mean"}, {"all": "1", "q": "<script>"},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "address", ["/compare/", "/compare/artifacts", "/compare.csv", "/compare/...", "/compare/\0...b"]
)
def test_no_address_breaks_the_page(pages, two, address, query):
    runs = {"runs": ",".join(run.run_id for run in two)}

    assert pages.get(address, runs | query, follow=True).status_code in (200, 400, 404)
