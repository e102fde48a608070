"""Values to narrow the run table by, each with the number of runs it would leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from runs.keys import key_ids
from runs.models import KeyKind, LifecycleStage
from runs.queries.run_choices import Choice
from runs.queries.run_columns import WORDS, KeyUse, key_uses, sampled_values
from runs.search.facets import excluding, narrowed, one_of, value_one_of
from runs.search.run_search import Condition, in_scope
from trackui.db import fetch_all, in_list
from trackui.search.sql import Sql, all_of, indexed_text

ATTRIBUTES = {"status": "Status", "user_id": "User"}
TABLES = {KeyKind.PARAM: "runs_param", KeyKind.TAG: "runs_runtag"}
# A key with more different values than this among the newest runs is no facet.
MOST_VALUES = 8
# Longer ones are no names to choose by. Less than what their index holds of them.
LONGEST_VALUE = 90
# Past it, counting the values under a filter takes longer than a page may.
MOST_RUNS_TO_COUNT = 100_000
MOST_FACETS = {KeyKind.PARAM: 6, KeyKind.TAG: 3}
CANDIDATES = 16
STATUS_WORDS = {
    "FINISHED": "finished",
    "RUNNING": "running",
    "FAILED": "failed",
    "KILLED": "killed",
    "SCHEDULED": "scheduled",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    share: float  # of the largest count in its facet, in percent
    is_chosen: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`field` is the parameter of the address that holds the chosen values."""

    field: str
    label: str
    values: list[FacetValue]


