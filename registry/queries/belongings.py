"""Tags and aliases of a page of models or of versions, a statement each, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from trackui.db import fetch_all
from trackui.search.sql import Sql, among

Pairs = dict[int, list[tuple[str, str]]]


def tags_of_models(pks: Sequence[int]) -> Pairs:
    return _rows("registered_model_id, key, value", "registry_registeredmodeltag", "registered_model_id", pks, "key")


def tags_of_versions(pks: Sequence[int]) -> Pairs:
    return _rows("model_version_id, key, value", "registry_modelversiontag", "model_version_id", pks, "key")


def aliases_of_models(pks: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Each with the number of its version."""
    joined = "registry_modelalias a JOIN registry_modelversion v ON v.id = a.model_version_id"
    return _rows("a.registered_model_id, a.alias, v.version", joined, "a.registered_model_id", pks, "a.alias")


def aliases_of_versions(pks: Sequence[int]) -> dict[int, list[str]]:
    found = _rows("model_version_id, alias, 0", "registry_modelalias", "model_version_id", pks, "alias")
    return {pk: [alias for alias, _ in rows] for pk, rows in found.items()}


def _rows(columns: str, table: str, key: str, pks: Sequence[int], order: str) -> dict[int, list]:
    found = defaultdict(list)
    if pks:
        where = Sql(f"{key} = %s", (pks[0],)) if len(pks) == 1 else among(key, pks)
        for pk, *row in fetch_all(f"SELECT {columns} FROM {table} WHERE {where.text} ORDER BY {order}", where.params):
            found[pk].append(tuple(row))
    return found
