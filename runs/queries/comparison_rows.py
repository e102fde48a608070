"""Rows of a comparison that hold text: params, datasets, the runs themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runs.models import Param, Run, RunInput
from runs.queries.comparison_parts import Cell, Row
from runs.queries.key_tables import table_of
from trackui import formats


def text_row(key: str, texts: Sequence[str | None]) -> Row:
    cells = tuple(Cell(text, is_changed=text != texts[0]) for text in texts)
    return Row(key, cells, differs=any(cell.is_changed for cell in cells))


def param_rows(pks: Sequence[int]) -> list[Row]:
    """`0.10` and `0.1` are written differently but do not differ."""
    rows = Param.objects.filter(run__in=pks).values_list("run_id", "key__name", "value", "number")
    table = table_of((run, key, (value, number)) for run, key, value, number in rows)
    return [param_row(key, [table[key].get(pk) for pk in pks]) for key in sorted(table)]


def param_row(key: str, values: Sequence[tuple[str, float | None] | None]) -> Row:
    cells = tuple(Cell(value[0] if value else None, is_changed=not same_param(value, values[0])) for value in values)
    return Row(key, cells, differs=any(cell.is_changed for cell in cells))


def same_param(one: tuple | None, other: tuple | None) -> bool:
    if one is None or other is None:
        return one is other
    return one[0] == other[0] or (one[1] is not None and one[1] == other[1])


def run_rows(runs: Sequence[Run]) -> list[Row]:
    rows = [
        text_row("status", [run.status.lower() for run in runs]),
        text_row("user", [run.user_id or None for run in runs]),
        # Runs always start at different times: that is no difference to look for.
        replace(text_row("started", [formats.absolute_time(run.start_time) for run in runs]), differs=False),
        text_row("duration", [None if run.duration is None else formats.duration(run.duration) for run in runs]),
    ]
    if len({run.experiment_id for run in runs}) > 1:
        rows.insert(0, text_row("experiment", [run.experiment.name for run in runs]))
    return rows


def dataset_rows(pks: Sequence[int]) -> list[Row]:
    """A row a dataset name: the digests that each run read."""
    inputs = (
        RunInput.objects.filter(run__in=pks).order_by("pk").values_list("run_id", "dataset__name", "dataset__digest")
    )
    table: dict[str, dict[int, list[str]]] = {}
    for run, name, digest in inputs:
        table.setdefault(name, {}).setdefault(run, []).append(digest)
    return [
        text_row(name, [", ".join(table[name][pk]) if pk in table[name] else None for pk in pks])
        for name in sorted(table)
    ]
