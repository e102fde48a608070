"""What the list of models can be narrowed by, with how many models each choice leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from registry.models import Stage
from registry.queries.choices import MODEL, ModelChoices
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of

STALE_DAYS = (30, 90, 365)
PRODUCTION_DAYS = 90
MOST_USERS = 8
MOST_KEYS, MOST_VALUES = 4, 6
# Pairs of key and value that are looked at.
MOST_PAIRS = 400


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`value`: of the parameter `field` of the address. `is_single`: it takes the place of others, as a number does.

    `share`: of the largest count of its facet, in percent.
    """

    field: str
    value: str
    label: str
    count: int
    is_chosen: bool = False
    is_single: bool = False
    share: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    label: str
    values: list[FacetValue]


def model_facets(found: Sql, choices: ModelChoices) -> list[Facet]:
    """`found`: what is searched, without the choices. Each facet counts under the choices of the others.

    Four statements, and one for each key of tags that is chosen.
    """

    def under(**but: object) -> Sql:
        return all_of([replace(choices, **but).condition(), found])

    facets = [
        Facet("Stage", list(_stages(under(stages=()), choices))),
        Facet("Attention", _attention(under(stale_days=None, production_days=None, is_unaliased=False), choices)),
        Facet("Owner", _users(under(users=()), choices)),
        *_tags(found, choices),
    ]
    return [Facet(facet.label, _shared(facet.values)) for facet in facets if facet.values]


def _shared(values: list[FacetValue]) -> list[FacetValue]:
    largest = max(value.count for value in values) or 1
    return [replace(value, share=round(100 * value.count / largest)) for value in values]


def _stages(where: Sql, choices: ModelChoices) -> Iterator[FacetValue]:
    rows = fetch_all(
        "SELECT v.stage, COUNT(DISTINCT v.registered_model_id) FROM registry_modelversion v"
        f" WHERE v.registered_model_id IN (SELECT {MODEL}.id FROM {MODEL} WHERE {where.text}) GROUP BY v.stage",
        where.params,
    )
    counts = dict(rows)
    for stage in (Stage.PRODUCTION, Stage.STAGING, Stage.ARCHIVED):
        is_chosen = stage.value in choices.stages
        if counts.get(stage.value) or is_chosen:
            yield FacetValue("stage", stage.value, stage.value, counts.get(stage.value, 0), is_chosen)


def _attention(where: Sql, choices: ModelChoices) -> list[FacetValue]:
    stale = sorted({*STALE_DAYS, choices.stale_days or STALE_DAYS[0]})
    older = choices.production_days or PRODUCTION_DAYS
    asked = [
        *(("stale", str(days), f"no new version for {days} d", ModelChoices(stale_days=days)) for days in stale),
        ("production_older", str(older), f"Production over {older} d", ModelChoices(production_days=older)),
        ("unaliased", "1", "without alias", ModelChoices(is_unaliased=True)),
    ]
    conditions = [replace(one, kind="all").condition() for *_, one in asked]
    counted = ", ".join(f"SUM(CASE WHEN {condition.text} THEN 1 ELSE 0 END)" for condition in conditions)
    params = [value for condition in conditions for value in condition.params]
    counts = fetch_all(f"SELECT {counted} FROM {MODEL} WHERE {where.text}", [*params, *where.params])[0]
    chosen = {
        "stale": str(choices.stale_days or ""),
        "production_older": str(choices.production_days or ""),
        "unaliased": "1" if choices.is_unaliased else "",
    }
    values = (
        FacetValue(field, value, label, count or 0, chosen[field] == value, is_single=True)
        for (field, value, label, _), count in zip(asked, counts, strict=True)
    )
    return [value for value in values if value.count or value.is_chosen]


def _users(where: Sql, choices: ModelChoices) -> list[FacetValue]:
    rows = fetch_all(
        f"SELECT user_id, COUNT(*) FROM {MODEL} WHERE {where.text} GROUP BY user_id ORDER BY COUNT(*) DESC, user_id",
        where.params,
    )
    return list(_values("user_id", rows, choices.users, MOST_USERS)) if len(rows) > 1 or choices.users else []


def _tags(found: Sql, choices: ModelChoices) -> Iterator[Facet]:
    """A statement for all keys, and one for each that is chosen."""
    by_key = _pairs(all_of([choices.condition(), found]))
    told = [key for key, values in by_key.items() if key not in dict(choices.tags) and _tells(values)]
    for key, values in choices.tags:
        others = replace(choices, tags=tuple(tag for tag in choices.tags if tag[0] != key))
        counted = _pairs(all_of([others.condition(), found]), key).get(key, [])
        yield Facet(key, list(_values(f"tags.{key}", counted, values, MOST_VALUES)))
    for key in told[: max(0, MOST_KEYS - len(choices.tags))]:
        yield Facet(key, list(_values(f"tags.{key}", by_key[key], (), MOST_VALUES)))


def _pairs(where: Sql, key: str = "") -> dict[str, list[tuple[str, int]]]:
    """How many models have which values, by key, or of one key; the most frequent first."""
    whose = Sql("t.key = %s", (key,)) if key else Sql("t.key NOT LIKE 'mlflow.%%'")
    rows = fetch_all(
        "SELECT t.key, t.value, COUNT(*) FROM registry_registeredmodeltag t"
        f" WHERE t.registered_model_id IN (SELECT {MODEL}.id FROM {MODEL} WHERE {where.text}) AND {whose.text}"
        " GROUP BY t.key, t.value ORDER BY COUNT(*) DESC, t.key, t.value LIMIT %s",
        (*where.params, *whose.params, MOST_PAIRS),
    )
    by_key: dict[str, list[tuple[str, int]]] = {}
    for name, value, count in rows:
        by_key.setdefault(name, []).append((value, count))
    return by_key


def _tells(values: list[tuple[str, int]]) -> bool:
    """Not a key of one model, or one that says something else of every model."""
    counts = [count for _, count in values]
    return sum(counts) > 1 and (len(counts) <= MOST_VALUES or max(counts) > 1)


def _values(field: str, rows: Iterable[tuple[str, int]], chosen: tuple[str, ...], at_most: int) -> Iterator[FacetValue]:
    """The most frequent ones, and those that are chosen."""
    rows = list(rows)
    shown = [row for at, row in enumerate(rows) if at < at_most or row[0] in chosen]
    shown += [(value, 0) for value in chosen if value not in {one for one, _ in rows}]
    for value, count in shown:
        yield FacetValue(field, value, value, count, value in chosen)
