"""What it would mean to merge one tag's key into another, of models or of versions."""

from __future__ import annotations

from dataclasses import dataclass, field

from trackui.db import fetch_all
from trackui.errors import shorten

SHOWN = 100
LONGEST = 200


@dataclass(frozen=True, slots=True)
class TagTable:
    """`owner`: the column of whom a tag is; `label`: what a person calls one, in SQL over `joined`."""

    table: str
    owner: str
    joined: str
    label: str


TABLES = {
    "models": TagTable("registry_registeredmodeltag", "registered_model_id", "registry_registeredmodel", "owner.name"),
    "versions": TagTable(
        "registry_modelversiontag",
        "model_version_id",
        "registry_modelversion",
        "owner.name || ' version ' || CAST(owner.version AS TEXT)",
    ),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Has both keys, with different values."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MergePlan:
    """`moved`: those that have the old key alone. `same`: both keys, with one value. `differing`: with two.

    `conflicts`: the first of those that differ. `owners`: primary keys of all that have the old key.
    """

    owners: list[int] = field(default_factory=list)
    moved: int = 0
    same: int = 0
    differing: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.owners)


def merge_plan(kind: str, old: str, new: str) -> MergePlan:
    """`kind`: models or versions. Two statements."""
    tags = TABLES[kind]
    both = (
        f"FROM {tags.table} a LEFT JOIN {tags.table} b ON b.{tags.owner} = a.{tags.owner} AND b.key = %s"
        f" JOIN {tags.joined} owner ON owner.id = a.{tags.owner} WHERE a.key = %s"
    )
    rows = fetch_all(
        f"SELECT a.{tags.owner}, CASE WHEN b.key IS NULL THEN 0 WHEN b.value = a.value THEN 1 ELSE 2 END"
        f" {both} ORDER BY 1",
        (new, old),
    )
    found = [outcome for _, outcome in rows]
    conflicts = fetch_all(
        f"SELECT {tags.label}, a.value, b.value {both} AND b.value <> a.value ORDER BY a.{tags.owner} LIMIT {SHOWN}",
        (new, old),
    )
    return MergePlan(
        [pk for pk, _ in rows],
        *(found.count(outcome) for outcome in (0, 1, 2)),
        [Conflict(label, shorten(a, LONGEST), shorten(b, LONGEST)) for label, a, b in conflicts],
    )
