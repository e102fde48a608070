"""Runs side by side: what differs first, against the first of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from runs.metrics.direction import DirectionOfMetric, directions
from runs.models import MetricSummary, Param, Run, RunInput, RunTag
from runs.queries.run_detail import SHOWN_ELSEWHERE, SOURCE_TAGS, SYSTEM_METRICS, SYSTEM_PREFIX, page_key
from trackui import formats
from trackui.errors import shorten

FEWEST, MOST = 2, 100
ROWS_A_SECTION, CELLS_A_SECTION = 500, 6_000
LONGEST_FILTER = 500


class Pick(StrEnum):
    """Which value of a metric stands for the run."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    FIRST = "first"


# The columns of MetricSummary that hold a value, with the flag that says whether it is NaN.
PICKED = {
    Pick.LAST: ("last_value", "last_is_nan"),
    Pick.MIN: ("min_value",),
    Pick.MAX: ("max_value",),
    Pick.MEAN: ("mean_value",),
    Pick.FIRST: ("first_value", "first_is_nan"),
}


class Measured(NamedTuple):
    """A metric of one run: the value that stands for it, and how many points there are."""

    value: float | None
    count: int
    nan_count: int


@dataclass(frozen=True)
class ComparisonOptions:
    """The state of the page as its address has it: `runs`, `value`, `all`, `q`."""

    run_ids: tuple[str, ...]
    pick: Pick = Pick.LAST
    only_differences: bool = True
    q: str = ""

    @classmethod
    def from_query(cls, query) -> ComparisonOptions:
        """`runs` repeated, or with commas between them; each once, in the order given."""
        named = (run_id.strip() for part in query.getlist("runs") for run_id in part.split(","))
        return cls(
            run_ids=tuple(dict.fromkeys(run_id for run_id in named if run_id)),
            pick=next((pick for pick in Pick if pick == query.get("value")), Pick.LAST),
            only_differences=query.get("all") != "1",
            q=query.get("q", "").strip().replace("\0", "")[:LONGEST_FILTER],
        )

    def query(self, **changed: object) -> str:
        """The query string of this state, or of it changed; what is default anyway is left out."""
        values = {
            "runs": ",".join(self.run_ids),
            "value": self.pick,
            "all": "" if self.only_differences else "1",
            "q": self.q,
        }
        values |= changed
        kept = {key: value for key, value in values.items() if value and not (key == "value" and value == Pick.LAST)}
        return urlencode(kept, safe=",")

    @property
    def with_all(self) -> str:
        return self.query(all="1")

    @property
    def with_differences(self) -> str:
        return self.query(all="")

    @property
    def only_runs(self) -> str:
        return self.query(all="", value="", q="")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep this state through a form of its own filter."""
        return parse_qsl(self.query(q=""))


@dataclass(frozen=True)
class Cell:
    """What one run has in a row. `text` is None where it has nothing; `value` is the number behind a metric's text.

    `tone`: `up` is better than the reference, `down` worse, empty where that is not known.
    """

    text: str | None
    value: float | None = None
    is_changed: bool = False
    is_best: bool = False
    change: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Row:
    key: str
    cells: tuple[Cell, ...]
    differs: bool
    direction: DirectionOfMetric | None = None
    points: int = 0
    nan_count: int = 0
    longest: int = 0

    @property
    def has_line(self) -> bool:
        """Some run has more than one point of this metric."""
        return self.longest > 1

    @property
    def page_key(self) -> str:
        return page_key(self.key)


@dataclass(frozen=True)
class Section:
    """`rows` are those shown, `total` all there are; `hidden` match the filter but are past the limit."""

    name: str
    title: str
    rows: tuple[Row, ...]
    total: int
    differing: int
    hidden: int

    @property
    def is_metrics(self) -> bool:
        return self.name in ("metrics", "system")


@dataclass(frozen=True)
class Change:
    """From the reference to another run; None where one of them has nothing."""

    key: str
    before: str | None
    after: str | None
    change: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Sentence:
    """What changed from the reference to one run, in the order people ask: settings, code, outcome, pace."""

    run: Run
    params: tuple[Change, ...]
    more_params: int
    code: tuple[Change, ...]
    metrics: tuple[Change, ...]
    pace: str

    @property
    def is_same(self) -> bool:
        return not (self.params or self.code or self.metrics or self.pace)


@dataclass(frozen=True)
class Best:
    """The run with the best value of a metric, among many."""

    key: str
    run: Run
    text: str
    direction: DirectionOfMetric


@dataclass(frozen=True)
class Spread:
    """How many values a param has among many runs, and which where they are few."""

    key: str
    values: tuple[str, ...]
    count: int


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


SENTENCES_UP_TO = 4
CLAUSES = 6
HEADLINES = 2


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


SOURCE_LABELS = {
    tag: {"name": "source", "kind": "type", "entry_point": "entry point"}.get(label, label)
    for tag, label in SOURCE_TAGS.items()
}


def is_own(tag: str) -> bool:
    return not tag.startswith(SYSTEM_PREFIX) and tag not in SHOWN_ELSEWHERE


def table_of(rows: Iterable[tuple[int, str, object]]) -> dict[str, dict[int, object]]:
    """(run, key, value) -> key -> run -> value."""
    table: dict[str, dict[int, object]] = {}
    for run, key, value in rows:
        table.setdefault(key, {})[run] = value
    return table


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


# --- Rows ---------------------------------------------------------------------------------------


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


def metric_rows(runs: Sequence[Run], pick: Pick) -> tuple[list[Row], list[Row]]:
    """Metrics of the model, and those of the machine."""
    pks = [run.pk for run in runs]
    summaries = MetricSummary.objects.filter(run__in=pks)
    columns = ("run_id", "key__name", "count", "nan_count", *PICKED[pick])
    table = table_of(
        (run, key, Measured(math.nan if any(is_nan) else value, count, nan_count))
        for run, key, count, nan_count, value, *is_nan in summaries.values_list(*columns)
    )
    known = directions(runs[0].experiment_id, table)
    rows = [metric_row(key, [table[key].get(pk) for pk in pks], known[key]) for key in sorted(table)]
    return (
        [row for row in rows if not row.key.startswith(SYSTEM_METRICS)],
        [row for row in rows if row.key.startswith(SYSTEM_METRICS)],
    )


def metric_row(key: str, measured: Sequence[Measured | None], direction: DirectionOfMetric) -> Row:
    values = [one.value if one else None for one in measured]
    decimals = shared_decimals(values)
    best = best_value(values, direction)
    reference = values[0]
    cells = tuple(
        Cell(
            text=None if value is None else formats.number(value, decimals),
            value=value,
            is_changed=not same_number(value, reference),
            is_best=best is not None and value == best,
            change="" if at == 0 or same_number(value, reference) else formats.change(value, reference),
            tone=tone(value, reference, direction),
        )
        for at, value in enumerate(values)
    )
    counts = [one.count for one in measured if one]
    return Row(
        key,
        cells,
        differs=any(cell.is_changed for cell in cells),
        direction=direction,
        points=sum(counts),
        nan_count=sum(one.nan_count for one in measured if one),
        longest=max(counts, default=0),
    )


def shared_decimals(values: Sequence[float | None]) -> int | None:
    """None where all are tiny: then powers of ten say more than zeros."""
    if all(abs(value) < 1e-4 for value in values if value is not None and math.isfinite(value)):
        return None
    return formats.decimals_for(values)


def same_number(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def best_value(values: Sequence[float | None], direction: DirectionOfMetric) -> float | None:
    """None where no direction is known, or nothing is better than anything."""
    comparable = [value for value in values if value is not None and not math.isnan(value)]
    if direction.direction is None or len(set(comparable)) < 2:
        return None
    return max(comparable) if direction.higher_is_better else min(comparable)


def tone(value: float | None, reference: float | None, direction: DirectionOfMetric) -> str:
    if value is None or reference is None or direction.direction is None:
        return ""
    if value > reference:
        return "up" if direction.higher_is_better else "down"
    if value < reference:
        return "down" if direction.higher_is_better else "up"
    return ""


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


# --- What changed, said -------------------------------------------------------------------------


def sentence(runs: Sequence[Run], at: int, params: list[Row], source: list[Row], metrics: list[Row]) -> Sentence:
    changed = [row for row in params if row.cells[at].is_changed]
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


def change(row: Row, at: int) -> Change:
    before, after = row.cells[0], row.cells[at]
    written: Callable = short_commit if row.key == "commit" else lambda text: text
    return Change(row.key, written(before.text), written(after.text), after.change, after.tone)


def short_commit(text: str | None) -> str | None:
    return text[:7] if text else text


def has_two_values(row: Row) -> bool:
    """Not only set here and not set there: such a param says more of what was tried."""
    return len({cell.text for cell in row.cells} - {None}) > 1


def pace(reference: Run, run: Run) -> str:
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


# Of what was measured, what people look at first: on data not trained on, and not how long it took.
HELD_OUT = ("val", "test", "eval", "valid", "dev", "cv", "holdout")
SELDOM_FIRST = ("time", "seconds", "duration", "latency", "memory", "train")


def headlines(metrics: Iterable[Row], at: int | None = None) -> list[Row]:
    """The metrics to speak of: with a direction, and known of the runs spoken of."""

    def rank(row: Row) -> tuple:
        name = row.key.casefold()
        held_out = any(name.startswith(word) or f"/{word}" in name or f"_{word}" in name for word in HELD_OUT)
        return (any(word in name for word in SELDOM_FIRST), not held_out, row.direction.is_guess, len(row.key), row.key)

    def is_known(row: Row) -> bool:
        cells = row.cells if at is None else (row.cells[0], row.cells[at])
        return all(cell.value is not None for cell in cells) if at is not None else any(cell.is_best for cell in cells)

    return sorted((row for row in metrics if row.direction.direction and is_known(row)), key=rank)[:HEADLINES]


def best_of(runs: Sequence[Run], row: Row) -> Best:
    at = next(position for position, cell in enumerate(row.cells) if cell.is_best)
    return Best(row.key, runs[at], row.cells[at].text or "", row.direction)


def spread_of(row: Row) -> Spread:
    values = tuple(dict.fromkeys("not set" if cell.text is None else shorten(cell.text, 24) for cell in row.cells))
    return Spread(row.key, values if len(values) <= 4 else (), len(values))


def charted(metrics: list[Row], options: ComparisonOptions) -> tuple[Row, ...]:
    """Metrics with a line to draw, those people look at first before the others."""
    drawn = [row for row in metrics if row.has_line and (not options.q or options.q.casefold() in row.key.casefold())]
    first = headlines(drawn)
    return (*first, *(row for row in drawn if row not in first))
