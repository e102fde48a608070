"""Where a search looks, and the keys it names, found in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.search.at_names import AtBest, at_pairs, is_highest_best
from runs.search.identifiers import LAST, Entity, Field, aggregate_key, field
from trackui.db import fetch_all, in_list
from trackui.search.nodes import Identifier
from trackui.search.sql import Sql, all_of, in_values

KEYED = (Entity.METRIC, Entity.PARAM, Entity.TAG)


@dataclass(frozen=True, slots=True)
class Scope:
    """The experiments a search looks in, by primary key."""

    experiments: tuple[int, ...]


def in_scope(experiments: Sequence[int], stages: Sequence[str]) -> Sql:
    """Runs of these experiments and stages."""
    return all_of([equal_or_in("runs_run.experiment_id", experiments), equal_or_in("runs_run.lifecycle_stage", stages)])


def equal_or_in(column: str, values: Sequence) -> Sql:
    return Sql(f"{column} = %s", (values[0],)) if len(values) == 1 else in_values(column, values)


def keyed_fields(names: Iterable[Identifier]) -> list[Field]:
    """Those of the names that stand for a metric, param or tag."""
    return [found for found in map(field, names) if found.entity in KEYED]


class Keys:
    """Primary keys of the names in one search, and which of them are metrics in its scope."""

    def __init__(self, fields: Sequence[Field], scope: Scope) -> None:
        aggregated = {f.key: pair for f in fields if f.entity is Entity.METRIC and (pair := aggregate_key(f))}
        pairs = [pair for f in fields if f.entity is Entity.METRIC and not f.node.is_quoted for pair in at_pairs(f.key)]
        names = {f.key for f in fields} | {key for key, _ in aggregated.values()}
        names |= {name for key, by, _ in pairs for name in (key, by)}
        self.scope = scope
        self.pks = key_pks(names)
        self.at: dict[str, AtBest | None] = {}
        in_doubt = [self.pks[name] for name in (*aggregated, *names_in_doubt(fields)) if name in self.pks]
        self.metrics = metrics_logged(in_doubt, scope)

    def pk(self, name: str) -> int | None:
        return self.pks.get(name)

    def metric(self, found: Field) -> tuple[int | None, str]:
        """Key and aggregate a metric field means.

        `metrics.loss.min` is the key "loss.min" where a run in scope has such a metric, as in
        MLflow, and else the minimum of "loss".
        """
        whole = self.pk(found.key)
        pair = aggregate_key(found)
        if pair is None or whole in self.metrics:
            return whole, LAST
        return self.pk(pair[0]), pair[1]

    def at_best(self, found: Field) -> AtBest | None:
        """What `metrics.acc.at.loss` means, unless a run in scope has such a metric. A statement for each, once."""
        if found.node.is_quoted or self.pk(found.key) in self.metrics:
            return None
        if found.key not in self.at:
            self.at[found.key] = self._at_best(found.key)
        return self.at[found.key]

    def _at_best(self, name: str) -> AtBest | None:
        for key, by, end in at_pairs(name):
            if key in self.pks and by in self.pks:
                only = self.scope.experiments[0] if len(self.scope.experiments) == 1 else None
                return AtBest(self.pks[key], self.pks[by], is_highest_best(only, by, end))
        return None


def names_in_doubt(fields: Sequence[Field]) -> list[str]:
    """Names with `.at.` in them, which may be those of metrics as they stand."""
    return [f.key for f in fields if f.entity is Entity.METRIC and any(at_pairs(f.key))]


def key_pks(names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    return dict(fetch_all(f"SELECT name, id FROM runs_key WHERE name IN {in_list(list(names))}", list(names)))


def metrics_logged(keys: Sequence[int], scope: Scope) -> set[int]:
    """Which of the keys are metrics of a run in scope."""
    if not keys or not scope.experiments:
        return set()
    found = fetch_all(
        "SELECT DISTINCT key_id FROM runs_metricsummary"
        f" WHERE key_id IN {in_list(keys)} AND experiment_id IN {in_list(scope.experiments)}",
        (*keys, *scope.experiments),
    )
    return {key for (key,) in found}
