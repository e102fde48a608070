"""Whether the values of one side tend to be larger, by their ranks alone: the Mann-Whitney U test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from runs.statistics.student import normal_two_sided

# Up to so many values together every way to part them is counted; beyond, the normal curve is close.
EXACT_UP_TO = 40


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """`u`: pairs in which b is larger, those that are equal counting half. `p` is two-sided."""

    u: float
    n_a: int
    n_b: int
    p: float
    is_exact: bool

    @property
    def share(self) -> float:
        """The chance that a value of b is larger than one of a (common-language effect size)."""
        return self.u / (self.n_a * self.n_b)

    @property
    def cliffs_delta(self) -> float:
        """From -1, all of b smaller, to 1, all of b larger (N. Cliff, Dominance statistics, 1993)."""
        return 2 * self.share - 1


def mann_whitney(a: np.ndarray, b: np.ndarray) -> MannWhitney | None:
    """None where a side is empty. Infinities have a rank like others; NaN has none and is left out.

    H. B. Mann and D. R. Whitney (1947). Up to 40 values the distribution is exact, given the ties there are; beyond
    it is the normal one, corrected for ties and continuity.
    """
    a, b = (np.asarray(side, dtype=np.float64) for side in (a, b))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if not len(a) or not len(b):
        return None
    doubled, ties = _doubled_ranks(np.concatenate([a, b]))
    n_a, n_b = len(a), len(b)
    sum_b = int(doubled[n_a:].sum())
    u = sum_b / 2 - n_b * (n_b + 1) / 2
    is_exact = n_a + n_b <= EXACT_UP_TO
    p = _exact_p(doubled, n_b, sum_b) if is_exact else _normal_p(u, n_a, n_b, ties)
    return MannWhitney(u, n_a, n_b, p, is_exact)


def _doubled_ranks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Twice the ranks from 1, the mean of them for equal values; and how many there are of each value."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (2 * ends - counts + 1)[which], counts


def _exact_p(doubled: np.ndarray, chosen: int, total: int) -> float:
    """Twice the smaller tail: of all ways to choose so many of the ranks, those whose sum is at least as far out."""
    width = int(doubled.sum()) + 1
    ways = [np.zeros(width) for _ in range(chosen + 1)]  # by how many are chosen, by their sum
    ways[0][0] = 1
    for taken, rank in enumerate(doubled.tolist(), 1):
        for k in range(min(taken, chosen), 0, -1):
            ways[k][rank:] += ways[k - 1][: width - rank]
    found = ways[chosen] / ways[chosen].sum()
    return min(1.0, 2 * float(min(found[: total + 1].sum(), found[total:].sum())))


def _normal_p(u: float, n_a: int, n_b: int, ties: np.ndarray) -> float:
    n = n_a + n_b
    tied = float(((ties.astype(np.float64) ** 3) - ties).sum())
    variance = n_a * n_b / 12 * (n + 1 - tied / (n * (n - 1)))
    if variance <= 0:
        return 1.0  # all values are alike
    away = max(0.0, abs(u - n_a * n_b / 2) - 0.5)
    return min(1.0, normal_two_sided(away / math.sqrt(variance)))
