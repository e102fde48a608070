"""What changed between runs, said: in a sentence for a few, as best and spread for many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from runs.queries.comparison_data import ComparedRun
from runs.queries.comparison_parts import Best, Change, MetricRow, Row, Sentence, Spread
from runs.queries.grouping import is_seed_like
from runs.queries.headlines import headline_rank
from trackui.errors import shorten

CLAUSES = 6
HEADLINES = 2


def sentence(
    runs: Sequence[ComparedRun], at: int, params: list[Row], source: list[Row], metrics: list[MetricRow]
) -> Sentence:
    changed = sorted((row for row in params if row.cells[at].is_changed), key=lambda row: says_little(row, at))
    code = [row for row in source if row.cells[at].is_changed and row.key in ("commit", "source", "entry point")]
    outcome = [row for row in headlines(metrics, at) if row.cells[at].is_changed]
    return Sentence(
        run=runs[at],
        params=tuple(change(row, at) for row in changed[:CLAUSES]),
        more_params=max(0, len(changed) - CLAUSES),
        code=tuple(change(row, at) for row in code),
        metrics=tuple(change(row, at) for row in outcome),
        pace=pace(runs[0], runs[at]),
    )


def says_little(row: Row, at: int) -> tuple[bool, bool]:
    """Seeds come last, and before them what only one of both has."""
    return is_seed_like(row.key), row.cells[0].text is None or row.cells[at].text is None


def change(row: Row | MetricRow, at: int) -> Change:
    before, after = row.cells[0], row.cells[at]
    written: Callable = short_commit if row.key == "commit" else lambda text: text
    return Change(row.key, written(before.text), written(after.text), after.change, after.tone, after.href)


def short_commit(text: str | None) -> str | None:
    return text[:7] if text else text


def has_two_values(row: Row) -> bool:
    """Not only set here and not set there: such a param says more of what was tried."""
    return len({cell.text for cell in row.cells} - {None}) > 1


def pace(reference: ComparedRun, run: ComparedRun) -> str:
    """`2.6 × slower`; empty where they take about as long, or it is not known."""
    before, after = reference.duration, run.duration
    if not before or not after or before < 0 or after < 0:
        return ""
    times = max(before, after) / min(before, after)
    if times < 1.1:
        return ""
    return (
        f"{times:.1f} × {'slower' if after > before else 'faster'}"
        if times < 100
        else f"{times:,.0f} × {'slower' if after > before else 'faster'}"
    )


def headlines(metrics: Iterable[MetricRow], at: int | None = None) -> list[MetricRow]:
    """The metrics to speak of: with a direction, and known of the runs spoken of."""

    def rank(row: MetricRow) -> tuple:
        return headline_rank(row.key, row.direction)

    def is_known(row: MetricRow) -> bool:
        if at is None:
            return row.best is not None
        return row.values[0] is not None and row.values[at] is not None

    return sorted((row for row in metrics if row.direction.direction and is_known(row)), key=rank)[:HEADLINES]


def best_of(runs: Sequence[ComparedRun], row: MetricRow) -> Best:
    at = next(position for position, cell in enumerate(row.cells) if cell.is_best)
    return Best(row.key, runs[at], row.cells[at].text or "", row.direction)


def spread_of(row: Row) -> Spread:
    values = tuple(dict.fromkeys("not set" if cell.text is None else shorten(cell.text, 24) for cell in row.cells))
    return Spread(row.key, values if len(values) <= 4 else (), len(values))
