"""Smoothing a line: computed on the full data, before it is thinned."""

from __future__ import annotations

import numpy as np

# Within a piece, weights are powers relative to its start: this many e-folds stay inside a double.
FOLDS_A_PIECE = 300.0
# Values up to here can be multiplied by such powers, and summed up.
LARGEST_VALUE = 1e150
# A weight means the same for ten points and a million: it is per thousandth of the range of x.
STEPS_A_RANGE = 1_000


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
