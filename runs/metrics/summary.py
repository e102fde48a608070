"""The arithmetic of MetricSummary: a set of points as one record, and two records as one."""

import math
import sys
from fractions import Fraction
from typing import NamedTuple

from runs.metrics.points import Columns, StoredPoint

MAX_DOUBLE = sys.float_info.max


class Summary(NamedTuple):
    """The columns of MetricSummary, in the order the writer stores them."""

    last_value: float
    last_is_nan: bool
    last_step: int
    last_timestamp: int
    first_value: float
    first_is_nan: bool
    first_step: int
    first_timestamp: int
    min_value: float | None
    min_step: int | None
    max_value: float | None
    max_step: int | None
    count: int
    nan_count: int
    plus_inf_count: int
    minus_inf_count: int
    sum: float
    sum_error: float
    mean_value: float | None

    @property
    def last_point(self) -> StoredPoint:
        return self.last_step, self.last_timestamp, self.last_value, self.last_is_nan

    @property
    def first_point(self) -> StoredPoint:
        return self.first_step, self.first_timestamp, self.first_value, self.first_is_nan


def summarise(points: Columns) -> Summary:
    """Summary of at least one point; `points` must be in order."""
    steps, timestamps, values = points
    try:
        total = math.fsum(values)
        is_plain = math.isfinite(total)
    except (OverflowError, ValueError):
        is_plain = False
    if not is_plain:
        return _summarise_any(points)
    low, high, count = min(values), max(values), len(values)
    error = math.fsum([*values, -total]) if count > 1 else 0.0
    # In the order of the fields. index() finds the earliest of equal values, and steps ascend.
    return Summary(
        *(values[-1], False, steps[-1], timestamps[-1]),
        *(values[0], False, steps[0], timestamps[0]),
        *(low, steps[values.index(low)]),
        *(high, steps[values.index(high)]),
        *(count, 0, 0, 0),
        *(total, error, _mean(count, 0, 0, total, error, low, high)),
    )


def _summarise_any(points: Columns) -> Summary:
    """With NaN and infinities among them, or a sum past the largest double."""
    stored = points.stored()
    first, last = stored[0], stored[-1]
    numbers = [(value, step) for step, _, value, is_nan in stored if not is_nan]
    values = [value for value, _ in numbers]
    if not values:
        low = high = low_step = high_step = None
    else:
        low, high = min(values), max(values)
        low_step, high_step = numbers[values.index(low)][1], numbers[values.index(high)][1]
    plus, minus = values.count(math.inf), values.count(-math.inf)
    finite = values if not plus and not minus else [value for value in values if math.isfinite(value)]
    total, error = _exact_sum(finite)
    return Summary(
        last_value=last[2],
        last_is_nan=last[3],
        last_step=last[0],
        last_timestamp=last[1],
        first_value=first[2],
        first_is_nan=first[3],
        first_step=first[0],
        first_timestamp=first[1],
        min_value=low,
        min_step=low_step,
        max_value=high,
        max_step=high_step,
        count=len(points),
        nan_count=len(points) - len(values),
        plus_inf_count=plus,
        minus_inf_count=minus,
        sum=total,
        sum_error=error,
        mean_value=_mean(len(finite), plus, minus, total, error, low, high),
    )


def merge(a: Summary, b: Summary) -> Summary:
    """Summary of two disjoint sets of points from the summaries of each."""
    last = a if a.last_point >= b.last_point else b
    first = a if a.first_point <= b.first_point else b
    low_value, low_step = _extreme(a.min_value, a.min_step, b.min_value, b.min_step, lowest=True)
    high_value, high_step = _extreme(a.max_value, a.max_step, b.max_value, b.max_step, lowest=False)
    total, error = _add(a.sum, b.sum)
    error += a.sum_error + b.sum_error
    count, nan_count = a.count + b.count, a.nan_count + b.nan_count
    plus, minus = a.plus_inf_count + b.plus_inf_count, a.minus_inf_count + b.minus_inf_count
    return Summary(
        last_value=last.last_value,
        last_is_nan=last.last_is_nan,
        last_step=last.last_step,
        last_timestamp=last.last_timestamp,
        first_value=first.first_value,
        first_is_nan=first.first_is_nan,
        first_step=first.first_step,
        first_timestamp=first.first_timestamp,
        min_value=low_value,
        min_step=low_step,
        max_value=high_value,
        max_step=high_step,
        count=count,
        nan_count=nan_count,
        plus_inf_count=plus,
        minus_inf_count=minus,
        sum=total,
        sum_error=error,
        mean_value=_mean(count - nan_count - plus - minus, plus, minus, total, error, low_value, high_value),
    )


def _extreme(value, step, other, other_step, *, lowest: bool):
    """The lower (or higher) of two values and its step; the earlier step when they are equal."""
    if value is None:
        return other, other_step
    if other is None:
        return value, step
    if value == other:
        return value, min(step, other_step)
    return (value, step) if (value < other) == lowest else (other, other_step)


def _exact_sum(values: list[float]) -> tuple[float, float]:
    """Sum rounded once, and what the rounding left out."""
    if not values:
        return 0.0, 0.0
    try:
        total = math.fsum(values)
        return total, math.fsum([*values, -total])
    except OverflowError:
        # Past the largest double, in the end or on the way.
        exact = sum(map(Fraction, values))
        total = _nearest(exact)
        return total, _nearest(exact - Fraction(total))


def _nearest(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return MAX_DOUBLE if exact > 0 else -MAX_DOUBLE


def _add(a: float, b: float) -> tuple[float, float]:
    """a + b and its rounding error (Neumaier 1974). A sum past the largest double stays there."""
    total = a + b
    if math.isinf(total):
        return math.copysign(MAX_DOUBLE, total), 0.0
    return total, (a - total) + b if abs(a) >= abs(b) else (b - total) + a


def _mean(
    finite: int, plus: int, minus: int, total: float, error: float, low: float | None, high: float | None
) -> float | None:
    if plus and minus:
        return None
    if plus or minus:
        return math.inf if plus else -math.inf
    # Between the least and the greatest value, also where the sum has met the largest double.
    return min(max((total + error) / finite, low), high) if finite else None
