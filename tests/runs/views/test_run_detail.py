import io
import json
import math

import pytest
from pyarrow import parquet

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.metrics.sampling import MAX_POINTS
from runs.models import LifecycleStage
from runs.queries.run_params import as_tree
from runs.queries.run_source import Source, reproduce_snippet
from tests.factories import make_experiment, make_run
from tests.runs.points import log_line, log_points


def url(run, tab=""):
    return f"/runs/{run.run_id}/{tab}"


def rows(page, table="table"):
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select(f"{table} tbody tr")
    ]


def test_the_overview_shows_what_the_run_is_and_how_it_did(pages):
    parent = make_run(name="search")
    run = make_run(
        make_experiment("covtype"),
        name="wide-moth",
        params={"lr": "0.1"},
        metrics={"val_acc": 0.94},
        status="FINISHED",
        start_time=1_700_000_000_000,
        end_time=1_700_000_252_000,
        tags={
            "mlflow.note.content": "Better **with** `x`",
            "mlflow.source.name": "train.py",
            "mlflow.source.git.commit": "a41c9e0b2c11",
            "mlflow.parentRunId": parent.run_id,
            "team": "vision",
        },
    )

    page = pages.html(url(run))

    text = page.select_one("main").get_text(" ", strip=True)
    assert page.h1.get_text(strip=True) == "wide-moth"
    for said in ("finished", "4 m 12 s", "covtype", "search", "train.py", "a41c9e0b2c", "lr", "0.94", "vision"):
        assert said in text
    assert page.select_one(".markdown strong").text == "with"
    assert page.select_one("#reproduce").text == "git checkout a41c9e0b2c11\npython train.py\n# lr=0.1"


def test_each_tab_has_an_address_and_says_where_one_is(pages):
    run = make_run(params={"a": "1"}, metrics={"m": 1.0})

    for tab in ("", "metrics", "charts", "params", "tags", "artifacts", "logs", "similar", "lineage", "history"):
        links = pages.html(url(run, tab)).select("nav.tabs a")
        assert [link["href"] for link in links if link.get("aria-current")] == [url(run, tab)]


def test_params_stand_as_a_tree_and_can_be_filtered(pages):
    run = make_run(params={"lr": "0.1", "model.units": "8", "model.name": "mlp", "data/path": "s3://x"})

    whole = rows(pages.html(url(run, "params")))
    found = rows(pages.html(url(run, "params"), {"q": "MLP"}))

    assert whole == [["data/path", "s3://x"], ["lr", "0.1"], ["model."], ["name", "mlp"], ["units", "8"]]
    assert found == [["model.name", "mlp"]]


def test_heads_of_the_tree_are_what_keys_share():
    tree = as_tree([("a.b.c", "1"), ("a.b.d", "2"), ("a.e", "3"), ("f.g", "4")])

    assert [(row.depth, row.label, row.value) for row in tree] == [
        (0, "a.", ""), (1, "b.", ""), (2, "c", "1"), (2, "d", "2"), (1, "e", "3"), (0, "f.g", "4"),
    ]  # fmt: skip


def test_metrics_show_last_min_max_mean_and_first(pages):
    run = make_run()
    log_line(run, "val_loss", [4.0, 1.0, 2.5, 2.5])

    (row,) = rows(pages.html(url(run, "metrics")))

    name, _, *numbers = row
    assert name.startswith("val_loss ↓ ?")
    assert numbers == ["2.5", "1.0", "4.0", "2.5", "4.0", "0 – 3", "4"]


def test_the_best_value_is_marked_by_the_direction_of_the_metric(pages):
    run = make_run()
    log_line(run, "val_loss", [4.0, 1.0])
    log_line(run, "val_acc", [0.5, 0.25])

    best = {row.th.a.text: row.select_one("td.best").text for row in pages.html(url(run, "metrics")).select("tbody tr")}

    assert best == {"val_acc": "0.500", "val_loss": "1.0"}


def test_nan_and_infinity_are_told(pages):
    run = make_run()
    log_points(run, "loss", [(0, 1, 1.0), (1, 2, math.inf), (2, 3, math.nan)])

    (row,) = rows(pages.html(url(run, "metrics")))

    assert row[2:5] == ["NaN", "1", "∞"]
    assert "3 NaN" in row[-1]


