"""Metrics of groups, read along an index or run by run, held against what was logged."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.queries.group_members import members
from runs.queries.group_metrics import MetricValues, grouped_metric, metric_of_all, metrics_of
from runs.queries.run_columns import find_columns
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from runs.statistics.describe import describe
from tests.factories import make_experiment, make_run
from tests.runs.points import log_line

doubles = st.one_of(st.floats(), st.sampled_from([0.1, 1 / 3, math.nan, math.inf, -math.inf, 1.7e308, 5e-324, -0.0]))


@pytest.mark.django_db
@pytest.mark.parametrize("stat", ["last", "first", "min", "max", "mean"])
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | st.lists(doubles, min_size=1, max_size=3), min_size=1, max_size=6))
def test_both_ways_read_the_same_numbers_to_the_last_bit(stat, lines):
    experiment = make_experiment()
    runs = [make_run(experiment) for _ in lines]
    for run, values in zip(runs, lines, strict=True):
        if values is not None:
            log_line(run, "loss", values)
    columns = find_columns(experiment.pk, [f"metrics.loss.{stat}"])
    found = members(run_set(experiment.pk, RunTableOptions()))
    assert found.is_large
    if not columns:
        return

    along, (by_run,) = metric_of_all(found, columns[0]), metrics_of(found, columns, np.arange(len(found)))

    def numbers(metric):
        return {int(place): value for place, value in zip(metric.places, metric.values.tolist(), strict=True)}

    one, other = numbers(along), numbers(by_run)
    assert one.keys() == other.keys() == {i for i, values in enumerate(lines) if values is not None}
    assert all(a == other[i] or (math.isnan(a) and math.isnan(other[i])) for i, a in one.items())
    if stat == "last":
        assert all(a == lines[i][-1] or (math.isnan(a) and math.isnan(lines[i][-1])) for i, a in one.items())


@given(st.lists(st.tuples(st.integers(-1, 3), st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf]))))
def test_medians_and_extremes_are_those_of_each_group_alone(pairs):
    groups = np.array([group for group, _ in pairs], dtype=np.int64)
    values = np.array([value for _, value in pairs], dtype=np.float64)

    found = grouped_metric(MetricValues(np.arange(len(pairs)), values), groups, 4)

    for group in range(4):
        alone, of_group = describe(values[groups == group]), found.of(group)
        assert (of_group.n, of_group.nan, of_group.plus_inf) == (alone.n, alone.nan, alone.plus_inf)
        assert (of_group.median, of_group.min, of_group.max) == (alone.median, alone.min, alone.max)
        for place, expected in ((found.lowest[group], alone.min), (found.highest[group], alone.max)):
            assert (place == -1) == (expected is None)
            assert place == -1 or (values[place] == expected and groups[place] == group)
