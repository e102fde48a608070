import json
import math
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from registry.serving.batch.questions import BadAnswer, answered, question


def test_values_are_asked_as_exact_as_they_are():
    table = pa.table(
        {"a": [0.1, None, math.nan], "n": [2**53 + 1, 2, 3], "t": ["", None, "NA"], "b": [True, False, None]}
    )

    asked = json.loads(question(table))

    assert asked == {
        "dataframe_split": {
            "columns": ["a", "n", "t", "b"],
            "data": [[0.1, 2**53 + 1, "", True], [None, 2, None, False], [None, 3, "NA", None]],
        }
    }


def test_infinities_are_asked_as_python_writes_them():
    assert b"[[Infinity], [-Infinity], [1.5]]" in question(pa.table({"a": [math.inf, -math.inf, 1.5]}))


def test_times_and_decimals_are_asked_alike_beside_infinities():
    at = pa.array([1_577_934_245_123_456_789], pa.timestamp("ns"))
    columns = {"d": pa.array([Decimal("1.50")]), "at": at, "day": pa.array([date(2020, 1, 2)]), "l": [[math.inf]]}
    asked = {"d": 1.5, "at": "2020-01-02 03:04:05.123456789", "day": "2020-01-02"}

    plain = json.loads(question(pa.table(columns).drop_columns("l")))["dataframe_split"]["data"]
    beside = json.loads(question(pa.table(columns)))["dataframe_split"]["data"]

    assert plain == [list(asked.values())] and beside == [[*asked.values(), [math.inf]]]


@pytest.mark.parametrize(
    ("predictions", "columns"),
    [
        ([1, 2], {"prediction": [1, 2]}),
        ([[0.1, 0.9], [0.2, 0.8]], {"prediction": [[0.1, 0.9], [0.2, 0.8]]}),
        ([{"low": 1, "x": 5}, {"low": 2}], {"low": [1, 2], "prediction_x": [5, None]}),
        ({"low": [1, 2]}, {"low": [1, 2]}),
        ({"x": [1, 2], "prediction_x": [3, 4]}, {"prediction_x": [1, 2], "prediction_prediction_x": [3, 4]}),
    ],
)
def test_predictions_become_columns(predictions, columns):
    found = answered(json.dumps({"predictions": predictions}).encode(), 2, taken=["x"])

    assert found.to_pydict() == columns


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ([1], "1 predictions for 2 rows"),
        ("text", "no list of predictions, but str"),
        ([1, "a"], "make no column"),
        ([1, 2**64], "make no"),
    ],
)
def test_answers_that_do_not_fit_are_refused(predictions, message):
    with pytest.raises(BadAnswer, match=message):
        answered(json.dumps({"predictions": predictions}).encode(), 2, taken=[])