def test_charts_are_drawn_for_lines_and_single_values_told(pages):
    run = make_run(metrics={"test_acc": 0.9})
    log_line(run, "val/loss", [2.0, 1.0])

    page = pages.html(url(run, "charts"), {"y": "log"})

    (figure,) = page.select("plot-figure")
    assert figure["src"] == url(run, "charts/val/loss.plotly.json?y=log")
    assert "test_acc 0.9" in page.select_one(".single").get_text(" ", strip=True)
    image = page.select_one("noscript img")
    assert pages.get(image["src"]).headers["Content-Type"] == "image/svg+xml"


def test_children_are_listed_with_what_tells_them_apart(pages):
    parent = make_run(name="search")
    for depth in (3, 5):
        make_run(
            name=f"depth {depth}",
            params={"depth": str(depth), "same": "1"},
            metrics={"val_acc": depth / 10},
            tags={"mlflow.parentRunId": parent.run_id},
        )

    table = pages.html(url(parent)).select_one('[aria-label="Child runs"]')

    assert [th.text for th in table.select("thead th")] == ["Run", "Status", "Started", "Duration", "val_acc", "depth"]
    assert sorted((row[0], row[-2], row[-1]) for row in rows(table)) == [
        ("depth 3", "0.3", "3"),
        ("depth 5", "0.5", "5"),
    ]


def test_text_of_clients_is_text(pages):
    nasty = "<img src=x onerror=alert(1)>"
    run = make_run(
        name=nasty, params={"p": nasty}, tags={"t": nasty, "mlflow.note.content": nasty, "mlflow.source.name": nasty}
    )

    for tab in ("", "params", "tags", "edit"):
        page = pages.html(url(run, tab))
        assert not page.select("img")
        assert nasty in page.get_text() or nasty in page.select_one("[value]")["value"]


def test_a_repository_becomes_a_link_only_when_it_is_one(pages):
    run = make_run(tags={"mlflow.source.git.repoURL": "javascript:alert(1)"})

    assert not pages.html(url(run)).select('a[href^="javascript"]')


def test_an_empty_run_says_the_next_step(pages):
    run = make_run()

    assert run.run_id in pages.html(url(run)).select_one("#snippet").text
    for tab in ("metrics", "charts", "params", "tags", "artifacts"):
        assert pages.html(url(run, tab)).select_one(".empty code").text.startswith("mlflow.")


def test_a_run_that_is_not_there_is_not_found(pages):
    assert pages.get("/runs/0123/").status_code == 404


