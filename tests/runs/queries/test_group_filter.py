"""A group in the filter language finds the runs of the group."""

import pytest
from django.http import QueryDict

from runs.queries.group_filter import group_filter
from runs.queries.grouping import Grouping, grouped_runs
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from tests.factories import make_experiment, make_run

VALUES = [
    "0.1",
    "1e-1",
    "1e-300",
    "-0",
    "12345678901234567890",
    "nan",
    "it's",
    'a "b"',
    "",
    " ",
    "ä",
    "%",
    "a = 1",
    None,
]


@pytest.mark.parametrize("key", ["lr", "model.lr", "odd key", "a-b/c", "Ünï"])
def test_each_group_is_found_by_its_filter(db, key):
    experiment = make_experiment()
    for value in VALUES:
        make_run(experiment, params={} if value is None else {key: value}, tags={"team": value or "none"})

    for field in (f"params.{key}", "tags.team", "status"):
        query = QueryDict(mutable=True)
        query["group"] = field
        grouped = grouped_runs(run_set(experiment.pk, RunTableOptions()), Grouping.from_query(query))
        for group in range(len(grouped)):
            grouped.read_texts([group])
            place = int(grouped.firsts[group])
            text = group_filter("start_time > 0 OR start_time < 1", [(f, f.value_of(place)) for f in grouped.fields])
            found = run_set(experiment.pk, RunTableOptions(filter=text))
            assert sorted(found.pks(limit=100)) == sorted(grouped.pks(group)), text


@pytest.mark.parametrize("value", ["back\\slash", "'both' \"quotes\"", "x" * 400])
def test_what_the_language_cannot_say_has_no_filter(db, value):
    experiment = make_experiment()
    make_run(experiment, params={"lr": value})
    make_run(experiment)
    grouped = grouped_runs(run_set(experiment.pk, RunTableOptions()), Grouping(("params.lr",)))
    grouped.read_texts([0])

    assert group_filter("", [(f, f.value_of(int(grouped.firsts[0]))) for f in grouped.fields]) is None
