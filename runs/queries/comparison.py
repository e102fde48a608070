"""Runs side by side: what differs first, against the first of them."""

from __future__ import annotations

from dataclasses import dataclass

from runs.queries.comparison_data import ComparedRun, ComparisonData
from runs.queries.comparison_metrics import metric_rows
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_parts import Best, MetricRow, Row, Section, Sentence, Spread
from runs.queries.comparison_rows import param_rows, run_rows, source_rows, text_rows
from runs.queries.comparison_tree import as_tree
from runs.queries.comparison_words import CLAUSES, best_of, has_two_values, headlines, sentence, spread_of
from runs.queries.run_tags import SHOWN_ELSEWHERE, SYSTEM_PREFIX

ROWS_A_SECTION, CELLS_A_SECTION = 500, 6_000
SENTENCES_UP_TO = 4


@dataclass(frozen=True)
class Comparison:
    runs: tuple[ComparedRun, ...]
    options: ComparisonOptions
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...] = ()
    bests: tuple[Best, ...] = ()
    spreads: tuple[Spread, ...] = ()
    differing_params: int = 0
    charted: tuple[MetricRow, ...] = ()
    # What is compared, in the words of the page.
    things: str = "runs"

    @property
    def reference(self) -> ComparedRun:
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


def comparison(data: ComparisonData, options: ComparisonOptions, *, whole: bool = False) -> Comparison:
    """The page of what is known of the runs. `whole`: not only the rows that fit a page."""
    runs = data.runs
    limit = None if whole else min(ROWS_A_SECTION, CELLS_A_SECTION // len(runs))
    params = param_rows(data)
    metrics, system = metric_rows(data, options.pick)
    source = source_rows(data.tags, runs)
    everything = [
        ("params", "Params", params),
        ("metrics", "Metrics", metrics),
        ("source", "Source", source),
        ("run", "Run", run_rows(runs)),
        ("packages", "Packages", text_rows(data.packages, runs)),
        ("datasets", "Datasets", text_rows(data.datasets, runs)),
        ("tags", "Tags", text_rows({tag: values for tag, values in data.tags.items() if is_own(tag)}, runs)),
        ("system", "System metrics", system),
    ]
    differing = sorted((row for row in params if row.differs), key=lambda row: not has_two_values(row))
    few = len(runs) <= SENTENCES_UP_TO
    return Comparison(
        runs=runs,
        options=options,
        sections=tuple(section(name, title, rows, options, limit) for name, title, rows in everything if rows),
        sentences=tuple(sentence(runs, at, differing, source, metrics) for at in range(1, len(runs))) if few else (),
        bests=() if few else tuple(best_of(runs, row) for row in headlines(metrics)),
        spreads=() if few else tuple(spread_of(row) for row in differing[:CLAUSES]),
        differing_params=len(differing),
        charted=charted(metrics + system, options),
    )


def is_own(tag: str) -> bool:
    return not tag.startswith(SYSTEM_PREFIX) and tag not in SHOWN_ELSEWHERE


def section(
    name: str, title: str, rows: list[Row] | list[MetricRow], options: ComparisonOptions, limit: int | None
) -> Section:
    """Rows that the options leave, those that differ before the others."""
    wanted = options.q.casefold()
    shown = [row for row in rows if matches(row, wanted) and (row.differs or not options.only_differences)]
    shown.sort(key=lambda row: not row.differs)
    kept = tuple(shown[:limit])
    differing = sum(row.differs for row in rows)
    tree = tuple(as_tree(name, kept, options))
    return Section(name, title, kept, len(rows), differing, len(shown) - len(kept), tree)


def matches(row: Row | MetricRow, wanted: str) -> bool:
    return (
        not wanted or wanted in row.key.casefold() or any(wanted in (cell.text or "").casefold() for cell in row.cells)
    )


def charted(metrics: list[MetricRow], options: ComparisonOptions) -> tuple[MetricRow, ...]:
    """Metrics with a line to draw, those people look at first before the others."""
    drawn = [row for row in metrics if row.has_line and (not options.q or options.q.casefold() in row.key.casefold())]
    first = headlines(drawn)
    return (*first, *(row for row in drawn if row not in first))
