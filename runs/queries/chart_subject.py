"""What a chart is of: a metric, and the runs whose lines it draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.models import Run


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """Runs that are drawn as one: a line of their mean. `key` is short, and the same wherever the group is shown."""

    key: str
    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ChartSubject:
    """`runs`: drawn as lines, in this order; those of `groups` are drawn as groups instead.

    `baseline`: the run_id that others are measured against; `filter`: by what the runs were chosen, as text.
    """

    key: str
    runs: tuple[Run, ...]
    groups: tuple[ChartGroup, ...] = ()
    baseline: str = ""
    filter: str = ""

    @classmethod
    def of(cls, key: str, runs: Sequence[Run], **more) -> ChartSubject:
        return cls(key, tuple(runs), **more)

    @property
    def members(self) -> list[Run]:
        """All runs there are points of, each once."""
        return list({run.pk: run for run in self._each()}.values())

    def _each(self) -> Iterable[Run]:
        for group in self.groups:
            yield from group.runs
        yield from self.runs
