"""Searches answer what MLflow's own server answers on the same runs, in the same order.

Only MLflow's grammar is compared; what ours adds to it is tested with the search. Where MLflow fails by an error of its
own (500), there is nothing to compare.
"""

import pytest

from tests.compat.search_data import RUNS, LoadedRuns
from tests.compat.wire import Refused

EVERYTHING = tuple(RUNS)


@pytest.fixture(scope="module")
def ours(server):
    return LoadedRuns(server.url)


@pytest.fixture(scope="module")
def reference(reference_server):
    return LoadedRuns(reference_server.url)


def test_the_searches_of_the_benchmark(ours, reference):
    queries = {
        "newest": {},
        "filter-metric": {"filter": "metrics.val_accuracy > 0.95"},
        "filter-both": {"filter": "metrics.val_accuracy > 0.8 and params.model = 'tree'"},
        "order-metric": {"order_by": ["metrics.val_loss ASC"]},
        "filter-order": {
            "filter": "params.optimizer = 'adam' and metrics.val_loss < 0.5",
            "order_by": ["metrics.val_accuracy DESC"],
        },
        "tag-like": {"filter": "tags.`team` LIKE '%vis%' and attributes.status = 'FINISHED'"},
        "no-match": {"filter": "metrics.val_accuracy > 2"},
    }

    found = {name: ours.found("benchmark", **query) for name, query in queries.items()}

    assert found == {name: reference.found("benchmark", **query) for name, query in queries.items()}
    assert [name for name, runs in found.items() if not runs] == ["no-match"]


# The examples of MLflow's guide to searching runs.
DOCUMENTED = """
metrics.loss > 0.8
metrics.accuracy > 0.72
metrics."accuracy" > 0.72
metrics.loss <= 0.15
metrics.accuracy != 0.15
metrics.`log-scale-loss` <= 0
metrics.`f1 score` >= 0.5
metrics."f1 score" >= 0.5
metrics.accuracy > 0.72 AND metrics.loss <= 0.15
metrics.accuracy > 0.72 AND metrics.batch_size != 0
metrics.loss <= 0.15 AND metrics.loss >= 0.1
params.model = "GPT-2"
params.model LIKE "GPT%"
params.model ILIKE "gpt%"
params.model ILIKE "gPt%"
params.batch_size = "2"
params.model LIKE "GPT%" AND params.batch_size = "2"
params.`1st_iteration_timestamp` = "2022-01-01"
params.batch_size != "None"
params.model != "None"
params."learning rate" = "0.01"
tags."environment" = "notebook"
tags.environment = "notebook"
tags.task = "Classification"
tags.task ILIKE "classif%"
tag.`task` = 'regression'
tags.mlflow.source.name = 'delete.py'
datasets.name LIKE "custom"
datasets.name IN ('custom', 'also custom', 'another custom name')
datasets.digest IN ('s8ds293b', 'jks834s2')
datasets.context = "train"
dataset.context != "train"
attributes.status = "ACTIVE"
attributes.status = "FINISHED"
attributes.status != 'FAILED'
attributes.user_id LIKE "user1"
attributes.run_name = "my-run"
attributes.run_name ILIKE 'GUIDE-%'
attributes.run_id = "a1b2c3d4"
attributes.run_id = '{guide-3}'
attributes.run_id IN ('a1b2c3d4', '{guide-2}', '{guide-7}')
attributes.run_id NOT IN ('{guide-2}')
attributes.start_time >= 1664067852747
attributes.end_time < 1664067852747
attributes.created > 1664067852747
metrics.accuracy > 0.12 AND metrics.loss != 0 AND attributes.run_id IN ('{guide-2}', '{guide-7}')
run_id IN ('{guide-1}','{guide-2}')  AND metrics.loss > 0.3  AND metrics."f1 score" < 0.5  AND params.model LIKE "GPT%"
metrics.loss < 0.9 and tags.environment = 'notebook'
"""


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("filter", lines(DOCUMENTED))
def test_the_examples_of_mlflows_guide(ours, reference, filter):
    assert ours.found("guide", filter=filter) == reference.found("guide", filter=filter)


