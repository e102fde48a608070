"""The difference of two means when spreads may differ: Welch's t-test."""

from __future__ import annotations

import math
from dataclasses import dataclass

from runs.statistics.describe import Description
from runs.statistics.student import t_quantile, t_two_sided


@dataclass(frozen=True, slots=True)
class Welch:
    """From a to b: `difference` is mean b less mean a, `low` to `high` its 95 % interval, `p` two-sided."""

    difference: float
    se: float
    t: float
    degrees: float
    p: float
    low: float
    high: float


def welch(a: Description, b: Description) -> Welch | None:
    """None where a side has fewer than two numbers, or neither has a spread: then nothing can be tested.

    B. L. Welch, The generalization of Student's problem when several different population variances are involved,
    Biometrika 34 (1947); degrees of freedom by Satterthwaite (1946).
    """
    if a.n < 2 or b.n < 2:
        return None
    se = math.hypot(a.se, b.se)
    difference = b.mean - a.mean
    if not se or not math.isfinite(se) or not math.isfinite(difference):
        return None
    degrees = 1 / ((a.se / se) ** 4 / (a.n - 1) + (b.se / se) ** 4 / (b.n - 1))
    t = difference / se
    reach = float(t_quantile(degrees)) * se
    return Welch(difference, se, t, degrees, t_two_sided(t, degrees), difference - reach, difference + reach)
