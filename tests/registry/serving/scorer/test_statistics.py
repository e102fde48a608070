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
            "numbers": 2 * repeats,
            "mean": -1.0,
            "m2": 8.0 * repeats,
            "min": -3.0,
            "max": 1.0,
        }
    }


def test_texts_are_counted_up_to_some_values():
    texts = [f"v{n}" for n in range(MOST_VALUES)] + ["v0", None]
    found = statistics(columns_of(pd.DataFrame({"t": texts})))["t"]
    beyond = statistics([("t", [*texts, "one more"])])["t"]

    assert (found["count"], found["missing"], len(found["values"])) == (MOST_VALUES + 2, 1, MOST_VALUES)
    assert found["values"]["v0"] == 2
    assert beyond == {"count": MOST_VALUES + 3, "missing": 1, "many": True}


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
    assert found["on"]["mean"] == 0.5
    assert found["when"]["missing"] == found["bytes"]["missing"] == found["maybe"]["missing"] == 1
    assert (found["huge"]["mean"], found["huge"]["m2"]) == (1e300, 0.0)
    assert (found["maybe"]["numbers"], found["maybe"]["mean"]) == (1, 1.0)


def test_missing_times_are_missing_however_many_there_are():
    times = pd.to_datetime(["2020-01-01", None] * 20)

    assert statistics(columns_of(pd.DataFrame({"t": times})))["t"] == {"count": 40, "missing": 20}


@pytest.mark.parametrize("size", [3, 30])
def test_numbers_at_the_edge_of_the_doubles_keep_their_mean(size):
    found = statistics([("x", np.array([1.7e308, 1.6e308, 1.5e308] * (size // 3)))])["x"]

    assert found["mean"] == pytest.approx(1.6e308) and "m2" not in found


def test_arrays_and_mappings_have_columns_and_other_data_has_none():
    assert list(statistics(columns_of(np.ones((3, 2))))) == ["0", "1"]
    assert list(statistics(columns_of({"a": np.ones(2), "b": np.ones((2, 2))}))) == ["a"]
    assert statistics(columns_of(["x"])) == statistics(columns_of(np.ones((2, 2, 2)))) == {}
    assert statistics(columns_of(pd.DataFrame({"a": []}))) == {}
