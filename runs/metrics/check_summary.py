"""Whether a stored summary is the one its points have."""

import math
import sys

from runs.metrics.summary import Summary

# Near the largest double, a sum depends on the order of its terms.
LARGEST_SUM = sys.float_info.max / 4
ROUNDED = ("sum", "sum_error", "mean_value")


def wrong_columns(stored: Summary, expected: Summary | None) -> list[str]:
    """Names of the columns that are wrong; sums and means may differ by rounding. None: there are no points."""
    if expected is None:
        return ["count"]
    exact = [name for name in Summary._fields if name not in ROUNDED]
    wrong = [name for name in exact if getattr(stored, name) != getattr(expected, name)]
    if not wrong and not _is_near(stored, expected):
        wrong.append("mean_value")
    return wrong


def _is_near(stored: Summary, expected: Summary) -> bool:
    mean, other = stored.mean_value, expected.mean_value
    if mean is None or other is None or math.isinf(other):
        return mean == other
    size = max(abs(expected.min_value), abs(expected.max_value))
    if size * expected.count > LARGEST_SUM:
        return True
    return abs(mean - other) <= 1e-12 * size + 5e-324