def test_most_examples_of_the_guide_find_something(ours):
    found = [bool(ours.found("guide", filter=filter)) for filter in lines(DOCUMENTED)]

    assert sum(found) > 0.8 * len(found)


CONDITIONS = r"""
metrics.odd = 0
metrics.odd != 0
metrics.odd > 0
metrics.odd >= 0
metrics.odd < 0
metrics.odd <= -1
metrics.odd <= -1.0e0
metrics.odd > 1e308
metrics.odd < -1e308
metrics.odd != 12345
metrics.odd > .5
metrics.odd = -1
metrics.was_nan = 0.5
metrics.was_nan != 0.5
metrics.`odd`>-2
metric.odd < 1
metrics.nobody != 1
metrics.val_accuracy < 0.5 and metrics.val_accuracy >= 0.25
metrics.late = 3
metrics.late = 1
metrics.loss.min = 0.125
metrics.loss.min > 0
metrics.loss.step = 7
metrics.`loss.min` < 0.3
metrics.a.b.c = 5
metrics.select = 1
metrics.min = 2
metrics.`in` = 3
metrics.order = 4
metrics.`a b` = 1
metrics."a-b" = 2
metrics.`a/b` = 3
metrics.`a:b` = 4
metrics.`ä` = 5
metrics.`1st` = 6
metrics._ = 7
metrics.`-1` = 1
params.model = 'tree'
params.model = "tree"
parameters.model = 'tree'
param.model = 'tree'
parameter.model = 'tree'
params.model != 'tree'
params.model LIKE '%e'
params.model like 'TREE'
params.model ILIKE 'TREE'
params.model ilike 't%E'
params.model LIKE 'tr_e'
params.model LIKE 'tree%'
params.n = '10'
params.n != '10'
params.text = '100%'
params.text LIKE '100%'
params.text LIKE '100_'
params.text LIKE '%\%'
params.text ILIKE 'upper'
params.text LIKE 'upper'
params.text = 'UPPER'
params.text = ''
params.text != ''
params.text = ' blanks '
params.text = "it's"
params.text LIKE '%\%'
params.text LIKE 'back\slash'
params.text = 'back\slash'
params.text = 'a AND b'
params.text LIKE '% AND %'
params.text = 'Straße ÄÖ'
params.text LIKE 'Stra_e%'
params.text LIKE '%line'
params.text LIKE '%'
params.text IS NULL
params.text IS NOT NULL
params.text is not null
params.nobody IS NULL
params.nobody IS NOT NULL
params.nobody = 'x'
params.nobody != 'x'
params.`or` = 'x'
params.`not` = 'x'
params.`not` != 'x'
params.`and` = 'x'
params.`like` = 'x'
params.`null` = 'x'
params.`desc` = 'x'
params.`metrics.loss` = 'x'
params.metrics.loss = 'x'
params.`a b` = '1'
params.`A B` = '6'
params."a-b" = '2'
params.`a/b` = '3'
params.`ä` = '4'
params.`漢字` = '7'
tags.team = 'vision'
tag.team = 'vision'
tags.team != 'vision'
tags.team LIKE 'Vis%'
tags.team ILIKE 'Vis%'
tags.`team` LIKE '%vis%'
tags.text = 'a "quoted" text'
tags.text LIKE '%"quoted"%'
tags.text = '(a) OR b; --'
tags.text LIKE '100% of_it'
tags.text ILIKE 'upper'
tags.text = ''
tags.text != ''
tags.text IS NULL
tags.text IS NOT NULL
tags.`or` = 'x'
tags.`order` = 'x'
tags.`by` = 'x'
tags.`is` = 'x'
tags.has = 'x'
tags.`group` = 'x'
tags.`table` = 'x'
tags.a.b = '3'
tags.`a/b.c d` = '4'
tags.mlflow.runName = 'nan'
tags.`mlflow.runName` LIKE 'nan%'
tags."mlflow.runName" ILIKE 'NAN%'
attributes.status = 'RUNNING'
attributes.status = 'running'
attributes.status != 'FINISHED'
attributes.status LIKE 'FIN%'
attributes.status ILIKE 'fin%'
status = 'FAILED'
attribute.status = 'KILLED'
attr.status = 'KILLED'
run.status = 'SCHEDULED'
attributes.user_id = 'user_1'
user_id ILIKE 'user_1'
user_id LIKE 'user%'
user_id != 'user_1'
run_name = 'nan'
run_name LIKE 'run-1%'
run_name ILIKE 'RUN-1%'
attributes.run_name != 'nan'
attributes.`run name` = 'nan'
attributes.`Run name` = 'nan'
attributes."Run Name" = 'nan'
start_time > 1700000000010
start_time >= 1700000000010 and start_time < 1700000000020
start_time = 1700000000012
start_time != 1700000000012
created <= 1700000000005
attributes.Created <= 1700000000005
end_time > 0
end_time <= 1700000000000
attributes.end_time != 1700000000000
artifact_uri LIKE '%artifacts'
artifact_uri = 'nothing'
run_id = '{nan}'
run_id != '{nan}'
run_id LIKE '%{nan}'
run_id IN ('{nan}', '{zero}', 'x')
run_id NOT IN ('{nan}', '{zero}')
attributes.run_id in ('{nan}')
dataset.name = 'custom'
dataset.name != 'custom'
dataset.name ILIKE 'CUSTOM'
dataset.name LIKE '%custom'
dataset.name IN ('custom')
dataset.name NOT IN ('custom')
dataset.digest = '00ff'
dataset.context = 'train'
dataset.context != 'train'
datasets.context LIKE 't%'
dataset.name = 'custom' and dataset.context = 'test'
dataset.name = 'custom' and dataset.digest = 'jks834s2'
dataset.name = 'custom' and dataset.name = 'also custom'
dataset.name = 'custom' and metrics.loss > 0.7
metrics.tied = 0 and metrics.val_loss < 0.9 and params.model != 'mlp' and tags.team = 'nlp'
params.model = 'tree' AND params.model = 'forest'
params.model = 'tree' and
params.model = 'tree' AND AND tags.team = 'vision'
metrics.odd>0 and metrics.odd<2
   metrics.odd   >   0
AND
AND params.model = 'tree'
metrics. = 1
tags.'team' = 'vision'
run_id IN ('a',)
"""


