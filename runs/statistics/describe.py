"""What is known of some numbers: count, mean, spread, the interval of the mean.

Taken over finite numbers; NaN and infinities are counted beside them, so that nobody takes them for missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from runs.statistics.student import t_quantile

# With fewer, a spread is guessed from next to nothing.
FEW = 3


@dataclass(frozen=True, slots=True)
class Description:
    """`n` finite numbers. `std` divides by n - 1, `se` is std / √n, `low` to `high` Student's 95 % interval of the
    mean: None for fewer than two numbers. The others are None for none.
    """

    n: int
    nan: int = 0
    plus_inf: int = 0
    minus_inf: int = 0
    mean: float | None = None
    std: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    min: float | None = None
    max: float | None = None
    median: float | None = None

    @property
    def is_few(self) -> bool:
        """Whether there are too few to say something of chance."""
        return 0 < self.n < FEW

    @property
    def not_finite(self) -> int:
        return self.nan + self.plus_inf + self.minus_inf


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The same of many groups, as arrays; NaN for None. Without the medians."""

    n: np.ndarray
    nan: np.ndarray
    plus_inf: np.ndarray
    minus_inf: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    min: np.ndarray
    max: np.ndarray

    def of(self, group: int, *, median: float | None = None) -> Description:
        values = {one.name: getattr(self, one.name)[group].item() for one in fields(self)}
        return Description(**{k: None if v != v else v for k, v in values.items()}, median=median)


def describe(values: Sequence[float] | np.ndarray) -> Description:
    values = np.asarray(values, dtype=np.float64)
    finite = values[np.isfinite(values)]
    median = middle(finite) if len(finite) else None
    return describe_groups(values, np.zeros(len(values), dtype=np.int64), 1).of(0, median=median)


def middle(finite: np.ndarray) -> float:
    """The median, without an overflow between two large numbers."""
    ordered = np.sort(finite)
    low, high = float(ordered[(len(ordered) - 1) // 2]), float(ordered[len(ordered) // 2])
    return low if low == high else low / 2 + high / 2


def describe_groups(values: np.ndarray, groups: np.ndarray, count: int) -> Descriptions:
    """Of each group of values, numbered from 0: `groups` says whose each value is. Linear in the values.

    Means and squares are summed in two passes with corrections (Chan, Golub, LeVeque 1983), scaled by a power of two a
    group so that neither the largest nor the smallest doubles overflow.
    """

    def counted(chosen: np.ndarray) -> np.ndarray:
        return np.bincount(groups[chosen], minlength=count)

    is_finite = np.isfinite(values)
    x, g = values[is_finite], groups[is_finite]
    n = np.bincount(g, minlength=count)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, g, x)
    np.maximum.at(high, g, x)
    is_empty = n == 0
    low[is_empty] = high[is_empty] = np.nan
    with np.errstate(all="ignore"):
        mean, std = _mean_and_std(x, g, n, low, high)
        se = std / np.sqrt(n)
        sizes, which = np.unique(n, return_inverse=True)
        reach = t_quantile(np.where(sizes > 1, sizes - 1.0, np.nan))[which] * se
        ends = mean - reach, mean + reach
    return Descriptions(
        n,
        counted(np.isnan(values)),
        counted(values == np.inf),
        counted(values == -np.inf),
        mean,
        std,
        se,
        *ends,
        low,
        high,
    )


def _mean_and_std(x: np.ndarray, g: np.ndarray, n: np.ndarray, low: np.ndarray, high: np.ndarray):
    """Both NaN where there is nothing to take them of. Equal numbers are their own mean, without a spread."""
    count = len(n)
    exponents = np.frexp(np.maximum(np.abs(low), np.abs(high)))[1]
    scaled = np.ldexp(x, -exponents[g])
    mean = np.bincount(g, scaled, count) / n
    mean += np.bincount(g, scaled - mean[g], count) / n
    rest = scaled - mean[g]
    squares = np.bincount(g, rest * rest, count) - np.bincount(g, rest, count) ** 2 / n
    std = np.sqrt(np.maximum(squares, 0.0) / np.where(n > 1, n - 1.0, np.nan))
    mean, std = np.ldexp(mean, exponents), np.ldexp(std, exponents)
    is_alike = low == high
    return np.where(is_alike, low, mean), np.where(is_alike & (n > 1), 0.0, std)
