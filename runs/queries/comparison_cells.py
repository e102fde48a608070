"""What one run has in a row of a comparison, written for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runs.metrics.direction import DirectionOfMetric
from runs.queries.baseline import delta
from trackui import formats


@dataclass(frozen=True)
class Cell:
    """What one run has in a row. `text` is None where it has nothing; `value` is the number behind a metric's text.

    `change`, `difference`: from the reference, in percent and as it is. `tone`: `up` is better than the reference,
    `down` worse, empty where that is not known. `href`: a page elsewhere that shows what changed.
    """

    text: str | None
    value: float | None = None
    is_changed: bool = False
    is_best: bool = False
    change: str = ""
    difference: str = ""
    tone: str = ""
    href: str = ""


def metric_cells(values: Sequence[float | None], best: float | None, direction: DirectionOfMetric) -> tuple[Cell, ...]:
    """The first is the reference; all have the same decimals."""
    decimals = shared_decimals(values)
    return tuple(
        metric_cell(value, values[0], decimals, direction, is_best=best is not None and value == best, is_first=not at)
        for at, value in enumerate(values)
    )


def metric_cell(
    value: float | None,
    reference: float | None,
    decimals: int | None,
    direction: DirectionOfMetric,
    *,
    is_best: bool,
    is_first: bool,
) -> Cell:
    is_changed = not same_number(value, reference)
    moved = delta(value, reference) if is_changed and not is_first else None
    return Cell(
        text=None if value is None else formats.number(value, decimals),
        value=value,
        is_changed=is_changed,
        is_best=is_best,
        change=formats.change(value, reference) if is_changed and not is_first else "",
        difference=formats.signed(moved.absolute) if moved else "",
        tone=tone(value, reference, direction),
    )


def shared_decimals(values: Sequence[float | None]) -> int | None:
    """None where all are tiny: then powers of ten say more than zeros."""
    if all(abs(value) < 1e-4 for value in values if value is not None and math.isfinite(value)):
        return None
    return formats.decimals_for(values)


def same_number(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def tone(value: float | None, reference: float | None, direction: DirectionOfMetric) -> str:
    if value is None or reference is None or direction.direction is None:
        return ""
    if value > reference:
        return "up" if direction.higher_is_better else "down"
    if value < reference:
        return "down" if direction.higher_is_better else "up"
    return ""
