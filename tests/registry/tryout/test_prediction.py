"""What a model answers, as a table."""

import pytest

from registry.serving.tryout import Reply
from registry.tryout.prediction import as_table, prediction_of


@pytest.mark.parametrize(
    ("predictions", "columns", "rows"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2}], ("a", "b"), 2),
        ([[1, 2], [3]], ("0", "1"), 2),
        ([1.5, None], ("y",), 2),
        ({"a": [1, 2, 3], "b": []}, ("a", "b"), 3),
    ],
)
def test_shapes_of_answers(predictions, columns, rows):
    table = as_table(predictions, ["y"])

    assert table.columns == columns
    assert (len(table.rows), table.total, table.is_cut) == (rows, rows, False)


@pytest.mark.parametrize(
    "predictions",
    [
        [{f"k{number}": 1} for number in range(20_000)],
        [[1] * 20_000, *[[1]] * 20_000],
        {f"k{number}": [1] * (20_000 if number % 2_000 == 0 else 0) for number in range(20_000)},
    ],
)
def test_a_wide_and_long_answer_is_no_more_work_than_it_is_long(predictions):
    table = as_table(predictions, [])

    assert (len(table.rows), len(table.columns), table.left_out_columns) == (200, 200, 19_800)
    assert table.total >= 20_000
    assert table.is_cut


def test_an_answer_that_is_no_json_is_shown_as_it_came():
    found = prediction_of(Reply(500, b"<script>\xff" + b"x" * 100_000), 0.1)

    assert found.message.startswith("<script>")
    assert len(found.message) <= 2_001
    assert len(found.raw) <= 20_001
