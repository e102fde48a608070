"""Queries of pages for elsewhere: each snippet is code that runs."""

import ast
import json
import shlex

import pytest

from trackui.snippets import (
    ExperimentQuery,
    RunQuery,
    data_snippets,
    experiment_snippets,
    run_ids_filter,
    run_snippets,
)

SERVER = "http://localhost:5000"
HOSTILE = """tags.a = "it's" AND params.`x"y` = '</code>'\n-- \\"""


def code(snippets, kind):
    return next(snippet.code for snippet in snippets if snippet.kind == kind)


def keywords(python):
    call = ast.parse(python).body[-1].value
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


@pytest.mark.parametrize("text", ["metrics.loss < 0.5", HOSTILE])
def test_runs_are_asked_for_by_the_client_and_by_the_protocol(text):
    snippets = run_snippets(SERVER, RunQuery(["7"], text, ["metrics.loss ASC"], stage="all", limit=10))

    found = keywords(code(snippets, "python"))
    assert ast.literal_eval(found["filter_string"]) == text
    assert (found["experiment_ids"], found["order_by"]) == ("['7']", "['metrics.loss ASC']")
    assert (found["run_view_type"], found["max_results"]) == ("ViewType.ALL", "10")
    assert json.loads(shlex.split(code(snippets, "curl"))[-1]) == {
        "experiment_ids": ["7"],
        "filter": text,
        "order_by": ["metrics.loss ASC"],
        "run_view_type": "ALL",
        "max_results": 10,
    }
    assert code(snippets, "filter") == text


def test_all_experiments_go_by_the_native_list():
    snippets = run_snippets(SERVER, RunQuery(filter="name' x"))

    assert keywords(code(snippets, "python"))["search_all_experiments"] == "True"
    assert shlex.split(code(snippets, "curl"))[2:] == [f"{SERVER}/api/v1/runs/", "--data-urlencode", "q=name' x"]


def test_experiments_by_both():
    snippets = experiment_snippets(SERVER, ExperimentQuery("name = 'a'", stage="deleted"))

    assert keywords(code(snippets, "python")) == {
        "filter_string": "\"name = 'a'\"",
        "view_type": "ViewType.DELETED_ONLY",
    }
    assert json.loads(shlex.split(code(snippets, "curl"))[-1])["view_type"] == "DELETED_ONLY"
    assert [snippet.kind for snippet in experiment_snippets(SERVER, ExperimentQuery())] == ["python", "curl"]


def test_pandas_reads_what_the_address_ends_in():
    csv = data_snippets(SERVER, "/experiments/1/runs.csv?q=a.parquet", with_curl=False)
    parquet = data_snippets(SERVER, "/experiments/1/runs.parquet?q=it's", with_curl=True)

    assert f'read_csv("{SERVER}/experiments/1/runs.csv?q=a.parquet")' in code(csv, "pandas")
    assert "read_parquet" in code(parquet, "pandas")
    assert shlex.split(code(parquet, "curl"))[-1] == f"{SERVER}/experiments/1/runs.parquet?q=it's"


def test_runs_by_id_are_a_filter():
    assert run_ids_filter(["a1", "b2"]) == "run_id IN ('a1', 'b2')"