class FacetConditions:
    """What the choices of an address mean for a search. One statement, where keys are named."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = choices
        names = {choice.field.partition(".")[2] for choice in choices if "." in choice.field}
        self.keys = key_ids(names)

    def narrow(self, condition: Condition, *, but: str = "") -> Condition:
        """The condition and all choices, those of the field `but` left out."""
        return narrowed(condition, [self._conjunct(choice) for choice in self.choices if choice.field != but])

    def _conjunct(self, choice: Choice):
        word, dot, key = choice.field.partition(".")
        if dot:
            table = TABLES[KeyKind.PARAM if word == "params" else KeyKind.TAG]
            facet = value_one_of(table, self.keys.get(key), choice.values)
        else:
            facet = one_of(word, choice.values)
        return excluding(facet) if choice.is_excluded else facet


def run_facets(
    experiment_id: int, condition: Condition, choices: FacetConditions, *, stages: Sequence[str], total: int
) -> list[Facet]:
    """Facets with counts: status and user, then params and tags with few values among the newest runs.

    Each counts the runs that satisfy everything but its own choice. Four statements to know the
    keys, one or two for all counts, and one more a facet that has a choice. `total`: how many runs
    satisfy all; values are not counted among too many.
    """
    keyed = {use.field: use for kind in TABLES for use in few_valued_keys(experiment_id, kind)}
    counter = _Counter(experiment_id, condition, choices, tuple(map(str, stages)), keyed, total)
    fields = [*ATTRIBUTES, *keyed]
    chosen = {choice.field for choice in choices.choices}
    counted = counter.counts([field for field in fields if field not in chosen], but="")
    for field in fields:
        if field in chosen:
            counted |= counter.counts([field], but=field)
    facets = (_facet(field, counted[field], choices.choices) for field in fields)
    return [facet for facet in facets if facet is not None]


def few_valued_keys(experiment_id: int, kind: KeyKind) -> list[KeyUse]:
    uses = key_uses(experiment_id, kind=kind, at_most=CANDIDATES)
    uses = [use for use in uses if not use.name.startswith("mlflow.")]
    values = sampled_values(experiment_id, uses)
    return [use for use in uses if _is_facet(values[use.key_id])][: MOST_FACETS[kind]]


# --- Counting ---------------------------------------------------------------------------------

Counts = dict[str, dict[str, int]]  # field -> value -> runs


@dataclass(frozen=True, slots=True)
class _Counter:
    experiment_id: int
    condition: Condition
    choices: FacetConditions
    stages: tuple[str, ...]
    keyed: dict[str, KeyUse]
    total: int

    def counts(self, fields: Sequence[str], *, but: str) -> Counts:
        """Of each field, under all conditions but the choice of the field `but`."""
        found: Counts = {field: {} for field in fields}
        condition = self.choices.narrow(self.condition, but=but)
        if condition.is_empty and self.stages == (LifecycleStage.ACTIVE,):
            self._count_all(fields, found)
        else:
            if self.total > MOST_RUNS_TO_COUNT:
                fields = [field for field in fields if field in ATTRIBUTES]
            where = all_of([in_scope((self.experiment_id,), self.stages), *(c.sql for c in condition.conjuncts)])
            self._count_matching(fields, where, found)
        return found

    def _count_all(self, fields: Sequence[str], found: Counts) -> None:
        """Along the indexes of statuses, users and values; of values less what deleted runs have: those are few."""
        where = in_scope((self.experiment_id,), self.stages)
        parts = [
            Sql(
                f"SELECT '{field}', 0, {field}, COUNT(*) FROM runs_run WHERE {where.text} GROUP BY {field}",
                where.params,
            )
            for field in fields
            if field in ATTRIBUTES
        ]
        for kind, keys in self._keys(fields).items():
            text = (
                f"SELECT '{WORDS[kind]}', key_id, {indexed_text('value')}, COUNT(*) FROM {TABLES[kind]}"
                f" WHERE experiment_id = %s AND key_id IN {in_list(keys)} GROUP BY 2, 3"
            )
            parts.append(Sql(text, (self.experiment_id, *keys)))
        self._add(parts, Sql(""), found, +1)
        keyed = [field for field in fields if field in self.keyed]
        self._count_matching(keyed, in_scope((self.experiment_id,), (LifecycleStage.DELETED,)), found, sign=-1)

    def _count_matching(self, fields: Sequence[str], where: Sql, found: Counts, *, sign: int = +1) -> None:
        """The runs are found once, then counted by each field."""
        parts = [
            Sql(f"SELECT '{field}', 0, {field}, COUNT(*) FROM matching GROUP BY {field}")
            for field in fields
            if field in ATTRIBUTES
        ]
        for kind, keys in self._keys(fields).items():
            text = (
                f"SELECT '{WORDS[kind]}', v.key_id, {indexed_text('v.value')}, COUNT(*) FROM matching"
                f" JOIN {TABLES[kind]} v ON v.run_id = matching.id WHERE v.key_id IN {in_list(keys)} GROUP BY 2, 3"
            )
            parts.append(Sql(text, tuple(keys)))
        before = "WITH matching AS MATERIALIZED (SELECT id, status, user_id FROM runs_run WHERE "
        self._add(parts, where.wrapped(before, ") "), found, sign)

    def _keys(self, fields: Sequence[str]) -> dict[KeyKind, list[int]]:
        keys: dict[KeyKind, list[int]] = defaultdict(list)
        for field in fields:
            if use := self.keyed.get(field):
                keys[use.kind].append(use.key_id)
        return keys

    def _add(self, parts: Sequence[Sql], before: Sql, found: Counts, sign: int) -> None:
        if not parts:
            return
        names = {(WORDS[use.kind], use.key_id): field for field, use in self.keyed.items()}
        text = before.text + " UNION ALL ".join(part.text for part in parts)
        params = (*before.params, *(param for part in parts for param in part.params))
        for word, key, value, count in fetch_all(text, params):
            of_field = found[names.get((word, key), word)]
            of_field[value] = of_field.get(value, 0) + sign * count


# --- Showing ----------------------------------------------------------------------------------


def _facet(field: str, counted: dict[str, int], choices: Sequence[Choice]) -> Facet | None:
    """None where there is nothing to choose: no value, or one attribute that all runs share.

    What is chosen is shown even when it counts nothing.
    """
    chosen = _values(field, choices, is_excluded=False)
    excluded = _values(field, choices, is_excluded=True)
    counts = {value: count for value, count in counted.items() if count and value}
    shown = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES]
    shown += [value for value in (*chosen, *excluded) if value not in shown]
    if len(shown) < (1 if field not in ATTRIBUTES else 2) and not chosen and not excluded:
        return None
    most = max((counts.get(value, 0) for value in shown), default=0) or 1
    words = STATUS_WORDS if field == "status" else {}
    return Facet(
        field,
        ATTRIBUTES.get(field, field),
        [
            FacetValue(
                value=value,
                label=words.get(value, value),
                count=counts.get(value, 0),
                share=round(100 * counts.get(value, 0) / most, 1),
                is_chosen=value in chosen,
                is_excluded=value in excluded,
            )
            for value in shown
        ],
    )


def _values(field: str, choices: Sequence[Choice], *, is_excluded: bool) -> tuple[str, ...]:
    of_field = (choice for choice in choices if choice.field == field and choice.is_excluded is is_excluded)
    return next((choice.values for choice in of_field), ())


def _is_facet(values: set[str | None]) -> bool:
    """Of the values among the newest runs, None for having none: some to choose between, few, and short."""
    texts = values - {None}
    return 2 <= len(texts) <= MOST_VALUES and all(len(text) <= LONGEST_VALUE for text in texts)
