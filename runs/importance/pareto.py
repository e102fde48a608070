"""Which rows no other beats."""

from __future__ import annotations

import numpy as np


def pareto_front(costs: np.ndarray) -> np.ndarray:
    """A mask of the rows of finite costs that none dominates: is nowhere higher and somewhere lower.

    Exact; equal rows are on the front together or not at all. Costs n times the size of the front.
    """
    rows, back = np.unique(costs, axis=0, return_inverse=True)
    # In this order nothing is dominated by what comes after it.
    kept = np.ones(len(rows), dtype=bool)
    for at in range(len(rows)):
        if kept[at]:
            later = rows[at + 1 :]
            kept[at + 1 :] &= ~(later >= rows[at]).all(axis=1)
    return kept[back.reshape(-1)]
