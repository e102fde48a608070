"""What the database says of a statement: the indexes it goes by, and the rows it looks at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from trackui.db import fetch_all, is_sqlite

SQLITE_INDEX = re.compile(r"USING (?:COVERING )?INDEX (\S+)|USING (?:INTEGER )?(PRIMARY KEY)")


def examined(text: str, params: Sequence) -> tuple[tuple[str, ...], int | None]:
    """Names of indexes, and how many rows were read: PostgreSQL runs the statement again to count them, SQLite
    cannot tell.
    """
    if is_sqlite():
        details = [row[3] for row in fetch_all(f"EXPLAIN QUERY PLAN {text}", params)]
        found = [match for detail in details if (match := SQLITE_INDEX.search(detail))]
        return tuple(dict.fromkeys(match[1] or "primary key" for match in found)), None
    ((plan,),) = fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", params)
    plan = json.loads(plan) if isinstance(plan, str) else plan
    nodes = list(nodes_of(plan[0]["Plan"]))
    names = dict.fromkeys(node["Index Name"] for node in nodes if "Index Name" in node)
    return tuple(names), sum(rows_read(node) for node in nodes if "Relation Name" in node)


def nodes_of(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", ()):
        yield from nodes_of(below)


def rows_read(node: dict) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])
