"""Counting runs by the values of status, user, params and tags, at a bounded cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from runs.keys import key_ids
from runs.models import KeyKind, LifecycleStage
from runs.queries.run_choices import DATASET, Choice
from runs.queries.run_columns import WORDS, KeyUse
from runs.queries.run_scope import RunScope
from runs.search.facets import dataset_one_of, excluding, narrowed, one_of, value_one_of
from runs.search.run_search import Condition, Total, compile_order_by, count_runs, in_scope, search_run_ids
from trackui.db import fetch_all, in_list
from trackui.search.sql import Sql, among, indexed_text

TABLES = {KeyKind.PARAM: "runs_param", KeyKind.TAG: "runs_runtag"}
KEYED = tuple(f"{WORDS[kind]}." for kind in TABLES)
# Counted exactly among so many runs; among more, shares of the newest few.
MOST_COUNTED = 10_000
NEWEST = 2_000


class FacetConditions:
    """What the choices of an address mean for a search. One statement, where keys are named."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = choices
        names = {choice.field.partition(".")[2] for choice in choices if choice.field.startswith(KEYED)}
        self.keys = key_ids(names)

    def narrow(self, condition: Condition, *, but: str = "") -> Condition:
        """The condition and all choices, those of the field `but` left out."""
        return narrowed(condition, [self._conjunct(choice) for choice in self.choices if choice.field != but])

    def _conjunct(self, choice: Choice):
        word, _, key = choice.field.partition(".")
        if choice.field == DATASET:
            facet = dataset_one_of(choice.values)
        elif choice.field.startswith(KEYED):
            table = TABLES[KeyKind.PARAM if word == "params" else KeyKind.TAG]
            facet = value_one_of(table, self.keys.get(key), choice.values)
        else:
            facet = one_of(word, choice.values)
        return excluding(facet) if choice.is_excluded else facet


def is_counted(total: Total) -> bool:
    return total.is_exact and total.number <= MOST_COUNTED


Values = dict[str, int]  # value -> runs


@dataclass(frozen=True, slots=True)
class Counted:
    """So many runs were looked at; `is_all`: all that match."""

    runs: int
    is_all: bool


Counts = dict[str, tuple[Values, Counted]]  # by field


