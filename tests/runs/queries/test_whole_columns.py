import math

import numpy as np
import pytest

from runs.models import Experiment
from runs.queries.group_members import Members
from runs.queries.run_columns import find_columns
from runs.queries.value_columns import value_columns
from runs.queries.whole_columns import whole_columns
from tests.factories import make_experiment, make_run

SPECS = (
    "metrics.loss", "metrics.loss.min", "metrics.loss.mean", "params.lr", "params.note", "params.mixed", "tags.team",
    "start_time", "end_time", "duration", "status", "user_id",
)  # fmt: skip


@pytest.fixture
def experiment(db) -> Experiment:
    made = make_experiment()
    values = [1.5, math.nan, math.inf, -math.inf, 0.1 + 0.2, 5e-324]
    for number, value in enumerate(values):
        params = {"lr": ["0.1", "1e-1", "NaN", "0.2", "", "-0.0"][number], "note": "é" * (98 + number)}
        if number % 2:
            params["mixed"] = ["a", "7", "1e400"][number // 2]
        make_run(
            made,
            params=params,
            metrics={"loss": value},
            tags={"team": "blue"} if number % 3 else {},
            start_time=1_000 + number,
            end_time=None if number == 2 else 5_000 + 7 * number,
        )
    make_run(made)
    made.runs.filter(start_time__gt=1_002).update(user_id="ann")
    make_run(make_experiment(), params={"lr": "9"}, metrics={"loss": 9.0})
    return made


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("is_some", [False, True])
def test_whole_columns_are_what_a_row_a_run_gives(experiment, spec, is_some):
    pks = sorted(experiment.runs.values_list("pk", flat=True))[:: 2 if is_some else 1]
    columns = find_columns(experiment.pk, [spec])
    assert columns
    members = Members((experiment.pk,), np.array(pks), is_large=True)

    (found,), (expected,) = whole_columns(members, columns), value_columns(pks, columns)

    assert found.is_set.tolist() == expected.is_set.tolist()
    np.testing.assert_array_equal(found.numbers, expected.numbers)
    assert (found.texts is None) == (expected.texts is None)
    if found.texts is not None:
        assert found.texts.tolist() == expected.texts.tolist()
