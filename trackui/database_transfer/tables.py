"""The tables of all installed apps, and how each column travels."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from django.apps import apps
from django.db import models

from trackui.database_transfer.errors import TransferError


class Kind(Enum):
    """What a column holds, as both databases hand it over: SQLite's form, as the poorer one."""

    INTEGER = "integer"
    FLOAT = "float"  # all 64 bits, but minus zero, which SQLite does not keep
    BOOLEAN = "boolean"  # 0 or 1
    TEXT = "text"
    BYTES = "bytes"
    INSTANT = "instant"  # 2026-11-21 15:40:34.123456 in UTC, without a fraction that is zero
    UUID = "uuid"  # 32 hex digits
    JSON = "json"  # text, written one way: see `json_text`


KINDS = {
    "AutoField": Kind.INTEGER,
    "BigAutoField": Kind.INTEGER,
    "BigIntegerField": Kind.INTEGER,
    "BinaryField": Kind.BYTES,
    "BooleanField": Kind.BOOLEAN,
    "CharField": Kind.TEXT,
    "DateTimeField": Kind.INSTANT,
    "FileField": Kind.TEXT,
    "FloatField": Kind.FLOAT,
    "IntegerField": Kind.INTEGER,
    "JSONField": Kind.JSON,
    "PositiveBigIntegerField": Kind.INTEGER,
    "PositiveIntegerField": Kind.INTEGER,
    "PositiveSmallIntegerField": Kind.INTEGER,
    "SlugField": Kind.TEXT,
    "SmallIntegerField": Kind.INTEGER,
    "TextField": Kind.TEXT,
    "UUIDField": Kind.UUID,
}


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    # The column that the database numbers by itself.
    numbered: str | None

    @cached_property
    def key_positions(self) -> tuple[int, ...]:
        return tuple(self.columns.index(column) for column in self.key)

    def key_of(self, row: tuple) -> tuple:
        return tuple(row[position] for position in self.key_positions)


def all_tables() -> list[Table]:
    """One for each model that has a table, those that join two models included."""
    found = apps.get_models(include_auto_created=True)
    return [table_of(model) for model in found if model._meta.managed and not model._meta.proxy]


def table_of(model: type[models.Model]) -> Table:
    meta = model._meta
    columns = {field.attname: Column(field.column, kind_of(field)) for field in meta.concrete_fields}
    numbered = meta.pk.column if isinstance(meta.pk, models.AutoField) else None
    key = tuple(columns[field.attname] for field in meta.pk_fields)
    return Table(meta.db_table, tuple(columns.values()), key, numbered)


def kind_of(field: models.Field) -> Kind:
    while field.remote_field:
        field = field.target_field
    try:
        return KINDS[field.get_internal_type()]
    except KeyError:
        raise TransferError(f"{field} is a {field.get_internal_type()}, which cannot be transferred.") from None
