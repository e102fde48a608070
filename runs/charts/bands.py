"""The band around a mean as closed outlines."""

from __future__ import annotations

import numpy as np

from runs.charts.series import Series


def band_pieces(one: Series) -> list[tuple[np.ndarray, np.ndarray]]:
    """Along the upper bound and back along the lower, a piece a stretch without a gap; a NaN after all but the last."""
    has_band = np.isfinite(one.low) & np.isfinite(one.high)
    if not has_band.any():
        return []
    starts = np.flatnonzero(has_band & ~np.append(False, has_band[:-1]))
    ends = np.flatnonzero(has_band & ~np.append(has_band[1:], False)) + 1
    pieces = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        x = one.x[start:end].astype("f8")
        gap = [np.nan] if end != ends[-1] else []
        pieces.append(
            (np.concatenate([x, x[::-1], gap]), np.concatenate([one.high[start:end], one.low[start:end][::-1], gap]))
        )
    return pieces
