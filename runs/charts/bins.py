"""Bins of a histogram and of a grid: where they end, and how many values are in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.charts.axes import Axis, AxisScale
from trackui.formats import number

MOST_BINS = 200
FEW_VALUES = 30


@dataclass(frozen=True)
class Bins:
    """Each holds its lower edge and not its upper one, the last one both."""

    edges: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, edges: np.ndarray, axis: Axis) -> Bins:
        return cls(edges, np.bincount(bin_of(values, edges), minlength=len(edges) - 1))

    def said(self, axis: Axis) -> str:
        """What a bin is."""
        bins = len(self.counts)
        if axis.scale is AxisScale.CATEGORY:
            return f"{bins} values"
        if bins == 1:
            return "one bin"
        if axis.is_log:
            return f"{bins} bins, each {number(float(self.edges[1] / self.edges[0]))} times the one before"
        return f"{bins} bins of equal width"


def bin_of(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The number of the bin of each value; all lie between the first edge and the last."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def bin_edges(axis: Axis, values: np.ndarray, *, wanted: int | None = None) -> np.ndarray:
    """As many as wanted, else by Freedman and Diaconis 1981 (2 · IQR / n^⅓), not fewer than Sturges' log2 n + 1.

    They begin at the least value and end at the greatest; of categories each has one, of whole numbers that are few
    each has one too.
    """
    if axis.scale is AxisScale.CATEGORY:
        return np.arange(len(axis.categories) + 1) - 0.5
    if wanted is None and not axis.is_log and is_few_integers(values):
        return np.arange(values.min(), values.max() + 2) - 0.5
    values = np.log10(values) if axis.is_log else values
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = abs(low) * 1e-3 or 0.5
        edges = np.array([low - room, high + room])
    else:
        # Halved: the range of two doubles need not be a double.
        edges = np.linspace(low / 2, high / 2, (wanted or automatic(values, low, high)) + 1) * 2
        edges[0], edges[-1] = low, high
    if not axis.is_log:
        return edges
    powers = np.power(10.0, edges)
    if len(powers) > 2:
        # Rounding must not leave the extremes outside.
        powers[0], powers[-1] = 10.0**low, 10.0**high
    return powers


def is_few_integers(values: np.ndarray) -> bool:
    """Whether each can have a bin of its own; between doubles beyond 2^52 there is no place for an edge."""
    low, high = float(values.min()), float(values.max())
    return max(-low, high) < 2**52 and high - low <= FEW_VALUES and bool((values == np.floor(values)).all())


def automatic(values: np.ndarray, low: float, high: float) -> int:
    lower, upper = np.quantile(values, (0.25, 0.75))
    width = 4 * float(upper / 2 - lower / 2) / len(values) ** (1 / 3)
    sturges = int(np.ceil(np.log2(len(values)))) + 1
    by_width = (high - low) / width if width > (high - low) / MOST_BINS else (MOST_BINS if width > 0 else sturges)
    return int(min(MOST_BINS, max(sturges, np.ceil(by_width))))
