"""Rows of a comparison that hold text: params, tags, the runs themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from runs.queries.comparison_cells import Cell
from runs.queries.comparison_data import ComparedRun, ComparisonData, ParamValue
from runs.queries.comparison_parts import Row
from runs.queries.group_codes import identity_of
from runs.queries.run_source import SOURCE_TAGS, compare_link
from trackui import formats

REPOSITORY_TAG = "mlflow.source.git.repoURL"
SOURCE_LABELS = {
    tag: {"name": "source", "kind": "type", "entry_point": "entry point"}.get(label, label)
    for tag, label in SOURCE_TAGS.items()
}


def text_row(key: str, texts: Sequence[str | None]) -> Row:
    cells = tuple(Cell(text, is_changed=text != texts[0]) for text in texts)
    return Row(key, cells, differs=any(cell.is_changed for cell in cells))


def text_rows(table: Mapping[str, Mapping[int, str]], runs: Sequence[ComparedRun]) -> list[Row]:
    return [text_row(key, [of_runs.get(at) for at in range(len(runs))]) for key, of_runs in table.items()]


def param_rows(data: ComparisonData) -> list[Row]:
    """`0.10` and `0.1` are written differently but do not differ."""
    return [param_row(key, [of_runs.get(at) for at in range(len(data.runs))]) for key, of_runs in data.params.items()]


def param_row(key: str, values: Sequence[ParamValue | None]) -> Row:
    cells = tuple(Cell(value.text if value else None, is_changed=not same_param(value, values[0])) for value in values)
    return Row(key, cells, differs=any(cell.is_changed for cell in cells))


def same_param(one: ParamValue | None, other: ParamValue | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.text == other.text or (
        one.number is not None
        and one.number == other.number
        and identity_of(one.number, one.text) == identity_of(other.number, other.text)
    )


def run_rows(runs: Sequence[ComparedRun]) -> list[Row]:
    rows = [
        text_row("status", [run.status.lower() for run in runs]),
        text_row("user", [run.user_id or None for run in runs]),
        # Runs always start at different times: that is no difference to look for.
        replace(text_row("started", [formats.absolute_time(run.start_time) for run in runs]), differs=False),
        text_row("stage", [run.lifecycle_stage for run in runs]),
        text_row("duration", [None if run.duration is None else formats.duration(run.duration) for run in runs]),
    ]
    if len({run.experiment_id for run in runs}) > 1:
        rows.insert(0, text_row("experiment", [run.experiment for run in runs]))
    return rows


def source_rows(tags: Mapping[str, Mapping[int, str]], runs: Sequence[ComparedRun]) -> list[Row]:
    """Where the code of the runs came from; other commits link to what changed, where the host has a page for it."""
    rows = text_rows({name: tags[tag] for tag, name in SOURCE_LABELS.items() if tag in tags}, runs)
    repositories = tags.get(REPOSITORY_TAG, {})
    return [linked_to_changes(row, repositories) if row.key == "commit" else row for row in rows]


def linked_to_changes(commits: Row, repositories: Mapping[int, str]) -> Row:
    before = commits.cells[0].text or ""
    cells = (
        replace(cell, href=compare_link(repositories.get(at, ""), before, cell.text or ""))
        for at, cell in enumerate(commits.cells)
    )
    return replace(commits, cells=tuple(cells))
