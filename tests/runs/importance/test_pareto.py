import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runs.importance.pareto import pareto_front

rows = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.tuples(*[st.integers(0, 6)] * width), min_size=1, max_size=40)
)


def is_dominated(row, rows):
    return any(all(a <= b for a, b in zip(other, row, strict=True)) and other != row for other in rows)


@given(rows)
def test_the_front_is_what_no_other_row_dominates(rows):
    front = pareto_front(np.array(rows, dtype=float))

    assert front.tolist() == [not is_dominated(row, rows) for row in rows]


def test_equal_rows_are_on_it_together():
    assert pareto_front(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 3.0]])).tolist() == [True, True, False]
