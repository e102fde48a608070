"""How large a difference is beside the spread within the sides."""

from __future__ import annotations

import math

from runs.statistics.describe import Description


def hedges_g(a: Description, b: Description) -> float | None:
    """The difference in pooled standard deviations, without the bias of small samples.

    L. V. Hedges, Distribution theory for Glass's estimator of effect size, J. Educ. Stat. 6 (1981). None with fewer
    than two numbers a side, and without a spread.
    """
    if a.n < 2 or b.n < 2:
        return None
    degrees = a.n + b.n - 2
    # Scaled by the larger of both, so that no square overflows.
    scale = max(a.std, b.std)
    if not scale or not math.isfinite(scale):
        return None
    squares = (a.n - 1) * (a.std / scale) ** 2 + (b.n - 1) * (b.std / scale) ** 2
    pooled = math.sqrt(squares / degrees)
    correction = math.exp(math.lgamma(degrees / 2) - math.lgamma((degrees - 1) / 2)) / math.sqrt(degrees / 2)
    return correction * ((b.mean - a.mean) / scale) / pooled


def size_in_words(g: float) -> str:
    """J. Cohen, Statistical power analysis (1988): 0.2, 0.5 and 0.8."""
    size = abs(g)
    return "negligible" if size < 0.2 else "small" if size < 0.5 else "medium" if size < 0.8 else "large"
