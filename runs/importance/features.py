"""Params of runs as columns of numbers that trees can split, and what is left out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runs.importance.association import Association, by_groups, by_ranks
from runs.importance.correlation import spearman

# A text that is different in nearly every run is a name, not a setting.
MOST_DISTINCT_SHARE = 0.5
FEWEST_TO_JUDGE = 20
TOGETHER = 0.9


@dataclass(frozen=True)
class Feature:
    """One param. `values`: numbers, NaN where it is not set; or positions in `categories`, each set one whole."""

    spec: str
    name: str
    values: np.ndarray
    categories: tuple[str, ...] = ()

    @property
    def is_category(self) -> bool:
        return bool(self.categories)

    @property
    def distinct(self) -> int:
        """Different values; not being set is one."""
        finite = np.isfinite(self.values)
        return len(np.unique(self.values[finite])) + int(not finite.all())

    def association(self, y: np.ndarray) -> Association:
        if self.is_category:
            return by_groups(self.values.astype("i8"), y)
        return by_ranks(self.values, y)


@dataclass(frozen=True)
class Sorted:
    """`constant` ones say nothing; `named` ones have a value of their own in nearly every run."""

    used: list[Feature]
    constant: list[str]
    named: list[str]


def sort_out(features: Sequence[Feature]) -> Sorted:
    used, constant, named = [], [], []
    for feature in features:
        runs = len(feature.values)
        if feature.distinct < 2:
            constant.append(feature.name)
        elif feature.is_category and runs >= FEWEST_TO_JUDGE and feature.distinct > MOST_DISTINCT_SHARE * runs:
            named.append(feature.name)
        else:
            used.append(feature)
    return Sorted(used, constant, named)


def moving_together(features: Sequence[Feature]) -> list[tuple[str, str, float]]:
    """Pairs that can hardly be told apart: of numbers by Spearman's ρ, others where each value means one of the other.

    Costs n log n a feature and n a pair.
    """
    pairs = []
    for at, one in enumerate(features):
        for other in features[at + 1 :]:
            strength = _together(one, other)
            if abs(strength) >= TOGETHER:
                pairs.append((one.name, other.name, strength))
    return sorted(pairs, key=lambda pair: -abs(pair[2]))


def _together(one: Feature, other: Feature) -> float:
    if not one.is_category and not other.is_category:
        usable = np.isfinite(one.values) & np.isfinite(other.values)
        if usable.mean() >= 0.5 and usable.sum() >= FEWEST_TO_JUDGE / 2:
            return spearman(one.values[usable], other.values[usable]).value or 0.0
    codes, others = _codes(one), _codes(other)
    pairs = len(np.unique(codes * (others.max() + 1) + others))
    return 1.0 if pairs == codes.max() + 1 == others.max() + 1 else 0.0


def _codes(feature: Feature) -> np.ndarray:
    """0, 1, 2, … for its different values, none being one."""
    return np.unique(np.where(np.isfinite(feature.values), feature.values, -np.inf), return_inverse=True)[1]


def matrix(features: Sequence[Feature]) -> np.ndarray:
    """A row a run; trees take NaN as a value of its own. Single precision is what they count in."""
    return np.column_stack([feature.values for feature in features]).clip(-3e38, 3e38).astype("f4")