@dataclass(frozen=True, slots=True)
class FacetCounter:
    scope: RunScope
    condition: Condition
    choices: FacetConditions
    stages: tuple[str, ...]
    keyed: dict[str, KeyUse]

    def counts(self, fields: Sequence[str], *, but: str, total: Total | None = None) -> Counts:
        """Of each field, under all conditions but the choice of the field `but`; `total` runs satisfy them."""
        values: dict[str, Values] = {field: {} for field in fields}
        condition = self.choices.narrow(self.condition, but=but)
        is_everything = condition.is_empty and self.stages == (LifecycleStage.ACTIVE,)
        if is_everything and total is not None and is_counted(total):
            self._count_all(fields, values)
            counted = Counted(total.number, is_all=True)
        else:
            pks, counted = self._matching(condition, total)
            self._count_among(fields, pks, values)
        return {field: (values[field], counted) for field in fields}

    def _matching(self, condition: Condition, total: Total | None) -> tuple[list[int], Counted]:
        """All runs that match, or the newest of them where they are many: only so many are looked for."""
        if total is None:
            total = count_runs(self.scope.experiments, condition, stages=self.stages)
        at_most = MOST_COUNTED if is_counted(total) else NEWEST
        order = compile_order_by([], scope=self.scope.searched)
        pks = search_run_ids(self.scope.experiments, condition, order, stages=self.stages, limit=at_most + 1)
        is_all = len(pks) <= at_most
        pks = pks if is_all else pks[:NEWEST]
        return pks, Counted(len(pks), is_all)

    def _count_all(self, fields: Sequence[str], found: dict[str, Values]) -> None:
        """Along the indexes of statuses, users and values; of values less what deleted runs have: those are few."""
        where = in_scope(self.scope.experiments, self.stages)
        parts = [
            Sql(
                f"SELECT '{field}', 0, {field}, COUNT(*) FROM runs_run WHERE {where.text} GROUP BY {field}",
                where.params,
            )
            for field in fields
            if field not in self.keyed and field != DATASET
        ]
        if DATASET in fields:
            parts.append(self._datasets("runs_run", where))
        for kind, keys in self._keys(fields).items():
            text = (
                f"SELECT '{WORDS[kind]}', key_id, {indexed_text('value')}, COUNT(*) FROM {TABLES[kind]}"
                f" WHERE experiment_id IN {in_list(self.scope.experiments)} AND key_id IN {in_list(keys)} GROUP BY 2, 3"
            )
            parts.append(Sql(text, (*self.scope.experiments, *keys)))
        self._add(parts, Sql(""), found, +1)
        keyed = [field for field in fields if field in self.keyed]
        self._count_matching(keyed, in_scope(self.scope.experiments, (LifecycleStage.DELETED,)), found, sign=-1)

    def _count_among(self, fields: Sequence[str], pks: Sequence[int], found: dict[str, Values]) -> None:
        if pks:
            self._count_matching(fields, among("runs_run.id", pks), found)

    def _count_matching(self, fields: Sequence[str], where: Sql, found: dict[str, Values], *, sign: int = +1) -> None:
        """The runs are found once, then counted by each field."""
        parts = [
            Sql(f"SELECT '{field}', 0, {field}, COUNT(*) FROM matching GROUP BY {field}")
            for field in fields
            if field not in self.keyed and field != DATASET
        ]
        if DATASET in fields:
            parts.append(self._datasets("matching"))
        for kind, keys in self._keys(fields).items():
            text = (
                f"SELECT '{WORDS[kind]}', v.key_id, {indexed_text('v.value')}, COUNT(*) FROM matching"
                f" CROSS JOIN {TABLES[kind]} v"
                f" WHERE v.run_id = matching.id AND v.key_id IN {in_list(keys)} GROUP BY 2, 3"
            )
            parts.append(Sql(text, tuple(keys)))
        before = "WITH matching AS MATERIALIZED (SELECT id, status, user_id FROM runs_run WHERE "
        self._add(parts, where.wrapped(before, ") "), found, sign)

    def _datasets(self, runs: str, where: Sql | None = None) -> Sql:
        """Runs by the names of the datasets they read, each run once a name."""
        source = f"runs_dataset d CROSS JOIN runs_runinput i CROSS JOIN {runs}"
        joined = (
            f"i.dataset_id = d.id AND {runs}.id = i.run_id AND d.experiment_id IN {in_list(self.scope.experiments)}"
        )
        text = f"SELECT '{DATASET}', 0, d.name, COUNT(DISTINCT i.run_id) FROM {source} WHERE {joined}"
        narrowed = where.wrapped(" AND ", "") if where is not None else Sql("")
        return Sql(f"{text}{narrowed.text} GROUP BY d.name", (*self.scope.experiments, *narrowed.params))

    def _keys(self, fields: Sequence[str]) -> dict[KeyKind, list[int]]:
        keys: dict[KeyKind, list[int]] = defaultdict(list)
        for field in fields:
            if use := self.keyed.get(field):
                keys[use.kind].append(use.key_id)
        return keys

    def _add(self, parts: Sequence[Sql], before: Sql, found: dict[str, Values], sign: int) -> None:
        if not parts:
            return
        names = {(WORDS[use.kind], use.key_id): field for field, use in self.keyed.items()}
        text = before.text + " UNION ALL ".join(part.text for part in parts)
        params = (*before.params, *(param for part in parts for param in part.params))
        for word, key, value, count in fetch_all(text, params):
            of_field = found[names.get((word, key), word)]
            of_field[value] = of_field.get(value, 0) + sign * count
