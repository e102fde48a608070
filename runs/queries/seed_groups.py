"""Two runs, each with those that only differ from it in their seed: what all of these say of the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import Param, Run
from runs.queries.compared_groups import ComparedMetric, Metrics, compared_groups
from runs.queries.group_codes import identity_of, is_inexact
from runs.queries.group_metric_columns import metric_columns
from runs.queries.group_sides import members_word
from runs.queries.grouping import is_seed_like, key_of
from runs.search.compiler import Conjunct, probe
from runs.search.facets import value_one_of
from runs.search.run_search import Condition, Scope, compile_order_by, search_run_ids
from trackui.db import fetch_all, in_list
from trackui.search.sql import among, number_comparison

# With more params than this a search for the like of a run costs too much for one sentence.
MOST_PARAMS = 60
MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class SeedGroup:
    """`key`: of this group among all that are made by all params but the seeds."""

    pks: tuple[int, ...]
    key: str
    seeds: tuple[str, ...]


@dataclass(frozen=True)
class SeedComparison:
    """`address`: the query of the page that compares both groups (`runs:group_compare`)."""

    a: SeedGroup
    b: SeedGroup
    metric: ComparedMetric

    @property
    def sentence(self) -> str:
        """`Over 5 seeds a side, val_acc is 0.0058 higher (95 % interval …), Welch p = 0.006: unlikely by chance.`"""
        return self.metric.sentence(members_word([*self.a.seeds, *self.b.seeds]))

    @property
    def address(self) -> str:
        return f"?group=all&a={self.a.key}&b={self.b.key}"


def seed_comparison(a: Run, b: Run, *, metric: str = "") -> SeedComparison | None:
    """From the like of a to the like of b: active runs of the same experiment with the same params but the seeds.

    `metric`: its key, else the one people look at first. None where both are of one group, neither has another run
    like it, a group has more than 500 runs, or there is nothing to compare. Some twenty statements, whose cost grows
    with the runs that are alike.
    """
    if a.experiment_id != b.experiment_id:
        return None
    group_a = seed_group(a)
    if group_a is None or b.pk in group_a.pks:
        return None
    group_b = seed_group(b)
    if group_b is None or len(group_a.pks) + len(group_b.pks) < 3:
        return None
    compared = compared_groups(group_a.pks, group_b.pks, _metrics(a.experiment_id, metric))
    return SeedComparison(group_a, group_b, compared[0]) if compared else None


def _metrics(experiment: int, metric: str) -> Metrics:
    return metric_columns([experiment], [f"metrics.{metric}"] if metric else [], at_most=1)[:1]


def seed_group(run: Run) -> SeedGroup | None:
    """The run and those like it; None where it has too many params, or too many runs are like it."""
    params = list(Param.objects.filter(run=run.pk).values_list("key_id", "key__name", "number", "value"))
    seeds = {key: name for key, name, *_ in params if is_seed_like(name)}
    counted = [param for param in params if param[0] not in seeds]
    if not counted or len(counted) > MOST_PARAMS:
        return None
    conjuncts = tuple(_same(key, number, value) for key, _, number, value in counted)
    order = compile_order_by([], scope=Scope((run.experiment_id,)))
    pks = search_run_ids((run.experiment_id,), Condition(conjuncts), order, limit=MOST_MEMBERS + 1)
    if len(pks) > MOST_MEMBERS:
        return None
    pks = _without_others(pks, len(counted))
    key = key_of((f"params.{name}", identity_of(number, value)) for _, name, number, value in counted)
    return SeedGroup(tuple(pks), key, tuple(f"params.{name}" for name in seeds.values()))


def _same(key: int, number: float | None, value: str) -> Conjunct:
    if number is None or is_inexact(number):
        return value_one_of("runs_param", key, [value])
    where = number_comparison("probe.number", "=", number)
    indexed = where.wrapped("(probe.number IS NOT NULL AND ", ")")
    return probe("runs_param", key, where, indexed=indexed, index="param_number")


def _without_others(pks: Sequence[int], count: int) -> list[int]:
    """Those that have so many params, seeds not counted. Two statements."""
    if not pks:
        return []
    where = among("p.run_id", pks)
    rows = fetch_all(
        f"SELECT DISTINCT k.id, k.name FROM runs_param p JOIN runs_key k ON k.id = p.key_id WHERE {where.text}",
        where.params,
    )
    seeds = [key for key, name in rows if is_seed_like(name)] or [0]
    having = fetch_all(
        f"SELECT p.run_id FROM runs_param p WHERE {where.text} AND p.key_id NOT IN {in_list(seeds)}"
        " GROUP BY p.run_id HAVING COUNT(*) = %s",
        [*where.params, *seeds, count],
    )
    found = {pk for (pk,) in having}
    return [pk for pk in pks if pk in found]
