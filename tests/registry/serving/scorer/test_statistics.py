import json

import numpy as np
import pandas as pd
import pytest

from registry.serving.scorer.statistics import MOST_VALUES, columns_of, statistics


@pytest.mark.parametrize("repeats", [1, 50])
def test_numbers_are_summed_up_alike_whether_few_or_many(repeats):
    values = np.array([1.0, np.nan, -3.0, np.inf] * repeats)

    assert statistics([("x", values)]) == {
        "x": {
            "count": 4 * repeats,
            "missing": repeats,
            "sum": -2.0 * repeats,
            "squares": 10.0 * repeats,
            "min": -3.0,
            "max": 1.0,
        }
    }


def test_texts_are_counted_up_to_some_values():
    texts = [f"v{n}" for n in range(30)] + ["v0", None]
    found = statistics(columns_of(pd.DataFrame({"t": texts})))["t"]

    assert (found["count"], found["missing"], len(found["values"]), found["values"]["v0"]) == (32, 1, MOST_VALUES, 2)


def test_every_kind_of_column_has_statistics_that_are_strict_json():
    frame = pd.DataFrame(
        {
            "on": [True, False],
            "when": pd.to_datetime(["2020-01-01", None]),
            "bytes": [b"a", None],
            "lists": [[1], {"a": 2}],
            "arrays": [np.array([1, 2]), np.array([])],
            "huge": [1e300, 1e300],
            "maybe": pd.array([1, None], dtype="Int64"),
        }
    )
    found = statistics(columns_of(frame))

    json.dumps(found, allow_nan=False)
    assert found["on"]["sum"] == 1.0
    assert found["when"]["missing"] == found["bytes"]["missing"] == found["maybe"]["missing"] == 1
    assert "squares" not in found["huge"]


def test_arrays_and_mappings_have_columns_and_other_data_has_none():
    assert list(statistics(columns_of(np.ones((3, 2))))) == ["0", "1"]
    assert list(statistics(columns_of({"a": np.ones(2), "b": np.ones((2, 2))}))) == ["a"]
    assert statistics(columns_of(["x"])) == statistics(columns_of(np.ones((2, 2, 2)))) == {}
    assert statistics(columns_of(pd.DataFrame({"a": []}))) == {}
