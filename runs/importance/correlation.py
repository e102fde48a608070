"""How two columns of numbers go together, with the chance that they do so by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.statistics.student import t_two_sided

# Fewer pairs always lie on a line, or nearly so.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Correlation:
    """`p`: two-sided, of no correlation at all; by the t distribution with n − 2 degrees of freedom.

    None where one of the columns does not vary or there are fewer than three pairs.
    """

    n: int
    value: float | None
    p: float | None


def pearson(x: np.ndarray, y: np.ndarray) -> Correlation:
    """Of finite pairs: along a straight line."""
    n = len(x)
    if n < FEWEST:
        return Correlation(n, None, None)
    x, y = _unit(x), _unit(y)
    if x is None or y is None:
        return Correlation(n, None, None)
    value = float(np.clip(x @ y, -1.0, 1.0))
    return Correlation(n, value, _p(value, n))


def spearman(x: np.ndarray, y: np.ndarray) -> Correlation:
    """Of finite pairs: whether one rises where the other does; ties share the mean of their ranks."""
    return pearson(ranks(x), ranks(y))


def ranks(values: np.ndarray) -> np.ndarray:
    """From 1; equal values share the mean of theirs."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which]


def _unit(values: np.ndarray) -> np.ndarray | None:
    """Centred and of length 1; None where nothing varies. Scaled first: squares of large doubles overflow."""
    values = values.astype("f8")
    largest = np.abs(values).max()
    if not largest:
        return None
    scaled = values / largest
    centred = scaled - scaled.mean()
    length = np.sqrt(centred @ centred)
    # Less than what rounding leaves of a column that is one value.
    if length <= 1e-13 * np.sqrt(len(values)) or values.min() == values.max():
        return None
    return centred / length


def _p(value: float, n: int) -> float:
    if abs(value) >= 1.0:
        return 0.0
    t = value * np.sqrt((n - 2) / ((1 - value) * (1 + value)))
    return t_two_sided(t, n - 2)