@pytest.mark.parametrize("filter", lines(CONDITIONS))
def test_conditions(ours, reference, filter):
    assert ours.found(*EVERYTHING, filter=filter) == reference.found(*EVERYTHING, filter=filter)


ORDERS = [
    ["metrics.val_loss"],
    ["metrics.val_loss ASC"],
    ["metrics.val_loss DESC"],
    ["metric.val_loss desc"],
    ["metrics.odd ASC"],
    ["metrics.odd DESC"],
    ["metrics.`odd` DESC"],
    ["metrics.tied ASC"],
    ["metrics.tied DESC"],
    ["metrics.tied DESC", "metrics.val_accuracy ASC"],
    ["metrics.tied ASC", "params.model DESC", "start_time ASC"],
    ["metrics.nobody DESC"],
    ["metrics.loss.min ASC"],
    ["metrics.`f1 score` DESC"],
    ["params.model ASC"],
    ["params.model DESC"],
    ["params.lr ASC"],
    ["params.depth ASC"],
    ["params.text ASC"],
    ["params.text DESC"],
    ['params."learning rate" DESC'],
    ["parameters.nobody ASC"],
    ["tags.team ASC"],
    ["tags.team DESC", "params.optimizer ASC"],
    ["tags.text DESC"],
    ["tag.`a/b.c d` DESC"],
    ["tags.mlflow.runName DESC"],
    ["start_time ASC"],
    ["start_time DESC"],
    ["attributes.start_time"],
    ["attributes.created ASC"],
    ["Created DESC"],
    ["end_time ASC"],
    ["attributes.end_time DESC"],
    ["status ASC"],
    ["attributes.status DESC", "attributes.start_time ASC"],
    ["run_name ASC"],
    ["run_name DESC"],
    ["attribute.run_name asc"],
    ["user_id ASC"],
    ["user_id DESC", "metrics.val_accuracy DESC"],
    ["attr.user_id"],
    ["metrics."],
    ["metrics.odd   desc"],
]


