"""How a search was found: what was tried, what it said and took, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

from trackui.db import fetch_all
from trackui.search.sql import Sql


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: what it was for, and what it said in words. `sql` has its parameters as %s, beside it."""

    purpose: str
    finding: str
    sql: str
    params: tuple
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`choices`: what was decided and why, in order, the last one last."""

    steps: tuple[Step, ...]
    choices: tuple[str, ...]

    @property
    def milliseconds(self) -> float:
        return sum(step.milliseconds for step in self.steps)


@dataclass(slots=True)
class Recorder:
    """Runs the statements of a search, and remembers them."""

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
        self.steps.append(Step(purpose, finding, text, params, milliseconds))
        return found

    def chose(self, choice: str) -> None:
        if choice not in self.choices:
            self.choices.append(choice)

    def plan(self) -> Plan:
        return Plan(tuple(self.steps), tuple(self.choices))
