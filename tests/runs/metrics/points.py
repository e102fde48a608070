"""Points by the handful, and the plain reckoning that summaries of them are held against."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from hypothesis import strategies as st

from runs.metrics.append import append_points, gather_points
from runs.metrics.blocks import heads, read_whole_blocks
from runs.metrics.codec import Line
from runs.metrics.points import columns_of
from runs.metrics.summary import Summary
from runs.models import MetricPoint, MetricSummary, Run

NAN = math.nan
# Few steps and timestamps, so that points repeat and tie.
VALUES = (
    st.floats(-1e3, 1e3)
    | st.floats(-1e300, 1e300)
    | st.sampled_from([0.0, 1.0, -1.0, 1e16, -1e16, 5e-324, 1e300, -1e300, 0.1, math.inf, -math.inf, NAN])
)
STEPS = st.integers(-2, 4) | st.sampled_from([-(2**63), 2**63 - 1])


def as_stored(step: int, timestamp: int, value: float) -> tuple:
    """(step, timestamp, value, is_nan); zero without a sign, as both databases have it."""
    return step, timestamp, 0.0 if math.isnan(value) else value + 0.0, math.isnan(value)


POINTS = st.builds(as_stored, STEPS, st.integers(0, 2), VALUES)


@st.composite
def splits(draw, sets) -> list[set]:
    """A set of points in parts that do not overlap."""
    points = draw(sets.map(lambda points: sorted(points)).flatmap(st.permutations))
    cuts = draw(st.lists(st.integers(1, max(1, len(points) - 1)), max_size=4).map(lambda cuts: sorted(set(cuts))))
    parts = [points[start:end] for start, end in zip([0, *cuts], [*cuts, len(points)], strict=True)]
    return [set(part) for part in parts if part]


def append(run: Run, points: Iterable[tuple[int, tuple]]) -> list[int]:
    """(key, point as stored) as one batch; answers the keys that are new to the run."""
    by_key: dict[int, list] = {}
    for key, point in points:
        by_key.setdefault(key, []).append(point)
    gathered = gather_points({key: columns_of(stored) for key, stored in by_key.items()})
    return append_points(run=run.pk, experiment=run.experiment_id, gathered=gathered)


def stored_summary(run: Run, key: int) -> Summary:
    row = MetricSummary.objects.get(run=run, key_id=key)
    assert row.experiment_id == run.experiment_id
    return Summary(*(getattr(row, name) for name in Summary._fields))


def line_points(line: Line) -> Iterator[tuple]:
    return zip(*(column.tolist() for column in line), strict=True)


def stored_points(run: Run, key: int) -> list[tuple]:
    """Rows and blocks of one metric as they are, each point as often as it is stored."""
    rows = MetricPoint.objects.filter(run=run, key_id=key).values_list("step", "timestamp", "value", "is_nan")
    lines = [line for _, line in read_whole_blocks(heads([run.pk], key), key)]
    in_blocks = [as_stored(*point) for line in lines for point in line_points(line)]
    return sorted([*rows, *in_blocks])


def expected_summary(points: set[tuple]) -> Summary:
    """From the plain set, with exact sums; the mean's digits are judged by `same_summary`."""
    ordered = sorted(points)
    numbers = [(value, step) for step, _, value, is_nan in ordered if not is_nan]
    finite = [value for value, _ in numbers if math.isfinite(value)]
    plus = sum(value == math.inf for value, _ in numbers)
    minus = sum(value == -math.inf for value, _ in numbers)
    low = min(numbers, default=(None, None))
    high = min(((-value, step) for value, step in numbers), default=(None, None))
    return Summary(
        last_value=ordered[-1][2],
        last_is_nan=ordered[-1][3],
        last_step=ordered[-1][0],
        last_timestamp=ordered[-1][1],
        first_value=ordered[0][2],
        first_is_nan=ordered[0][3],
        first_step=ordered[0][0],
        first_timestamp=ordered[0][1],
        min_value=low[0],
        min_step=low[1],
        max_value=None if high[0] is None else -high[0],
        max_step=high[1],
        count=len(points),
        nan_count=len(points) - len(numbers),
        plus_inf_count=plus,
        minus_inf_count=minus,
        sum=sum(map(Fraction, finite)),
        sum_error=sum(abs(Fraction(value)) for value in finite),
        mean_value=_mean(finite, plus, minus),
    )


def _mean(finite: list[float], plus: int, minus: int) -> Fraction | float | None:
    if plus and minus:
        return None
    if plus or minus:
        return math.inf if plus else -math.inf
    return sum(map(Fraction, finite)) / len(finite) if finite else None


def same_summary(summary: Summary, expected: Summary) -> bool:
    """Equal, and the mean as near as a sum of two doubles allows: its last digit, and some 2**-100 of all sizes."""
    names = [name for name in Summary._fields if name not in ("sum", "sum_error", "mean_value")]
    for name in names:
        assert getattr(summary, name) == getattr(expected, name), name
    mean = expected.mean_value
    if mean is None or not isinstance(mean, Fraction):
        return summary.mean_value == mean
    size = expected.sum_error  # the sum of all sizes
    room = abs(mean) * Fraction(1, 2**51) + size * Fraction(summary.count, 2**100) + Fraction(5e-324)
    return abs(Fraction(summary.mean_value) - mean) <= room
