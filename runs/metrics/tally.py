"""What stands behind a drawn line: how many points, and what cannot be said of them without unpacking them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runs.metrics.windows import Window


class Tally(NamedTuple):
    """Points in a window, drawn or not.

    - not_positive_count: of finite ones; there may be more where `more_not_positive`;
    - unread: of `count`, those in blocks drawn from their heads; damaged ones are not among them;
    - is_about: blocks across an end of the window are counted as if all of them were inside;
    - has_vague_marks: NaN or infinities are somewhere in a block, and are marked in the middle of it.
    """

    count: int = 0
    nan_count: int = 0
    infinity_count: int = 0
    not_positive_count: int = 0
    unread: int = 0
    damaged_blocks: int = 0
    damaged_points: int = 0
    more_not_positive: bool = False
    is_about: bool = False
    has_vague_marks: bool = False

    def plus(self, other: Tally) -> Tally:
        return Tally(*(a or b if isinstance(a, bool) else a + b for a, b in zip(self, other, strict=True)))


def tally_of_values(values: np.ndarray) -> Tally:
    is_finite = np.isfinite(values)
    if is_finite.all():
        return Tally(len(values), not_positive_count=int(np.count_nonzero(values <= 0)))
    nan_count = int(np.count_nonzero(np.isnan(values)))
    return Tally(
        count=len(values),
        nan_count=nan_count,
        infinity_count=len(values) - int(np.count_nonzero(is_finite)) - nan_count,
        not_positive_count=int(np.count_nonzero(is_finite & (values <= 0))),
    )


def tally_of_heads(heads: np.ndarray, is_damaged: np.ndarray, window: Window) -> Tally:
    """Of blocks that are not unpacked, `windows.HEAD`; those beyond the window do not count."""
    shown = (heads["high"] >= window.low) & (heads["low"] <= window.high)
    heads, is_damaged = heads[shown], is_damaged[shown]
    counts = heads["count"]
    infinities = heads["plus_inf_count"] + heads["minus_inf_count"]
    none_positive, some_positive = heads["max_value"] <= 0, heads["max_value"] > 0
    mixed = some_positive & (heads["min_value"] <= 0)
    return Tally(
        count=int(counts.sum()),
        nan_count=int(heads["nan_count"].sum()),
        infinity_count=int(infinities.sum()),
        not_positive_count=int((counts - heads["nan_count"] - infinities)[none_positive].sum() + mixed.sum()),
        unread=int(counts[~is_damaged].sum()),
        damaged_blocks=int(is_damaged.sum()),
        damaged_points=int(counts[is_damaged].sum()),
        more_not_positive=bool(mixed.any()),
        is_about=bool(((heads["low"] < window.low) | (heads["high"] > window.high)).any()),
        has_vague_marks=any(bool(is_vague(heads, *odd).any()) for odd in ODD_VALUES),
    )


ODD_VALUES = (("nan_count", np.nan), ("plus_inf_count", np.inf), ("minus_inf_count", -np.inf))


def is_vague(heads: np.ndarray, counted_as: str, value: float) -> np.ndarray:
    """Blocks that have such a value, but neither at their first nor at their last point."""
    has_any = heads[counted_as] > 0
    if not has_any.any():
        return has_any
    ends = (heads["first_value"], heads["last_value"])
    at_an_end = [np.isnan(end) if np.isnan(value) else end == value for end in ends]
    return has_any & ~at_an_end[0] & ~at_an_end[1]
