"""Runs side by side: what differs first, against the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import Run, RunTag
from runs.queries.comparison_metrics import metric_rows
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_parts import Best, Row, Section, Sentence, Spread
from runs.queries.comparison_rows import dataset_rows, param_rows, run_rows, text_row
from runs.queries.comparison_words import CLAUSES, best_of, has_two_values, headlines, sentence, spread_of
from runs.queries.key_tables import table_of
from runs.queries.run_source import SOURCE_TAGS
from runs.queries.run_tags import SHOWN_ELSEWHERE, SYSTEM_PREFIX

FEWEST, MOST = 2, 100
ROWS_A_SECTION, CELLS_A_SECTION = 500, 6_000
SENTENCES_UP_TO = 4
SOURCE_LABELS = {
    tag: {"name": "source", "kind": "type", "entry_point": "entry point"}.get(label, label)
    for tag, label in SOURCE_TAGS.items()
}


@dataclass(frozen=True)
class Comparison:
    runs: tuple[Run, ...]
    options: ComparisonOptions
    missing: tuple[str, ...]
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...] = ()
    bests: tuple[Best, ...] = ()
    spreads: tuple[Spread, ...] = ()
    differing_params: int = 0
    charted: tuple[Row, ...] = ()

    @property
    def reference(self) -> Run:
        return self.runs[0]

    @property
    def shown(self) -> int:
        return sum(len(section.rows) for section in self.sections)

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def same_experiment(self) -> bool:
        return len({run.experiment_id for run in self.runs}) == 1


def compared_runs(user, run_ids: Sequence[str]) -> list[Run]:
    """The runs named that are there for this caller, in the order named. One statement."""
    found = {
        run.run_id: run for run in Run.objects.visible_to(user).select_related("experiment").filter(run_id__in=run_ids)
    }
    return [found[run_id] for run_id in run_ids if run_id in found]


def comparison(runs: Sequence[Run], options: ComparisonOptions, *, whole: bool = False) -> Comparison:
    """Six statements, whatever the number of runs and rows. `whole`: not only the rows that fit a page."""
    limit = None if whole else min(ROWS_A_SECTION, CELLS_A_SECTION // len(runs))
    pks = [run.pk for run in runs]
    params = param_rows(pks)
    metrics, system = metric_rows(runs, options.pick)
    tags = table_of(RunTag.objects.filter(run__in=pks).values_list("run_id", "key__name", "value"))
    source = [
        text_row(name, [tags.get(tag, {}).get(pk) for pk in pks]) for tag, name in SOURCE_LABELS.items() if tag in tags
    ]
    code = [text_row(key, [tags[key].get(pk) for pk in pks]) for key in sorted(tags) if is_own(key)]
    known = {run.run_id for run in runs}
    everything = [
        ("params", "Params", params),
        ("metrics", "Metrics", metrics),
        ("source", "Source", source),
        ("run", "Run", run_rows(runs)),
        ("datasets", "Datasets", dataset_rows(pks)),
        ("tags", "Tags", code),
        ("system", "System metrics", system),
    ]
    differing = sorted((row for row in params if row.differs), key=lambda row: not has_two_values(row))
    few = len(runs) <= SENTENCES_UP_TO
    return Comparison(
        runs=tuple(runs),
        options=options,
        missing=tuple(run_id for run_id in options.run_ids if run_id not in known),
        sections=tuple(section(name, title, rows, options, limit) for name, title, rows in everything if rows),
        sentences=tuple(sentence(runs, at, differing, source, metrics) for at in range(1, len(runs))) if few else (),
        bests=() if few else tuple(best_of(runs, row) for row in headlines(metrics)),
        spreads=() if few else tuple(spread_of(row) for row in differing[:CLAUSES]),
        differing_params=len(differing),
        charted=charted(metrics + system, options),
    )


def is_own(tag: str) -> bool:
    return not tag.startswith(SYSTEM_PREFIX) and tag not in SHOWN_ELSEWHERE


def section(name: str, title: str, rows: list[Row], options: ComparisonOptions, limit: int | None) -> Section:
    """Rows that the options leave, those that differ before the others."""
    wanted = options.q.casefold()
    shown = [row for row in rows if matches(row, wanted) and (row.differs or not options.only_differences)]
    shown.sort(key=lambda row: not row.differs)
    kept = tuple(shown[:limit])
    differing = sum(row.differs for row in rows)
    return Section(name, title, kept, len(rows), differing, len(shown) - len(kept))


def matches(row: Row, wanted: str) -> bool:
    return (
        not wanted or wanted in row.key.casefold() or any(wanted in (cell.text or "").casefold() for cell in row.cells)
    )


def charted(metrics: list[Row], options: ComparisonOptions) -> tuple[Row, ...]:
    """Metrics with a line to draw, those people look at first before the others."""
    drawn = [row for row in metrics if row.has_line and (not options.q or options.q.casefold() in row.key.casefold())]
    first = headlines(drawn)
    return (*first, *(row for row in drawn if row not in first))
