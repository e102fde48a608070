"""Points coloured by a number or by what they are: a scale, or a colour a category."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runs.charts.axes import spans_decades
from trackui.formats import number

PLAIN = "var(--run-1)"
NOT_SET = "var(--line-strong)"
# Viridis (van der Walt and Smith 2015) rises evenly in lightness, so that it is read without colour too. Without
# its ends, which are lost on a dark and on a light ground.
STOPS = ("#46327e", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#dde318")
SCALE = [[round(at / (len(STOPS) - 1), 4), colour] for at, colour in enumerate(STOPS)]
STEPS = 32


@dataclass(frozen=True)
class ColourBy:
    """`numbers` with NaN where there is none, or `groups` (positions in `names`, −1 for none)."""

    title: str = ""
    numbers: np.ndarray | None = None
    groups: np.ndarray | None = None
    names: tuple[str, ...] = field(default=())

    @property
    def is_log(self) -> bool:
        return self.numbers is not None and spans_decades(self.numbers[np.isfinite(self.numbers)])

    @property
    def shown(self) -> np.ndarray:
        """Numbers as the scale counts them."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(self.numbers) if self.is_log else self.numbers

    def marker(self, positions: np.ndarray) -> dict[str, Any]:
        """Of Plotly, for some of the points."""
        if self.numbers is not None:
            low, high = self.ends()
            return {"color": self.shown[positions], "colorscale": SCALE, "cmin": low, "cmax": high}
        return {"color": self.colours(positions)}

    def ends(self) -> tuple[float, float]:
        finite = self.shown[np.isfinite(self.shown)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)

    def share(self, values: np.ndarray) -> np.ndarray:
        """Where they stand between the ends, from 0 to 1; `values` as the scale counts them."""
        low, high = self.ends()
        # Halved: the range of two doubles need not be a double.
        span = high / 2 - low / 2
        return (values / 2 - low / 2) / span if span else np.where(np.isfinite(values), 0.5, np.nan)

    def colours(self, positions: np.ndarray) -> list[str]:
        """A colour a point, for drawings."""
        if self.groups is not None:
            return [group_colour(group) for group in self.groups[positions].tolist()]
        if self.numbers is None:
            return [PLAIN] * len(positions)
        share = self.share(self.shown[positions])
        return [NOT_SET if not np.isfinite(one) else scale_colour(one) for one in share.tolist()]

    def texts(self, positions: np.ndarray) -> list[str]:
        """What a point is, for hover."""
        if self.groups is not None:
            return [self.names[group] if group >= 0 else "not set" for group in self.groups[positions].tolist()]
        if self.numbers is not None:
            return [number(value) for value in self.numbers[positions].tolist()]
        return [""] * len(positions)


def group_colour(group: int) -> str:
    return NOT_SET if group < 0 else f"var(--run-{group % 12 + 1})"


def scale_colour(share: float) -> str:
    """Between the stops, in so many steps: few different colours make small drawings."""
    share = round(min(max(share, 0.0), 1.0) * STEPS) / STEPS * (len(STOPS) - 1)
    before = min(int(share), len(STOPS) - 2)
    parts = ((int(STOPS[before][at : at + 2], 16), int(STOPS[before + 1][at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (other - one) * (share - before)):02x}" for one, other in parts)
