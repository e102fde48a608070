"""One metric on two sides: everything that is asked of it, each worked out when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runs.statistics.bootstrap import BootstrapInterval, bootstrap_difference
from runs.statistics.describe import FEW, Description, describe
from runs.statistics.effects import hedges_g
from runs.statistics.mann_whitney import MannWhitney, mann_whitney
from runs.statistics.welch import Welch, welch


@dataclass(frozen=True)
class TwoSides:
    """The values of one metric on two sides. Differences are from a to b."""

    a: np.ndarray
    b: np.ndarray

    @cached_property
    def of_a(self) -> Description:
        return describe(self.a)

    @cached_property
    def of_b(self) -> Description:
        return describe(self.b)

    @property
    def difference(self) -> float | None:
        return self.of_b.mean - self.of_a.mean if self.of_a.n and self.of_b.n else None

    @cached_property
    def welch(self) -> Welch | None:
        return welch(self.of_a, self.of_b)

    @cached_property
    def mann_whitney(self) -> MannWhitney | None:
        return mann_whitney(self.a, self.b)

    @cached_property
    def bootstrap(self) -> BootstrapInterval | None:
        return bootstrap_difference(self.a, self.b)

    @cached_property
    def hedges_g(self) -> float | None:
        return hedges_g(self.of_a, self.of_b)

    @property
    def is_few(self) -> bool:
        return min(self.of_a.n, self.of_b.n) < FEW

    @property
    def no_test(self) -> str:
        """Why there is no test; nothing where there is one."""
        if not self.of_a.n or not self.of_b.n:
            return "one side has no value"
        if self.of_a.n < 2 or self.of_b.n < 2:
            return "a side of one run has no spread"
        return "" if self.welch else "the runs of each side are all alike"
