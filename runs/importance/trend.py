"""A line through points: straight with its interval, or local where there are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.statistics.student import t_quantile

GRID = 60
FEWEST = 3
LARGEST = np.finfo("f8").max


@dataclass(frozen=True)
class Trend:
    """`y` over `x`; `low` to `high` holds the mean at x with 95 % confidence, and is empty for a local line."""

    kind: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray
    high: np.ndarray
    slope: float | None = None


def straight(x: np.ndarray, y: np.ndarray) -> Trend | None:
    """Least squares over all pairs. None where x does not vary or there are fewer than three.

    The interval is that of the mean response: t · s · √(1/n + (x − x̄)² / Σ(xᵢ − x̄)²), with n − 2 degrees of freedom.
    """
    n = len(x)
    if n < FEWEST or not _varies(x):
        return None
    (x, of_x), (y, of_y) = _scaled(x), _scaled(y)
    middle, centred = x.mean(), x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ (y - y.mean())) / spread
    residuals = y - y.mean() - slope * centred
    deviation = np.sqrt(max(float(residuals @ residuals), 0.0) / (n - 2)) if n > 2 else 0.0
    grid = np.linspace(x.min(), x.max(), GRID)
    line = y.mean() + slope * (grid - middle)
    width = t_quantile(n - 2) * deviation * np.sqrt(1 / n + (grid - middle) ** 2 / spread)
    ends = (_unscaled(values, of_y) for values in (line, line - width, line + width))
    return Trend("straight", _unscaled(grid, of_x), *ends, float(_unscaled(slope, of_y - of_x)))


def lowess(x: np.ndarray, y: np.ndarray, *, share: float = 0.4) -> Trend | None:
    """At each of some places a straight line through the nearest share of the points, the nearer the heavier.

    Cleveland 1979, with tricube weights and without his further rounds against outliers. Costs places × share × n.
    """
    n = len(x)
    if n < FEWEST or not _varies(x):
        return None
    order = np.argsort(x, kind="stable")
    (x, of_x), (y, of_y) = _scaled(x[order]), _scaled(y[order])
    near = min(n, max(FEWEST, int(np.ceil(share * n))))
    grid = np.unique(np.quantile(x, np.linspace(0, 1, GRID)))
    line = np.array([_local(x, y, at, near) for at in grid])
    return Trend("local", _unscaled(grid, of_x), _unscaled(line, of_y), np.empty(0), np.empty(0))


def _local(x: np.ndarray, y: np.ndarray, at: float, near: int) -> float:
    start = _nearest(x, at, near)
    x, y = x[start : start + near], y[start : start + near]
    distance = np.abs(x - at)
    reach = distance.max()
    if not reach:
        return float(y.mean())
    weights = (1 - np.minimum(distance / reach, 1) ** 3) ** 3
    total = weights.sum()
    if not total:
        return float(y.mean())
    mean_x, mean_y = weights @ x / total, weights @ y / total
    spread = weights @ (x - mean_x) ** 2
    if spread <= 1e-12 * total * reach**2:
        return float(mean_y)
    return float(mean_y + (weights @ ((x - mean_x) * (y - mean_y))) / spread * (at - mean_x))


def _nearest(x: np.ndarray, at: float, near: int) -> int:
    """Where the `near` values that are nearest to `at` begin, in ascending x."""
    low, high = 0, len(x) - near
    while low < high:
        middle = (low + high) // 2
        if at - x[middle] > x[middle + near] - at:
            low = middle + 1
        else:
            high = middle
    return low


def _varies(x: np.ndarray) -> bool:
    return bool(np.isfinite(x).all()) and bool(x.max() / 2 - x.min() / 2 > 0.5e-12 * np.abs(x).max())


def _scaled(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Within -1 to 1, and the power of two that takes them back: squares of others overflow, or vanish."""
    exponent = int(np.frexp(np.abs(values).max())[1])
    return np.ldexp(values, -exponent), exponent


def _unscaled(values: np.ndarray | float, exponent: int) -> np.ndarray:
    """Never beyond the largest double."""
    with np.errstate(over="ignore"):
        return np.clip(np.ldexp(values, exponent), -LARGEST, LARGEST)
