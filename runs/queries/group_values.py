"""What the runs of a set have of a param, tag or attribute, as a code a run.

Values that are equal as numbers are one value: `0.1`, `0.10` and `1e-1`. Others are compared as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from runs.models import KeyKind
from runs.queries.group_codes import KEPT_CHARACTERS, Coder, FieldValues, GroupKey
from runs.queries.group_members import Members, id_list, ids_in
from runs.queries.group_texts import runs_by_text
from runs.search.scope import equal_or_in
from trackui.db import fetch_all, in_list
from trackui.search.sql import INDEXED_CHARACTERS, Sql, all_of, among, indexed_by, indexed_text

TABLES = {KeyKind.PARAM: "runs_param", KeyKind.TAG: "runs_runtag"}
INDEXES = {KeyKind.PARAM: "param_value", KeyKind.TAG: "tag_value"}
RUNS_AT_ONCE = 1_000


def field_values(members: Members, keys: Sequence[GroupKey]) -> list[FieldValues]:
    """In the order of the keys. Of a large set a statement or three a key, along indexes; of others one a kind."""
    found = {key.field: Coder(members, key) for key in keys}
    coders = list(found.values())
    if len(members):
        for coder in coders:
            if coder.key.kind is None:
                _read_attribute(coder)
            elif members.is_large:
                _read_key(coder)
        if not members.is_large:
            for kind in TABLES:
                _read_keys_of(members, [coder for coder in coders if coder.key.kind == kind])
        for coder in coders:
            _read_cut(coder)
    return [found[key.field].result() for key in keys]


# --- Reading ----------------------------------------------------------------------------------


def _read_attribute(coder: Coder) -> None:
    members, column = coder.members, coder.key.column
    where = equal_or_in("experiment_id", members.experiments)
    if not members.is_large:
        where = among("id", members.pks.tolist())
    rows = fetch_all(
        f"SELECT {column}, {id_list('id')} FROM runs_run WHERE {where.text} GROUP BY {column}", where.params
    )
    for value, ids in rows:
        coder.add(ids_in(ids), text=str(value))


def _read_key(coder: Coder) -> None:
    """All runs of the experiments, by the indexes of values; the members are picked out."""
    key, table = coder.key, TABLES[coder.key.kind]
    scope = equal_or_in("experiment_id", coder.members.experiments)
    where = all_of([scope, Sql("key_id = %s", (key.key_id,))])
    if _read_constant(coder, table, where, scope):
        return
    numeric = 0
    if key.kind == KeyKind.PARAM:
        rows = fetch_all(
            f"SELECT number, {id_list('run_id')} FROM {table}{indexed_by('param_number')}"
            f" WHERE {where.text} AND number IS NOT NULL GROUP BY number",
            where.params,
        )
        for number, ids in rows:
            pks = ids_in(ids)
            numeric += len(pks)
            coder.add(pks, number=number)
    if coder.has_all or (numeric and _count(table, where) == numeric):
        return
    is_one = len(coder.members.experiments) == 1
    for value, pks in runs_by_text(table, INDEXES[key.kind], where, is_one_experiment=is_one):
        coder.add(pks, text=value, cut_at=INDEXED_CHARACTERS)


def _read_constant(coder: Coder, table: str, where: Sql, scope: Sql) -> bool:
    """Whether all runs have one value, which two looks into an index and two counts tell."""
    text = indexed_text("value")
    ends = [
        f"(SELECT value FROM {table}{indexed_by(INDEXES[coder.key.kind])} WHERE {where.text} ORDER BY {order} LIMIT 1)"
        for order in (text, f"{text} DESC")
    ]
    ((first, last),) = fetch_all(f"SELECT {', '.join(ends)}", [*where.params, *where.params])
    if first is None or first != last or len(first) >= INDEXED_CHARACTERS:
        return False
    if _count(table, where) != _count("runs_run", scope):
        return False
    number = None
    if coder.key.kind == KeyKind.PARAM:
        one = all_of([Sql("run_id = %s", (int(coder.members.pks[0]),)), Sql("key_id = %s", (coder.key.key_id,))])
        ((number,),) = fetch_all(f"SELECT number FROM {table} WHERE {one.text}", one.params)
    coder.add(coder.members.pks, number=number, text=first)
    return True


def _count(table: str, where: Sql) -> int:
    return fetch_all(f"SELECT COUNT(*) FROM {table} WHERE {where.text}", where.params)[0][0]


def _read_keys_of(members: Members, coders: Iterable[Coder]) -> None:
    """The rows of the members alone, of all keys of a kind together."""
    by_key = {coder.key.key_id: coder for coder in coders}
    if not by_key:
        return
    kind = next(iter(by_key.values())).key.kind
    cut_at = KEPT_CHARACTERS + 1
    where = among("run_id", members.pks.tolist())
    number = "number" if kind == KeyKind.PARAM else "NULL"
    text = f"CASE WHEN {number} IS NULL THEN SUBSTR(value, 1, {cut_at}) END"
    rows = fetch_all(
        f"SELECT key_id, {number}, {text}, {id_list('run_id')} FROM {TABLES[kind]}"
        f" WHERE {where.text} AND key_id IN {in_list(list(by_key))} GROUP BY 1, 2, 3",
        [*where.params, *by_key],
    )
    for key, number, text, ids in rows:
        by_key[key].add(ids_in(ids), number=number, text=text, cut_at=cut_at)


def _read_cut(coder: Coder) -> None:
    """Texts that are needed whole, some runs at a time."""
    positions = np.flatnonzero(coder.is_cut)
    for start in range(0, len(positions), RUNS_AT_ONCE):
        where = among("run_id", coder.members.pks[positions[start : start + RUNS_AT_ONCE]].tolist())
        rows = fetch_all(
            f"SELECT run_id, value FROM {TABLES[coder.key.kind]} WHERE {where.text} AND key_id = %s",
            [*where.params, coder.key.key_id],
        )
        places = coder.members.positions(np.array([pk for pk, _ in rows], dtype=np.int64))
        for place, (_, text) in zip(places.tolist(), rows, strict=True):
            coder.add_whole(place, text)


def read_texts(members: Members, wanted: Iterable[tuple[FieldValues, int]]) -> None:
    """Numbers as their runs wrote them, for these fields and codes. A statement, where some are not yet known."""
    unknown = [
        (values.key.key_id, int(members.pks[value.sample]), value)
        for values, code in wanted
        if code < len(values.values) and (value := values.values[code]).text is None
    ]
    if not unknown:
        return
    where = among("run_id", sorted({pk for _, pk, _ in unknown}))
    keys = sorted({key for key, _, _ in unknown})
    rows = fetch_all(
        f"SELECT key_id, run_id, value FROM runs_param WHERE {where.text} AND key_id IN {in_list(keys)}",
        [*where.params, *keys],
    )
    texts = {(key, pk): text for key, pk, text in rows}
    for key, pk, value in unknown:
        value.text = texts.get((key, pk), repr(value.number))
