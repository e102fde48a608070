"""The runs that have each text of a key, read along the index of texts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from runs.queries.group_members import id_list, ids_in
from trackui.db import fetch_all, is_sqlite, read_snapshot
from trackui.search.sql import Sql, indexed_by, indexed_text

# Keys with more texts than this are read by grouping their rows.
FEW_TEXTS = 200

TextRuns = Iterable[tuple[str, np.ndarray]]


def runs_by_text(table: str, index: str, where: Sql, *, is_one_experiment: bool) -> TextRuns:
    """Pairs of a text, as much of it as the index holds, and the runs. `where`: the rows of one key."""
    if is_sqlite() and is_one_experiment:
        found = _stretches(f"{table}{indexed_by(index)} WHERE {where.text}", where.params)
        if found is not None:
            return found
    text = indexed_text("value")
    rows = fetch_all(
        f"SELECT {text}, {id_list('run_id')} FROM {table}{indexed_by(index)} WHERE {where.text} GROUP BY {text}",
        where.params,
    )
    return [(value, ids_in(ids)) for value, ids in rows]


def _stretches(source: str, params: tuple) -> TextRuns | None:
    """None where there are too many texts, or none.

    SQLite looks up the row behind an index on an expression whenever a statement names it, and that takes five times
    as long as the index. So the runs are read alone, in its order, and each text begins where its first run is.
    """
    text = indexed_text("value")
    first = f"SELECT {text} FROM {source}"
    texts = (
        f"WITH RECURSIVE texts(text) AS (SELECT ({first} ORDER BY {text} LIMIT 1) UNION ALL"
        f" SELECT ({first} AND {text} > texts.text ORDER BY {text} LIMIT 1) FROM texts WHERE texts.text IS NOT NULL"
        f" LIMIT {FEW_TEXTS + 2})"
        f" SELECT text, (SELECT MIN(run_id) FROM {source} AND {text} = texts.text)"
        " FROM texts WHERE text IS NOT NULL"
    )
    with read_snapshot():
        begins = fetch_all(texts, [*params, *params, *params])
        if not 0 < len(begins) <= FEW_TEXTS:
            return None
        ((ids,),) = fetch_all(f"SELECT {id_list('run_id')} FROM {source}", params)
    pks = ids_in(ids)
    places = [int(np.flatnonzero(pks == pk)[0]) for _, pk in begins]
    return [(value, part) for (value, _), part in zip(begins, np.split(pks, places[1:]), strict=True)]
