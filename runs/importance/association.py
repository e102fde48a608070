"""How strongly one param goes with a metric, seen alone: by ranks where it is a number, by groups where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.importance.correlation import spearman


@dataclass(frozen=True, slots=True)
class Association:
    """`value`: Spearman's ρ (−1 to 1), or for groups η² (0 to 1), the share of the variance that lies between them.

    `p`: of none at all; for groups by the F test of one-way analysis of variance. None where it is not defined.
    """

    is_ranked: bool
    n: int
    value: float | None
    p: float | None

    @property
    def strength(self) -> float:
        """0 to 1, comparable across both."""
        if self.value is None:
            return 0.0
        return abs(self.value) if self.is_ranked else max(self.value, 0.0) ** 0.5


def by_ranks(x: np.ndarray, y: np.ndarray) -> Association:
    """Of the pairs that are both finite."""
    usable = np.isfinite(x) & np.isfinite(y)
    found = spearman(x[usable], y[usable])
    return Association(True, found.n, found.value, found.p)


def by_groups(groups: np.ndarray, y: np.ndarray) -> Association:
    """`groups`: a number each, negative for none."""
    usable = (groups >= 0) & np.isfinite(y)
    groups, y = groups[usable], y[usable]
    n = len(y)
    _, at, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    k = len(sizes)
    largest = float(np.abs(y).max()) if n else 0.0
    if k < 2 or n <= k or not largest:
        return Association(False, n, None, None)
    y = y / largest
    means = np.bincount(at, weights=y) / sizes
    between = float(sizes @ (means - y.mean()) ** 2)
    total = float(((y - y.mean()) ** 2).sum())
    if total <= 1e-26 * n:
        return Association(False, n, None, None)
    within = max(total - between, 0.0)
    value = min(between / total, 1.0)
    if within <= 1e-14 * total:
        return Association(False, n, value, 0.0)
    from scipy.special import fdtrc

    return Association(False, n, value, float(fdtrc(k - 1, n - k, (between / (k - 1)) / (within / (n - k)))))