def test_a_running_run_refreshes_itself_and_says_when_nothing_moved(pages):
    run = make_run(metrics={"loss": 1.0})
    page = pages.html(url(run))
    first = pages.get(url(run), headers={"HX-Request": "true"})
    again = pages.get(url(run), headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    log_points(run, "loss", [(1, 2, 0.5)])
    after = pages.get(url(run), headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert page.select_one("live-region > #run-detail")
    assert first.content.strip().startswith(b"<!--") is False and b"<html" not in first.content
    assert (again.status_code, again.content) == (304, b"")
    assert after.status_code == 200


def test_a_finished_run_does_not(pages):
    assert not pages.html(url(make_run(status="FINISHED"))).select("live-region")


def test_a_deleted_run_can_be_read_and_restored_but_not_edited(pages):
    run = make_run(lifecycle_stage=LifecycleStage.DELETED, tags={"a": "b"})

    page, tags = pages.html(url(run)), pages.html(url(run, "tags"))

    assert page.select_one(f'a[href="{url(run, "restore")}"]')
    assert not page.select(f'a[href="{url(run, "edit")}"]')
    assert not tags.select("main form")


@pytest.mark.parametrize("tab", ["", "metrics", "charts", "params", "tags"])
def test_statements_do_not_grow_with_what_was_logged(pages, django_assert_max_num_queries, tab):
    run = make_run(params={f"p{n}": "1" for n in range(90)}, tags={f"t{n}": "1" for n in range(90)})
    for number in range(20):
        log_line(run, f"metric{number}", range(30))
    for _ in range(3):
        make_run(tags={"mlflow.parentRunId": run.run_id}, params={"a": "1"}, metrics={"m": 1.0})

    with django_assert_max_num_queries(28):
        pages.html(url(run, tab))


def test_many_keys_are_paged_and_downloaded_whole(pages):
    run = make_run()
    for start in range(0, 300, 100):
        log_points_of_keys(run, [f"m{number:03}" for number in range(start, start + 100)])

    page = pages.html(url(run, "metrics"), {"page": 3})
    lines = b"".join(pages.get(url(run, "metrics.csv")).streaming_content).decode().splitlines()

    assert [row[0].split()[0] for row in rows(page)][:2] == ["m200", "m201"]
    assert len(lines) == 301
    assert lines[1].startswith("m000,1.0,0,")


def log_points_of_keys(run, keys):
    for key in keys:
        log_points(run, key, [(0, 1, 1.0)])


def data(response):
    return json.loads(b"".join(response.streaming_content))


def test_tables_are_files_too(pages):
    run = make_run(params={"a": "=1+1", "b": "x"}, tags={"t": "v"})
    log_points(run, "m", [(0, 1, math.nan)])

    params = b"".join(pages.get(url(run, "params.csv")).streaming_content).decode()
    metrics = data(pages.get(url(run, "metrics.json")))
    table = parquet.read_table(io.BytesIO(b"".join(pages.get(url(run, "metrics.parquet")).streaming_content)))

    assert params == "key,value\r\na,'=1+1\r\nb,x\r\n"
    assert data(pages.get(url(run, "params.json"), {"q": "x"})) == [{"key": "b", "value": "x"}]
    assert (metrics[0]["key"], metrics[0]["last"], metrics[0]["nan_count"]) == ("m", "NaN", 1)
    assert math.isnan(table["last"][0].as_py())
    assert data(pages.get(url(run, "tags.json"))) == [{"key": "t", "value": "v"}]
    assert pages.get(url(run, "runs.csv")).status_code == 404


def test_values_at_the_limit_are_said_to_be_perhaps_cut(pages):
    run = make_run(params={"long": "x" * 6000})

    assert "may be cut" in pages.html(url(run, "params")).select_one("tbody").text


def test_a_project_is_reproduced_with_its_params_quoted():
    source = Source(name="https://example.org/p", kind="PROJECT", commit="abc1234", entry_point="main")

    assert reproduce_snippet(source, {"lr": "0.1", "name": "a b; rm -rf /"}) == (
        "mlflow run https://example.org/p \\\n  -e main \\\n  -v abc1234 \\\n  -P lr=0.1 \\\n  -P 'name=a b; rm -rf /'"
    )


def test_nothing_of_a_snippet_is_taken_for_an_option():
    source = Source(name="--help.py", commit="--upload-pack=x", repository="--x")

    assert reproduce_snippet(source, {}) == ""


def test_no_param_ends_the_comment_it_is_said_in():
    snippet = reproduce_snippet(Source(name="train.py"), {"a": "1\nrm -rf /", "b": "2\x85rm", "c": "$(x) '"})

    assert snippet == "python train.py\n# 'c=$(x) '\"'\"''"


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("model/requirements.txt", ["python -m venv .venv && . .venv/bin/activate", "pip install -r requirements.txt"]),
        ("conda.yaml", ["conda env create -p ./env -f conda.yaml && conda activate ./env"]),
    ],
)
def test_packages_that_were_logged_are_brought_back(pages, path, lines):
    run = make_run(tags={"mlflow.source.name": "train.py"})
    save_artifact(stored_path(run.artifact_uri) / file_path(path), [b"numpy"])

    snippet = pages.html(url(run)).select_one("#reproduce").text.splitlines()

    name = path.rpartition("/")[2]
    address = f"http://localhost/runs/{run.run_id}/artifacts/file?path={path.replace('/', '%2F')}"
    assert snippet == [f"curl -o {name} '{address}'", *lines, "python train.py"]


def test_metrics_are_measured_against_the_baseline(pages):
    experiment = make_experiment()
    base = make_run(experiment, name="before", metrics={"loss": 0.5, "only": 1.0, "zero": 0.0})
    run = make_run(experiment, metrics={"loss": 0.4, "zero": 1.0, "new": 2.0})
    type(experiment).objects.filter(pk=experiment.pk).update(baseline=base.run_id)

    page = pages.html(url(run, "metrics"))
    shown = {row[0].split()[0]: row[3:5] for row in rows(page)}

    assert shown == {"loss": ["0.5", "−20.0 % better"], "new": ["–", "–"], "zero": ["0", "n/a"]}
    assert "before" in page.select_one("main").text
    assert "Baseline" not in pages.html(url(run, "metrics"), {"baseline": "none"}).select_one("thead").text
    assert "not here" in pages.html(url(run), {"baseline": "gone\0"}).select_one(".said.bad").text
    assert "This run is the baseline" in pages.html(url(base)).text


def test_lines_drawn_are_bounded(pages):
    run = make_run()
    log_line(run, "loss", [math.sin(step) for step in range(20_000)])

    figure = pages.get(url(run, "charts/loss.plotly.json"), {"width": "1000000"}).json()

    assert len(figure["data"][0]["y"]["bdata"]) * 3 / 4 / 8 <= MAX_POINTS + 2
