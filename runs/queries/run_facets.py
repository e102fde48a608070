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

TABLES = {KeyKind.PARAM: "runs_param", KeyKind.TAG: "runs_runtag"}
# A key with more different values than this among the newest runs is no facet.
MOST_VALUES = 8
# Longer ones are no names to choose by. Less than what their index holds of them.
LONGEST_VALUE = 90
# Past it, counting the values under a filter takes longer than a page may.
MOST_RUNS_TO_COUNT = 200_000
MOST_PARAMS = 6
MOST_TAGS = 3
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
    keys, two for attributes, two to four for all values together, and one more a key that has a
    choice. `total`: how many runs satisfy all; values are not counted among too many.
    """
    search = _Search(experiment_id, condition, choices, tuple(map(str, stages)), total)
    facets = [
        search.attribute("status", "Status", STATUS_WORDS),
        search.attribute("user_id", "User", {}),
        *search.keyed(KeyKind.PARAM, MOST_PARAMS),
        *search.keyed(KeyKind.TAG, MOST_TAGS),
    ]
    return [facet for facet in facets if facet is not None]


@dataclass(frozen=True, slots=True)
class _Search:
    experiment_id: int
    condition: Condition
    choices: FacetConditions
    stages: tuple[str, ...]
    total: int

    def where(self, field: str) -> Sql:
        condition = self.choices.narrow(self.condition, but=field)
        return all_of([in_scope((self.experiment_id,), self.stages), *(c.sql for c in condition.conjuncts)])

    def attribute(self, field: str, label: str, words: dict[str, str]) -> Facet | None:
        where = self.where(field)
        rows = fetch_all(
            f"SELECT {field}, COUNT(*) FROM runs_run WHERE {where.text} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s",
            (*where.params, MOST_VALUES),
        )
        return self.facet(field, label, [(value, words.get(value, value), count) for value, count in rows if value])

    def keyed(self, kind: KeyKind, most: int) -> list[Facet | None]:
        uses = self.few_valued(kind)[:most]
        fields = {f"{WORDS[kind]}.{use.name}": use for use in uses}
        chosen = {choice.field for choice in self.choices.choices}
        together = [use for field, use in fields.items() if field not in chosen]
        counts = self.counts(kind, together, "")
        for field, use in fields.items():
            if field in chosen:
                counts |= self.counts(kind, [use], field)
        return [
            self.facet(field, field if kind == KeyKind.PARAM else use.name, counts[use.key_id])
            for field, use in fields.items()
        ]

    def few_valued(self, kind: KeyKind) -> list[KeyUse]:
        uses = key_uses(self.experiment_id, kind=kind, at_most=CANDIDATES)
        uses = [use for use in uses if not use.name.startswith("mlflow.")]
        values = sampled_values(self.experiment_id, uses)
        return [use for use in uses if _is_facet(values[use.key_id])]

    def counts(self, kind: KeyKind, uses: Sequence[KeyUse], field: str) -> dict[int, list[tuple[str, str, int]]]:
        """The most frequent values of each key. One statement, two where nothing narrows the runs."""
        if not uses:
            return defaultdict(list)
        keys = [use.key_id for use in uses]
        condition = self.choices.narrow(self.condition, but=field)
        if condition.is_empty and self.stages == (LifecycleStage.ACTIVE,):
            counted = self._all_values(kind, keys)
        elif self.total <= MOST_RUNS_TO_COUNT:
            counted = self._values_of(kind, keys, self.where(field))
        else:
            counted = {}
        found: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
        for (key, value), count in sorted(counted.items(), key=lambda item: (-item[1], item[0][1])):
            if count and len(found[key]) < MOST_VALUES:
                found[key].append((value, value, count))
        return found

    def _all_values(self, kind: KeyKind, keys: Sequence[int]) -> dict[tuple[int, str], int]:
        """Counted along the index of values, less what deleted runs have: those are few."""
        rows = fetch_all(
            f"SELECT key_id, {indexed_text('value')}, COUNT(*) FROM {TABLES[kind]}"
            f" WHERE experiment_id = %s AND key_id IN {in_list(keys)} GROUP BY 1, 2",
            [self.experiment_id, *keys],
        )
        counted = {(key, value): count for key, value, count in rows}
        deleted = in_scope((self.experiment_id,), (LifecycleStage.DELETED,))
        for pair, count in self._values_of(kind, keys, deleted).items():
            counted[pair] -= count
        return counted

    def _values_of(self, kind: KeyKind, keys: Sequence[int], where: Sql) -> dict[tuple[int, str], int]:
        rows = fetch_all(
            f"SELECT v.key_id, {indexed_text('v.value')}, COUNT(*)"
            f" FROM runs_run JOIN {TABLES[kind]} v ON v.run_id = runs_run.id"
            f" WHERE v.key_id IN {in_list(keys)} AND {where.text} GROUP BY 1, 2",
            (*keys, *where.params),
        )
        return {(key, value): count for key, value, count in rows}

    def facet(self, field: str, label: str, rows: Sequence[tuple[str, str, int]]) -> Facet | None:
        """None where there is nothing to choose: no value, or one attribute that all runs share.

        What is chosen is shown even when it counts nothing.
        """
        chosen = self.values_of(field, is_excluded=False)
        excluded = self.values_of(field, is_excluded=True)
        shown = {value for value, _, _ in rows}
        rows = [*rows, *((value, value, 0) for value in (*chosen, *excluded) if value not in shown)]
        if len(rows) < (1 if "." in field else 2) and not chosen and not excluded:
            return None
        most = max(count for *_, count in rows) or 1
        return Facet(
            field,
            label,
            [
                FacetValue(value, text, count, round(100 * count / most, 1), value in chosen, value in excluded)
                for value, text, count in rows
            ],
        )

    def values_of(self, field: str, *, is_excluded: bool) -> tuple[str, ...]:
        of_field = (c for c in self.choices.choices if c.field == field and c.is_excluded is is_excluded)
        return next((choice.values for choice in of_field), ())


def _is_facet(values: set[str | None]) -> bool:
    """Of the values among the newest runs, None for having none: some to choose between, few, and short."""
    texts = values - {None}
    return len(values) >= 2 and len(texts) <= MOST_VALUES and all(len(text) <= LONGEST_VALUE for text in texts)
