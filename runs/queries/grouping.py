"""Runs grouped by what they have of some keys, or of all params but some: exact, over all runs of a set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import numpy as np
from django.http import QueryDict

from runs.models import Experiment, KeyKind
from runs.queries.group_codes import FieldValues, GroupKey
from runs.queries.group_members import Members, members
from runs.queries.group_values import field_values, read_texts
from runs.queries.run_columns import KINDS, key_uses, split_specs
from runs.queries.run_set import RunSet
from trackui.errors import InvalidParameterValue

ALL = "all"
ATTRIBUTES = {"user": "user_id", "user_id": "user_id", "status": "status", "experiment": "experiment_id"}
# Params that tell apart runs that are meant to be alike.
SEED_LIKE = re.compile(r"(.*[_.\-/ ])?(seed|random_state|run_index|run_idx|replicate)", re.IGNORECASE)
MOST_KEYS = 1_000
NOT_SET = "not set"


def is_seed_like(name: str) -> bool:
    return SEED_LIKE.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Grouping:
    """What the address says: `group=params.model,params.lr`, or `group=all&except=params.seed`.

    `is_guess`: by all params, and which of them are seeds is to be guessed from their names.
    """

    fields: tuple[str, ...] = ()
    is_all: bool = False
    left_out: tuple[str, ...] = ()
    is_guess: bool = False

    @classmethod
    def from_query(cls, query: QueryDict) -> Grouping:
        fields = split_specs(query.getlist("group"))
        if ALL not in fields:
            return cls(tuple(field for field in fields if "\0" not in field))
        is_guess = "except" not in query
        return cls((), True, split_specs(query.getlist("except")), is_guess)

    @classmethod
    def of_configurations(cls) -> Grouping:
        """By all params but what looks like a seed."""
        return cls(is_all=True, is_guess=True)

    @property
    def is_empty(self) -> bool:
        return not self.fields and not self.is_all


@dataclass(frozen=True, slots=True)
class RunGroup:
    """`values`: of each field, None where it is not set; `label`: of the fields that differ between the groups.

    `pks`: primary keys of its runs, the latest made first. `key` stays the same when runs join or leave.
    """

    values: tuple[tuple[str, str | None], ...]
    label: str
    pks: list[int]
    key: str


@dataclass(frozen=True, slots=True)
class GroupKeys:
    """What a grouping means in an experiment. `left_out`: params it has and that do not count; `unknown`: fields that
    no run has.
    """

    keys: tuple[GroupKey, ...]
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def group_keys(experiments: Sequence[int], grouping: Grouping) -> GroupKeys:
    """One statement."""
    if not grouping.is_all:
        return _named_keys(experiments, grouping.fields)
    uses = key_uses(experiments, kind=KeyKind.PARAM, at_most=MOST_KEYS + 1)
    if len(uses) > MOST_KEYS:
        raise InvalidParameterValue(f"These runs have more than {MOST_KEYS:,} params. Choose some to group by.")
    if grouping.is_guess:
        left_out = {use.field for use in uses if is_seed_like(use.name)}
    else:
        left_out = set(grouping.left_out)
    uses = sorted(uses, key=lambda use: use.name)
    return GroupKeys(
        tuple(GroupKey(use.field, use.kind, use.key_id) for use in uses if use.field not in left_out),
        tuple(use.field for use in uses if use.field in left_out),
    )


def _named_keys(experiments: Sequence[int], fields: Sequence[str]) -> GroupKeys:
    kinds = {KeyKind.PARAM, KeyKind.TAG}
    names = {field.partition(".")[2] for field in fields if KINDS.get(field.partition(".")[0]) in kinds}
    uses = {use.field: use for use in key_uses(experiments, names=names)} if names - {""} else {}
    keys, unknown = {}, []
    for named in fields:
        if column := ATTRIBUTES.get(named):
            keys[column] = GroupKey(named, column=column)
        elif (use := uses.get(named)) and use.kind in kinds:
            keys[named] = GroupKey(named, use.kind, use.key_id)
        else:
            unknown.append(named)
    return GroupKeys(tuple(keys.values()), unknown=tuple(unknown))


@dataclass
class GroupedRuns:
    """Groups as arrays. They are in the order of their values: numbers, then texts, then what is not set.

    `groups`: for each member the number of its group; `firsts`: for each group the place of one member.
    """

    members: Members
    keys: GroupKeys
    fields: list[FieldValues]
    groups: np.ndarray
    firsts: np.ndarray
    counts: np.ndarray
    _labels: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def differing(self) -> list[FieldValues]:
        return [values for values in self.fields if not values.is_constant]

    @cached_property
    def constant(self) -> list[FieldValues]:
        """What all groups share; a field that no run of the set has is not among it."""
        return [values for values in self.fields if values.is_constant and values.values]

    @cached_property
    def _hashes(self) -> np.ndarray:
        """The sum of what each set value stands for: the same whichever other runs and constants there are."""
        total = np.zeros(len(self), dtype=np.uint64)
        for values in self.fields:
            each = [_hash(values.field, value.identity) for value in values.values]
            total += np.array([*each, 0], dtype=np.uint64)[values.codes[self.firsts]]
        return total

    def key(self, group: int) -> str:
        return _key(int(self._hashes[group]))

    def find(self, key: str) -> int | None:
        """The group with this key."""
        try:
            wanted = int(key, 16) if len(key) == 12 else -1
        except ValueError:
            return None
        if wanted < 0:
            return None
        found = np.flatnonzero(self._hashes >> np.uint64(16) == np.uint64(wanted))
        return int(found[0]) if len(found) else None

    @cached_property
    def _by_group(self) -> tuple[np.ndarray, np.ndarray]:
        return np.argsort(self.groups, kind="stable"), np.concatenate(([0], np.cumsum(self.counts)))

    def places(self, group: int) -> np.ndarray:
        """Where its members are among all, the latest made first."""
        order, starts = self._by_group
        return order[starts[group] : starts[group + 1]][::-1]

    def pks(self, group: int) -> list[int]:
        return self.members.pks[self.places(group)].tolist()

    def read_texts(self, groups: Iterable[int]) -> None:
        """What `values` and `label` of these groups need. At most one statement."""
        firsts = self.firsts[np.fromiter(groups, dtype=np.int64)]
        read_texts(
            self.members, [(values, int(code)) for values in self.fields for code in np.unique(values.codes[firsts])]
        )

    def value(self, values: FieldValues, group: int) -> str | None:
        value = values.value_of(self.firsts[group])
        return value.text if value else None

    def values(self, group: int) -> tuple[tuple[str, str | None], ...]:
        return tuple((values.field, self.value(values, group)) for values in self.fields)

    def label(self, group: int) -> str:
        return label_of((values.field, self.value(values, group)) for values in self.differing)


def label_of(values: Iterable[tuple[str, str | None]]) -> str:
    """`model mlp, lr 0.001`."""
    parts = (f"{short_name(field)} {NOT_SET if text is None else text or '(empty)'}" for field, text in values)
    return ", ".join(parts) or "all runs"


def short_name(field: str) -> str:
    """A field without its kind, as people call it."""
    word, dot, name = field.partition(".")
    return name if dot and word in KINDS else field


def _hash(field: str, identity: str) -> int:
    return int.from_bytes(blake2b(f"{field}\0{identity}".encode(), digest_size=8).digest())


def _key(total: int) -> str:
    return f"{total >> 16:012x}"


def key_of(values: Iterable[tuple[str, str]]) -> str:
    """Of the group of runs with these fields and identities of values, and nothing else set."""
    return _key(sum(_hash(field, identity) for field, identity in values) % 2**64)


def grouped_runs(run_set: RunSet, grouping: Grouping) -> GroupedRuns:
    """All groups of a set of up to 200,000 runs; TooManyRuns beyond.

    A handful of statements, and of a large set up to three a key. 20,000 groups of 100,000 runs by seven params take
    some 0.15 s and 30 MiB.
    """
    found = group_keys(run_set.search.experiments, grouping)
    return grouped(members(run_set), found)


def grouped(runs: Members, keys: GroupKeys) -> GroupedRuns:
    fields = field_values(runs, keys.keys)
    _name_experiments(fields)
    combined, size = np.zeros(len(runs), dtype=np.int64), 1
    for values in fields:
        width = len(values.values) + 1
        if size * width >= 2**62:
            kept, combined = np.unique(combined, return_inverse=True)
            size = len(kept)
        combined, size = combined * width + values.codes, size * width
    _, firsts, groups, counts = np.unique(combined, return_index=True, return_inverse=True, return_counts=True)
    return GroupedRuns(runs, keys, fields, groups, firsts, counts)


def _name_experiments(fields: Iterable[FieldValues]) -> None:
    for values in fields:
        if values.key.column == "experiment_id":
            names = dict(
                Experiment.objects.filter(pk__in=[int(v.text) for v in values.values]).values_list("pk", "name")
            )
            for value in values.values:
                value.text = names.get(int(value.text), value.text)


def run_groups(run_set: RunSet, grouping: Grouping) -> list[RunGroup]:
    """All groups, in the order of their values; those without a key are in a group of their own ("not set").

    TooManyRuns (a TrackingError with a message for people) beyond 200,000 runs.
    """
    found = grouped_runs(run_set, grouping)
    found.read_texts(range(len(found)))
    return [RunGroup(found.values(i), found.label(i), found.pks(i), found.key(i)) for i in range(len(found))]
