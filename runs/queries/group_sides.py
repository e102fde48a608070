"""The two groups that an address compares: groups of a grouping by their keys, or what two filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.queries.group_codes import FieldValues
from runs.queries.group_filter import group_filter
from runs.queries.group_members import Members
from runs.queries.group_values import field_values, read_texts
from runs.queries.grouping import GroupedRuns, Grouping, group_keys, is_seed_like, short_name
from trackui.errors import shorten

# Of a field with more values on a side their number is told.
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Side:
    """`filter`: its runs in the filter language; None where it cannot say which they are. `key`: of the group."""

    label: str
    members: Members
    filter: str | None = None
    key: str = ""

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def pks(self) -> list[int]:
        return self.members.pks.tolist()


@dataclass(frozen=True, slots=True)
class ChangedField:
    """What each side has of a param: one value, some, or how many; None where no run of it has the param."""

    field: str
    a: str
    b: str

    @property
    def name(self) -> str:
        return short_name(self.field)


def side_of_group(grouped: GroupedRuns, group: int, *, written: str, is_named: bool) -> Side:
    """`written`: the filter in force; `is_named`: the runs were named one by one, which no filter says."""
    grouped.read_texts([group])
    place = int(grouped.firsts[group])
    text = None
    if not is_named:
        text = group_filter(written, ((field, field.value_of(place)) for field in grouped.differing))
    pks = grouped.members.pks[sorted(grouped.places(group).tolist())]
    return Side(grouped.label(group), Members(grouped.members.experiments, pks), text, grouped.key(group))


def side_of_filter(text: str, runs: Members) -> Side:
    return Side(shorten(text, 120), runs, text)


def changed_params(a: Side, b: Side) -> list[ChangedField]:
    """Params whose values are not the same on both sides, seeds left out. A statement for the keys, one a side, and
    one for how numbers were written."""
    keys = group_keys(a.members.experiments, Grouping.of_configurations()).keys
    of_a, of_b = field_values(a.members, keys), field_values(b.members, keys)
    pairs = zip(of_a, of_b, strict=True)
    changed = [(left, right) for left, right in pairs if _identities(left) != _identities(right)]
    for members, values in ((a.members, [one for one, _ in changed]), (b.members, [one for _, one in changed])):
        read_texts(members, [(field, code) for field in values for code in range(min(len(field.values), MOST_TOLD))])
    return [ChangedField(left.field, _told(left), _told(right)) for left, right in changed]


def _identities(values: FieldValues) -> set[str | None]:
    has_gaps = len(values.codes) and int(values.codes.max()) == len(values.values)
    return {value.identity for value in values.values} | ({None} if has_gaps else set())


def _told(values: FieldValues) -> str:
    count = len(values.values)
    if count > MOST_TOLD:
        return f"{count:,} values"
    texts = [shorten(value.text or "(empty)", 60) for value in values.values]
    if len(_identities(values)) > count:
        texts.append("not set")
    return ", ".join(texts) or "not set"


def members_word(left_out: Sequence[str]) -> str:
    """What the members of a group are called: seeds where only those tell them apart."""
    is_seeds = bool(left_out) and all(is_seed_like(short_name(field)) for field in left_out)
    return "seeds" if is_seeds else "runs"
