"""The experiments that a run table is of: one, or several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from runs.search.run_search import Condition, Scope, compile_order_by, search_run_ids

# What is constant or has few values is seen in so many of the newest runs.
SAMPLE = 200


@dataclass(frozen=True)
class RunScope:
    experiments: tuple[int, ...]

    @property
    def is_single(self) -> bool:
        return len(self.experiments) == 1

    @property
    def only(self) -> int | None:
        """The experiment, where there is just one."""
        return self.experiments[0] if self.is_single else None

    @property
    def searched(self) -> Scope:
        return Scope(self.experiments)

    @cached_property
    def newest(self) -> list[int]:
        """Primary keys of the newest active runs. A statement, and some more where experiments are many."""
        order = compile_order_by([], scope=self.searched)
        return search_run_ids(self.experiments, Condition(), order, limit=SAMPLE)


def scope_of(experiments: int | Iterable[int] | RunScope) -> RunScope:
    """Whichever way it is said."""
    if isinstance(experiments, RunScope):
        return experiments
    return RunScope((experiments,) if isinstance(experiments, int) else tuple(dict.fromkeys(experiments)))