@pytest.mark.parametrize("order_by", ORDERS, ids=", ".join)
def test_orders(ours, reference, order_by):
    assert ours.found(*EVERYTHING, order_by=order_by) == reference.found(*EVERYTHING, order_by=order_by)


@pytest.mark.parametrize("order_by", [["run_id ASC"], ["run_id DESC"], ["attributes.artifact_uri ASC"]], ids=", ".join)
def test_orders_by_what_each_server_makes_up(ours, reference, order_by):
    for runs in (ours, reference):
        found = [runs.run_ids[name] for name in runs.found("guide", order_by=order_by)]

        assert found == sorted(runs.run_ids[run.name] for run in RUNS["guide"])[:: -1 if "DESC" in order_by[0] else 1]


def test_ties_of_the_start_go_by_run_id(ours, reference):
    for runs in (ours, reference):
        experiment = runs.wire.post("experiments/create", name="search ties")["experiment_id"]
        for _ in range(12):
            runs.wire.post("runs/create", experiment_id=experiment, start_time=1_700_000_000_000)
        answer = runs.wire.post("runs/search", experiment_ids=[experiment])
        found = [run["info"]["run_id"] for run in answer["runs"]]

        assert found == sorted(found) and len(found) == 12


@pytest.mark.parametrize("view", ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"])
@pytest.mark.parametrize("filter", ["", "metrics.odd > 0", "tags.team = 'vision'", "params.model IS NULL"])
def test_view_types(ours, reference, view, filter):
    search = {"run_view_type": view, "filter": filter}

    assert ours.found(*EVERYTHING, **search) == reference.found(*EVERYTHING, **search)


@pytest.mark.parametrize(
    "groups", [("odd",), ("guide", "benchmark"), ()], ids=lambda groups: "+".join(groups) or "none"
)
def test_experiments_are_searched_together(ours, reference, groups):
    for search in ({}, {"filter": "metrics.loss > 0.5", "order_by": ["metrics.loss ASC"]}):
        assert ours.found(*groups, **search) == reference.found(*groups, **search)


@pytest.mark.parametrize(
    "search",
    [
        {},
        {"order_by": ["metrics.tied DESC"]},
        {"order_by": ["metrics.odd ASC"]},
        {"order_by": ["params.text DESC", "end_time ASC"]},
        {"order_by": ["tags.team ASC"], "filter": "metrics.val_loss < 0.9"},
        {"filter": "params.text IS NULL", "run_view_type": "ALL"},
    ],
    ids=str,
)
def test_pages_hold_the_same_runs(ours, reference, search):
    def pages(runs):
        found, token = [], ""
        while True:
            page = runs.page(*EVERYTHING, max_results=7, page_token=token, **search)
            found.append([run["info"]["run_name"] for run in page.get("runs", [])])
            token = page.get("next_page_token", "")
            if not token:
                return found

    found = pages(ours)
    assert found[:-1] == pages(reference)[: len(found) - 1]
    assert [name for page in found for name in page] == ours.found(*EVERYTHING, **search)


REFUSED = r"""
metrics.loss = 'text'
metrics.loss > "0.5"
metrics.loss > nan
metrics.loss > inf
metrics.loss >
metrics.loss
metrics.loss LIKE '%'
metrics.loss ILIKE '%'
metrics.loss IN (1, 2)
metrics.loss IN ('1')
metrics.loss IS NULL
metrics.loss == 1
metrics.loss <> 1
metrics.loss ~ 1
metrics.loss = 1 2
metrics.loss = --1
metrics.loss = 0x10
metrics.`loss = 1
metrics = 1
= 1
1 = 1
'a' = 'a'
params.model = tree
params.model = `tree`
params.model = 'tree
params.model = tree'
params.model = 'tree' extra
params.model IN ('tree')
params.model NOT LIKE 'tree'
params.model RLIKE 'tree'
params.model = 'it''s' = 'x'
params.model 'tree'
tags.team > 'vision'
tags.team <= 'vision'
tags.team IN ('vision')
tags.team = vision
tags.team = 1
tags.team = ('vision')
tags.team IS
tags.team IS NOT
tags.team IS 'vision'
attributes.status = FINISHED
attributes.status > 'FINISHED'
attributes.status IN ('FINISHED')
attributes.nothing = 'x'
attributes.experiment_id = '1'
attributes.lifecycle_stage = 'active'
nothing = 'x'
nothing.at = 'all'
start_time > '1700000000000'
start_time LIKE '17%'
start_time = 'x'
end_time IN (1)
run_id IN ()
run_id IN ('a'
run_id IN 'a'
run_id IN (1)
run_id > 'a'
dataset.name > 'custom'
dataset.nothing = 'x'
dataset.name = custom
params.model = 'tree'; DROP TABLE runs
params.model = 'tree' -- comment
params.model = 'tree', tags.team = 'x'
params.model BETWEEN 'a' AND 'b'
lower(params.model) = 'tree'
select * from runs
;
"""
# MLflow answers these by an error of its own.
BREAKING = r"""
run_id IN (a)
dataset.name IN (custom)
"""
# Refused by MLflow, and meaningful in our larger grammar: numbers for params, an alternative, a negation, brackets, a
# bare word, dates, what is kept of a metric.
ADDED = r"""
params.depth > 3
params.depth = 3
metrics.loss = 1 OR metrics.loss = 2
NOT metrics.loss = 1
(metrics.loss = 1)
has(params.model)
duration > 10
start_time > 2026-01-16
"""


INVALID = (400, "INVALID_PARAMETER_VALUE")


def answer_to(runs: LoadedRuns, **search) -> tuple:
    """What was found, or how it was refused."""
    try:
        return 200, runs.found("odd", **search)
    except Refused as refusal:
        return refusal.status, refusal.error_code


@pytest.mark.parametrize("filter", lines(REFUSED))
def test_bad_filters_are_refused_by_both(ours, reference, filter):
    assert (answer_to(reference, filter=filter), answer_to(ours, filter=filter)) == (INVALID, INVALID)


@pytest.mark.parametrize("filter", lines(BREAKING))
def test_filters_that_break_mlflow_are_refused_by_ours(ours, filter):
    assert answer_to(ours, filter=filter) == INVALID


@pytest.mark.parametrize("filter", lines(ADDED))
def test_what_ours_adds_is_refused_by_mlflow_so_it_changes_no_meaning(ours, reference, filter):
    assert (answer_to(reference, filter=filter), answer_to(ours, filter=filter)[0]) == (INVALID, 200)


BAD_ORDERS = [
    "metrics",
    "nothing",
    "nothing.at ASC",
    "metrics.loss UP",
    "metrics.loss ASC NULLS LAST",
    "metrics.loss, params.model",
    "metrics.loss DESC DESC",
    "attributes.nothing DESC",
    "attributes.lifecycle_stage",
    "dataset.name ASC",
    "metrics.`loss",
    "",
    "ASC",
    "run_name; DROP TABLE runs",
]


@pytest.mark.parametrize("order_by", BAD_ORDERS)
def test_bad_orders_are_refused_by_both(ours, reference, order_by):
    assert (answer_to(reference, order_by=[order_by]), answer_to(ours, order_by=[order_by])) == (INVALID, INVALID)


@pytest.mark.parametrize("max_results", [0, -1, 50_001])
def test_sizes_of_a_page_are_limited_alike(ours, reference, max_results):
    assert (answer_to(reference, max_results=max_results), answer_to(ours, max_results=max_results)) == (
        INVALID,
        INVALID,
    )
