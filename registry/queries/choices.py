"""What lists of models and of versions are narrowed by, as conditions in SQL.

Conditions speak of the table registry_registeredmodel, or registry_modelversion, of the query around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.models import Stage
from trackui.clock import now_ms
from trackui.search.sql import Sql, all_of, any_of, in_values

MOST_DAYS = 36_500
# Parameters that forms send empty for any.
UNLESS_BLANK = ("stage", "alias")
DAY = 24 * 3600 * 1000

MODEL, VERSION = "registry_registeredmodel", "registry_modelversion"
Tags = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """`stale_days`: no version was made for so many days. `production_days`: every version in Production is older.

    `stages`: a version is in one of them. `is_unaliased`: no version has an alias. `tags`: keys with the values of
    which it has one, or any where there are none. `kind`: models, prompts or all.
    """

    stages: tuple[str, ...] = ()
    stale_days: int | None = None
    production_days: int | None = None
    is_unaliased: bool = False
    users: tuple[str, ...] = ()
    tags: Tags = ()
    kind: str = "models"

    @property
    def is_any(self) -> bool:
        return self != ModelChoices(kind=self.kind)

    def condition(self) -> Sql:
        return all_of(self._conditions())

    def _conditions(self) -> Iterator[Sql]:
        if self.kind != "all":
            yield Sql(f"{MODEL}.is_prompt = %s", (self.kind == "prompts",))
        if self.stages:
            yield _has_version(in_values("v.stage", self.stages))
        if self.stale_days:
            before = now_ms() - self.stale_days * DAY
            yield Sql(f"{MODEL}.creation_time < %s", (before,))
            yield _has_version(Sql("v.creation_time >= %s", (before,)), is_negated=True)
        if self.production_days:
            before = now_ms() - self.production_days * DAY
            yield _has_version(Sql("v.stage = %s", (Stage.PRODUCTION.value,)))
            yield _has_version(
                Sql("v.stage = %s AND v.creation_time >= %s", (Stage.PRODUCTION.value, before)), is_negated=True
            )
        if self.is_unaliased:
            yield Sql(f"NOT EXISTS (SELECT 1 FROM registry_modelalias a WHERE a.registered_model_id = {MODEL}.id)")
        if self.users:
            yield in_values(f"{MODEL}.user_id", self.users)
        yield from _tagged("registry_registeredmodeltag", f"registered_model_id = {MODEL}.id", self.tags)


@dataclass(frozen=True, slots=True)
class VersionChoices:
    """As of models. `aliases`: it has one of these. `archived`: hide, show, or only."""

    stages: tuple[str, ...] = ()
    stale_days: int | None = None
    is_unaliased: bool = False
    users: tuple[str, ...] = ()
    tags: Tags = ()
    aliases: tuple[str, ...] = ()
    archived: str = "hide"

    @property
    def is_any(self) -> bool:
        return self != VersionChoices(archived=self.archived)

    @property
    def hides_archived(self) -> bool:
        """An archived version is shown where it is asked for by its stage."""
        return self.archived == "hide" and Stage.ARCHIVED not in self.stages

    def condition(self) -> Sql:
        return all_of(self._conditions())

    def _conditions(self) -> Iterator[Sql]:
        if self.stages:
            yield in_values(f"{VERSION}.stage", self.stages)
        if self.hides_archived:
            yield Sql(f"{VERSION}.stage <> %s", (Stage.ARCHIVED.value,))
        elif self.archived == "only":
            yield Sql(f"{VERSION}.stage = %s", (Stage.ARCHIVED.value,))
        if self.stale_days:
            yield Sql(f"{VERSION}.creation_time < %s", (now_ms() - self.stale_days * DAY,))
        if self.is_unaliased:
            yield Sql(f"NOT {_ALIASED}1 = 1)")
        if self.aliases:
            yield in_values("a.alias", self.aliases).wrapped(_ALIASED, ")")
        if self.users:
            yield in_values(f"{VERSION}.user_id", self.users)
        yield from _tagged("registry_modelversiontag", f"model_version_id = {VERSION}.id", self.tags)


_ALIASED = f"EXISTS (SELECT 1 FROM registry_modelalias a WHERE a.model_version_id = {VERSION}.id AND "


def _has_version(where: Sql, *, is_negated: bool = False) -> Sql:
    before = f"EXISTS (SELECT 1 FROM {VERSION} v WHERE v.registered_model_id = {MODEL}.id AND "
    return where.wrapped(f"NOT {before}" if is_negated else before, ")")


def _tagged(table: str, owner: str, tags: Tags) -> Iterator[Sql]:
    for key, values in tags:
        before = f"EXISTS (SELECT 1 FROM {table} t WHERE t.{owner} AND t.key = %s AND "
        yield _values("t.value", values).wrapped(before, ")", params=(key,))


def _values(column: str, values: Sequence[str]) -> Sql:
    return any_of([Sql(f"{column} = %s", (value,)) for value in values]) if values else Sql("1 = 1")
