"""What it would mean to merge one tag's key into another."""

from __future__ import annotations

from dataclasses import dataclass, field

from runs.keys import key_ids
from trackui.db import fetch_all
from trackui.errors import shorten

SHOWN = 100
LONGEST = 200


@dataclass(frozen=True, slots=True)
class TagTable:
    """`owner`: the column of whom a tag is, a row of `owners`; `label`: what a person calls one, in SQL over it.

    `key`: the column that tells tags of an owner apart.
    """

    table: str
    owner: str
    owners: str
    label: str
    key: str = "key"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Has both keys, with different values."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MergePlan:
    """`moved`: those that have the old key alone. `same`: both keys, with one value. `differing`: with two.

    `conflicts`: the first of those that differ. `owners`: primary keys of all that have the old key, rising.
    """

    owners: list[int] = field(default_factory=list)
    moved: int = 0
    same: int = 0
    differing: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.owners)


RUNS = TagTable("runs_runtag", "run_id", "runs_run", "owner.run_id", "key_id")


def plan_of(tags: TagTable, old: str | int, new: str | int) -> MergePlan:
    """`old`, `new`: values of the column `key`. Two statements."""
    both = (
        f"FROM {tags.table} a LEFT JOIN {tags.table} b ON b.{tags.owner} = a.{tags.owner} AND b.{tags.key} = %s"
        f" JOIN {tags.owners} owner ON owner.id = a.{tags.owner} WHERE a.{tags.key} = %s"
    )
    outcome = f"CASE WHEN b.{tags.key} IS NULL THEN 0 WHEN b.value = a.value THEN 1 ELSE 2 END"
    rows = fetch_all(f"SELECT a.{tags.owner}, {outcome} {both} ORDER BY 1", (new, old))
    conflicts = fetch_all(
        f"SELECT {tags.label}, a.value, b.value {both} AND b.value <> a.value ORDER BY a.{tags.owner} LIMIT {SHOWN}",
        (new, old),
    )
    outcomes = [found for _, found in rows]
    return MergePlan(
        [pk for pk, _ in rows],
        *(outcomes.count(each) for each in range(3)),
        [Conflict(label, shorten(a, LONGEST), shorten(b, LONGEST)) for label, a, b in conflicts],
    )


def run_merge_plan(old: str, new: str) -> MergePlan:
    """Of runs, deleted ones among them. Three statements."""
    ids = key_ids([old, new])
    return plan_of(RUNS, ids[old], ids.get(new, -1)) if old in ids else MergePlan()
