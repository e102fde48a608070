"""How a search was found: what was tried, what it said and took, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from runs.search.examined import examined
from trackui.db import fetch_all
from trackui.search.sql import Sql


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: what it was for, and what it said in words. `sql` has its parameters as %s, beside it.

    `indexes`: those it went by; `rows`: how many it looked at, None where the database cannot tell.
    """

    purpose: str
    finding: str
    sql: str
    params: tuple
    milliseconds: float
    indexes: tuple[str, ...] = ()
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`choices`: what was decided and why, in order, the last one last. `advice`: what would make it quicker."""

    steps: tuple[Step, ...]
    choices: tuple[str, ...]
    advice: tuple[str, ...] = ()

    @property
    def tells_rows(self) -> bool:
        return any(step.rows is not None for step in self.steps)

    @property
    def rows(self) -> int:
        return sum(step.rows or 0 for step in self.steps)

    @property
    def milliseconds(self) -> float:
        return sum(step.milliseconds for step in self.steps)


@dataclass(slots=True)
class Recorder:
    """Runs the statements of a search, and remembers them; `is_asking`: the database says how it goes about each."""

    is_asking: bool = False
    steps: list[Step] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    def rows(self, purpose: str, *parts: Sql) -> list[tuple]:
        text = " ".join(part.text for part in parts)
        params = tuple(p for part in parts for p in part.params)
        start = perf_counter()
        found = fetch_all(text, params)
        milliseconds = 1000 * (perf_counter() - start)
        is_count = purpose.startswith("Count")
        finding = f"{found[0][0]:,}" if is_count else f"{len(found):,} row{'' if len(found) == 1 else 's'}"
        how = examined(text, params) if self.is_asking else ()
        self.steps.append(Step(purpose, finding, text, params, milliseconds, *how))
        return found

    def chose(self, choice: str) -> None:
        if choice not in self.choices:
            self.choices.append(choice)

    def plan(self, advice: Sequence[str] = ()) -> Plan:
        return Plan(tuple(self.steps), tuple(self.choices), tuple(advice))
