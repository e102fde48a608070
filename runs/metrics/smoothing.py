"""Smoothing a line: computed on the full data, before it is thinned. NaN and infinities are left out, and stay."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

# Within a piece, weights are powers relative to its start: this many e-folds stay inside a double.
FOLDS_A_PIECE = 300.0
# Values up to here can be multiplied by such powers, and summed up.
LARGEST_VALUE = 1e150
# A weight means the same for ten points and a million: it is per thousandth of the range of x.
STEPS_A_RANGE = 1_000
STRONGEST_EMA = 0.999


class Kind(StrEnum):
    EMA = "ema"
    GAUSS = "gauss"
    MEAN = "mean"


LIMITS = {Kind.EMA: (0.0, STRONGEST_EMA), Kind.GAUSS: (0.5, 100.0), Kind.MEAN: (2.0, 10_000.0)}


@dataclass(frozen=True, slots=True)
class Smoothing:
    """`amount`: of an average that fades its weight, 0 … 1; of a Gaussian its standard deviation in points; of a
    running mean how many points it is of.
    """

    kind: Kind
    amount: float

    @classmethod
    def parse(cls, text: str) -> Smoothing | None:
        """`ema:0.9`, `gauss:20`, `mean:50`, and `0.9` for the first; None where it says nothing of the kind."""
        word, colon, amount = text.strip().partition(":")
        kind = next((kind for kind in Kind if kind == word), None) if colon else Kind.EMA
        try:
            value = float(amount if colon else word)
        except ValueError:
            return None
        if kind is None or not math.isfinite(value) or value <= 0:
            return None
        least, most = LIMITS[kind]
        value = min(max(value, least), most)
        return cls(kind, float(round(value)) if kind is Kind.MEAN else value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.amount:g}"

    @property
    def words(self) -> str:
        return {Kind.EMA: "EMA {:g}", Kind.GAUSS: "Gaussian {:g}", Kind.MEAN: "mean of {:g}"}[self.kind].format(
            self.amount
        )

    def of(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The smoothed y; x must ascend."""
        if self.kind is Kind.EMA:
            return time_weighted_ema(x, y, weight=wandb_weight(self.amount))
        smoothed = gaussian if self.kind is Kind.GAUSS else running_mean
        return of_finite(y, lambda values: smoothed(values, self.amount))


def wandb_weight(amount: float) -> float:
    """W&B's smoothing parameter as a weight: min(√amount, 0.999).

    https://docs.wandb.ai/guides/app/features/panels/line-plot/smoothing ("time weighted EMA"), whose formula
    `time_weighted_ema` is, with VIEWPORT_SCALE = 1000.
    """
    return min(math.sqrt(amount), STRONGEST_EMA)


def of_finite(y: np.ndarray, smoothed: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Smooths the finite values as if the others were not there. Scaled where a sum would overflow."""
    result = y.astype("f8", copy=True)
    finite = np.flatnonzero(np.isfinite(y))
    if len(finite):
        scale = max(1.0, np.abs(y[finite]).max() / LARGEST_VALUE)
        result[finite] = smoothed(y[finite] / scale) * scale
    return result


def gaussian(y: np.ndarray, deviation: float) -> np.ndarray:
    """Average with the weights of a normal distribution over neighbouring points, those within four deviations."""
    from scipy.ndimage import gaussian_filter1d

    kernel = {"sigma": deviation, "mode": "constant", "truncate": 4.0}
    # At the ends there are fewer neighbours: what their weights lack of one is divided out.
    return gaussian_filter1d(y, **kernel) / gaussian_filter1d(np.ones(len(y)), **kernel)


def running_mean(y: np.ndarray, amount: float) -> np.ndarray:
    """Mean of the `amount` points around each, as many as there are at the ends (pandas' rolling, centred).

    By sums of pieces that are only ever added (M. van Herk's scheme, with + for max): a spike leaves no error behind.
    """
    window = int(amount)
    before = window - 1 - (window - 1) // 2
    padded_to = -(-(len(y) + window - 1) // window) * window + window
    both = np.zeros((2, padded_to))
    both[0, before : before + len(y)], both[1, before : before + len(y)] = y, 1.0
    pieces = both.reshape(2, -1, window)
    heads = np.cumsum(pieces, axis=2).reshape(2, -1)
    tails = np.cumsum(pieces[:, :, ::-1], axis=2)[:, :, ::-1].reshape(2, -1)
    starts = np.arange(len(y))
    is_whole = starts % window == 0
    sums, counts = heads[:, starts + window - 1] + np.where(is_whole, 0.0, tails[:, starts])
    return sums / counts


def time_weighted_ema(x: np.ndarray, y: np.ndarray, *, weight: float) -> np.ndarray:
    """Exponential moving average of y where a point's weight fades with distance in x, not with count.

    0 ≤ weight < 1 is what is left of a point's weight after a thousandth of the range of x. Normalised, so
    the start is not pulled to zero. NaN and infinities are left out of the average and stay as they are.
    """
    smooth = y.astype("f8", copy=True)
    finite = np.flatnonzero(np.isfinite(y))
    if weight <= 0 or len(finite) < 2:
        return smooth
    along = x[finite].astype("f8")
    span = along[-1] - along[0]
    if span <= 0:
        return smooth
    # e-folds of fading between the first point and each.
    folds = (along - along[0]) / span * STEPS_A_RANGE * -np.log(weight)
    scale = max(1.0, np.abs(y[finite]).max() / LARGEST_VALUE)
    smooth[finite] = kernel_average(folds, y[finite] / scale) * scale
    return smooth


def kernel_average(folds: np.ndarray, y: np.ndarray) -> np.ndarray:
    """avg_i = Σ_{j≤i} e^(folds_j − folds_i)·y_j / Σ_{j≤i} e^(folds_j − folds_i), `folds` ascending."""
    average = np.empty(len(y))
    carried_sum = carried_weight = 0.0
    start = 0
    while start < len(y):
        end = int(np.searchsorted(folds, folds[start] + FOLDS_A_PIECE, side="right"))
        growth = np.exp(folds[start:end] - folds[start])
        # What the pieces before weigh, seen from this one's start.
        fade = np.exp(folds[start - 1] - folds[start]) if start else 0.0
        weights = carried_weight * fade + np.cumsum(growth)
        sums = carried_sum * fade + np.cumsum(growth * y[start:end])
        average[start:end] = sums / weights
        carried_weight, carried_sum = weights[-1] / growth[-1], sums[-1] / growth[-1]
        start = end
    return average
