"""Versions as plain rows, for pages of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trackui.db import fetch_all
from trackui.search.sql import among


class VersionRecord(NamedTuple):
    """The columns of a ModelVersion, under their names there."""

    pk: int
    name: str
    version: int
    creation_time: int
    last_updated_time: int
    stage: str
    description: str
    source: str
    run_id: str
    status: str
    run_link: str
    user_id: str
    status_message: str
    model_id: str


COLUMNS = ", ".join(("id", *VersionRecord._fields[1:]))


def version_records(pks: Sequence[int]) -> list[VersionRecord]:
    """In the order of their keys; those that are gone are left out. One statement."""
    if not pks:
        return []
    where = among("id", pks)
    rows = fetch_all(f"SELECT {COLUMNS} FROM registry_modelversion WHERE {where.text}", where.params)
    found = {row[0]: VersionRecord._make(row) for row in rows}
    return [found[pk] for pk in pks if pk in found]
