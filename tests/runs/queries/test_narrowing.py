import pytest

from runs.models import KeyKind
from runs.queries.narrowing import Brushed, condition, narrowed_filter
from runs.queries.run_columns import Column
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from tests.factories import make_experiment, make_run

LR = Column(KeyKind.PARAM, "lr")


@pytest.mark.parametrize(
    ("brushed", "text"),
    [
        (Brushed(LR, 1e-4, 0.01), "params.lr >= 0.0001 AND params.lr <= 0.01"),
        (Brushed(LR, None, 64.0), "params.lr <= 64"),
        (Brushed(LR), ""),
        (Brushed(LR, float("nan")), ""),
        (Brushed(Column(KeyKind.METRIC, "loss", "min"), 0.5), "metrics.loss.min >= 0.5"),
        (Brushed(Column(KeyKind.METRIC, "val/loss", "last"), 0.5), "metrics.`val/loss` >= 0.5"),
        (Brushed(Column(KeyKind.METRIC, "val/loss", "min"), 0.5), ""),
        (Brushed(Column(None, "duration"), 1.5), "duration >= 1.5"),
        (Brushed(LR, values=("a",)), "params.lr = 'a'"),
        (Brushed(LR, values=("it's", 'b"')), "(params.lr = \"it's\" OR params.lr = 'b\"')"),
        (Brushed(LR, values=("'\"",)), ""),
        (Brushed(Column(KeyKind.PARAM, 'a`"b'), 1.0), ""),
    ],
)
def test_what_is_brushed_is_written_as_a_filter(brushed, text):
    assert condition(brushed) == text


def test_a_filter_with_or_keeps_its_meaning():
    assert narrowed_filter("a OR b", ["params.lr >= 1"]) == "(a OR b) AND params.lr >= 1"
    assert narrowed_filter("", ["params.lr >= 1", ""]) == "params.lr >= 1"


def test_what_is_written_finds_these_runs(db):
    experiment = make_experiment()
    inside = make_run(experiment, params={"odd key": "0.5", "m": 'say "hi"'}, metrics={"a/b": 3.0})
    make_run(experiment, params={"odd key": "1.5", "m": 'say "hi"'}, metrics={"a/b": 3.0})
    brushes = [
        Brushed(Column(KeyKind.PARAM, "odd key"), 0.4, 0.6),
        Brushed(Column(KeyKind.PARAM, "m"), values=('say "hi"', "other")),
        Brushed(Column(KeyKind.METRIC, "a/b", "last"), 3.0, 3.0),
    ]

    found = run_set(experiment.pk, RunTableOptions(filter=narrowed_filter("", [condition(one) for one in brushes])))

    assert found.pks(limit=9) == [inside.pk]
