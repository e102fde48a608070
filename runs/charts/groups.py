"""Numbers of runs in groups: quartiles for boxes, means with their interval for bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runs.statistics.describe import describe
from runs.statistics.student import t_quantile

REACH = 1.5


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """Of the finite values of a group, over all members.

    Quartiles by linear interpolation; `lower` and `upper`: the farthest values within 1.5 times the distance of the
    quartiles from them (Tukey 1977). `half`: half the 95 % interval of the mean by Student's t; None for one member.
    """

    name: str
    n: int
    mean: float
    deviation: float | None
    half: float | None
    least: float
    lower: float
    quartile_1: float
    median: float
    quartile_3: float
    upper: float
    greatest: float


def group_numbers(name: str, values: np.ndarray) -> GroupNumbers:
    """Of one finite value at least."""
    found = describe(values)
    # Quartered: the distance of two doubles need not be a double.
    quarters = np.quantile(values / 4, (0.25, 0.5, 0.75)) * 4
    quartile_1, median, quartile_3 = np.clip(quarters, found.min, found.max).tolist()
    reach = REACH * (quartile_3 - quartile_1)
    within = values[(values >= quartile_1 - reach) & (values <= quartile_3 + reach)]
    return GroupNumbers(
        name=name,
        n=found.n,
        mean=found.mean,
        deviation=found.std,
        half=None if found.se is None else float(t_quantile(found.n - 1)) * found.se,
        least=found.min,
        lower=min(float(within.min()), quartile_1) if len(within) else quartile_1,
        quartile_1=quartile_1,
        median=median,
        quartile_3=quartile_3,
        upper=max(float(within.max()), quartile_3) if len(within) else quartile_3,
        greatest=found.max,
    )
