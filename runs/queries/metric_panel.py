"""Series of a metric of chosen runs, thinned for a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import numpy as np

from runs.charts.series import LineChart, Series, XAxis, YScale
from runs.charts.theme import svg_dash
from runs.metrics.history import Line, lines
from runs.metrics.sampling import sample
from runs.metrics.smoothing import time_weighted_ema
from runs.models import MetricSummary, Run
from trackui.colours import run_colour
from trackui.formats import decimals_for

# Points held in memory at once: a statement reads runs up to so many, and one run at least.
POINTS_AT_ONCE = 1_000_000
DEFAULT_PIXELS, MOST_PIXELS = 600, 2_500
STRONGEST_SMOOTHING = 0.999
UNITS = ((3 * 3600.0, 3600.0, "h"), (180.0, 60.0, "min"), (0.0, 1.0, "s"))


@dataclass(frozen=True)
class PanelOptions:
    """Settings of a chart as its address has them: `x`, `y`, `smooth`, `x_from`, `x_to` and `width`.

    The ends of the range count as the axis does: steps, time since the start of the run in the unit of the axis, or
    milliseconds since the epoch. What an address says wrongly is as if it did not say it.
    """

    x: XAxis = XAxis.STEP
    y: YScale = YScale.LINEAR
    smoothing: float = 0.0
    x_from: float | None = None
    x_to: float | None = None
    pixels: int = DEFAULT_PIXELS

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> PanelOptions:
        x = next((axis for axis in XAxis if axis == query.get("x")), XAxis.STEP)
        smoothing = finite(query.get("smooth")) or 0.0
        pixels = finite(query.get("width")) or DEFAULT_PIXELS
        return cls(
            x=x,
            y=next((scale for scale in YScale if scale == query.get("y")), YScale.LINEAR),
            smoothing=min(max(smoothing, 0.0), STRONGEST_SMOOTHING),
            x_from=edge(query.get("x_from"), x),
            x_to=edge(query.get("x_to"), x),
            pixels=int(min(max(pixels, 100), MOST_PIXELS)),
        )

    @property
    def is_zoomed(self) -> bool:
        return self.x_from is not None or self.x_to is not None

    @property
    def smooth(self) -> float | None:
        return self.smoothing or None

    @property
    def most_points(self) -> int:
        """A line with more of them is thinned."""
        return 2 * self.pixels

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Fields that keep these settings through a form."""
        return parse_qsl(self.query())

    x_choices = ((XAxis.STEP, "step"), (XAxis.RELATIVE, "time since start"), (XAxis.WALL, "wall time"))
    y_choices = (YScale.LINEAR, YScale.LOG)
    smoothing_choices = ((None, "off"), (0.6, "0.6"), (0.9, "0.9"), (0.97, "0.97"))

    def query(self, **changed: object) -> str:
        """The settings as a query string without what is default anyway; `width` is the drawer's own."""
        values = {
            "x": self.x,
            "y": self.y,
            "smooth": self.smoothing,
            "x_from": self.x_from,
            "x_to": self.x_to,
        } | changed
        defaults = {"x": XAxis.STEP, "y": YScale.LINEAR, "smooth": 0.0, "x_from": None, "x_to": None}
        return urlencode({key: short(value) for key, value in values.items() if value != defaults[key]})


def short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)


def finite(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def edge(text: str | None, x: XAxis) -> float | None:
    """An end of the range; Plotly tells those of a time axis as dates in UTC."""
    value = finite(text)
    if value is None and text and x is XAxis.WALL:
        try:
            return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC).timestamp() * 1000
        except ValueError:
            return None
    return value


def metric_panel(runs: Sequence[Run], key: str, options: PanelOptions) -> LineChart:
    """A line for each run that has the metric, in the order of `runs`.

    One statement to know how many points there are, one for each million of them.
    """
    counts = dict(
        MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__name=key).values_list("run_id", "count")
    )
    having = [run for run in runs if run.pk in counts]
    unit, seconds = relative_unit(having, key) if options.x is XAxis.RELATIVE else ("", 1.0)
    dashes = {run.pk: position for position, run in enumerate(runs)}
    series = [
        replace(series_of(run, line, options, seconds), dash=dashes[run.pk])
        for chunk in chunks(having, counts)
        for run, line in read(chunk, key, options)
    ]
    return LineChart(
        title=key,
        series=tuple(series),
        x_axis=options.x,
        x_unit=unit,
        y_scale=options.y,
        x_range=x_range(options),
    )


@dataclass(frozen=True)
class LegendRow:
    """A run beside its chart; without the metric it has no summary and no line."""

    run: Run
    summary: MetricSummary | None
    dash: str
    decimals: int


def metric_legend(runs: Sequence[Run], key: str) -> list[LegendRow]:
    """A row a run, in the order of `runs`. One statement."""
    summaries = {
        one.run_id: one for one in MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__name=key)
    }
    values = [value for one in summaries.values() for value in (one.last, one.min_value, one.max_value, one.mean_value)]
    decimals = decimals_for(values)
    return [LegendRow(run, summaries.get(run.pk), svg_dash(at), decimals) for at, run in enumerate(runs)]


def panel_state(runs: Sequence[Run], key: str, options: PanelOptions) -> str:
    """Changes when the panel would: points are only ever added, so their count tells. One statement."""
    counts = dict(
        MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__name=key).values_list("run_id", "count")
    )
    return repr([key, options, [(run.pk, run.name, run.colour, counts.get(run.pk)) for run in runs]])


def chunks(runs: Sequence[Run], counts: Mapping[int, int]) -> Iterator[list[Run]]:
    chunk: list[Run] = []
    points = 0
    for run in runs:
        if chunk and points + counts[run.pk] > POINTS_AT_ONCE:
            yield chunk
            chunk, points = [], 0
        chunk.append(run)
        points += counts[run.pk]
    if chunk:
        yield chunk


def read(runs: Sequence[Run], key: str, options: PanelOptions) -> Iterator[tuple[Run, Line]]:
    """Lines with their run. Steps in range are cut out by the database, where nothing else needs the rest."""
    cut = options.x is XAxis.STEP and not options.smoothing
    first = int64(math.floor(options.x_from)) if cut and options.x_from is not None else None
    last = int64(math.ceil(options.x_to)) if cut and options.x_to is not None else None
    found = lines([run.pk for run in runs], key, first_step=first, last_step=last)
    return ((run, found[run.pk]) for run in runs if run.pk in found)


def int64(value: int) -> int:
    return min(max(value, -(2**63)), 2**63 - 1)


def relative_unit(runs: Iterable[Run], key: str) -> tuple[str, float]:
    """Seconds, minutes or hours, by the longest line: the same whatever part of it is looked at."""
    starts = {run.pk: run.start_time for run in runs}
    ends = MetricSummary.objects.filter(run__in=list(starts), key__name=key).values_list(
        "run_id", "first_timestamp", "last_timestamp"
    )
    longest = max((last - min(first, starts[pk]) for pk, first, last in ends), default=0) / 1000
    return next((unit, seconds) for least, seconds, unit in UNITS if longest >= least or unit == "s")


def x_range(options: PanelOptions) -> tuple[float, float] | None:
    if options.x_from is None or options.x_to is None or options.x_from >= options.x_to:
        return None
    return options.x_from, options.x_to


def series_of(run: Run, line: Line, options: PanelOptions, unit_seconds: float) -> Series:
    x, y = along(line, run, options.x, unit_seconds)
    smooth = time_weighted_ema(x, y, weight=options.smoothing) if options.smoothing else None
    low = options.x_from if options.x_from is not None else -math.inf
    high = options.x_to if options.x_to is not None else math.inf
    if low > -math.inf or high < math.inf:
        inside = (x >= low) & (x <= high)
        x, y = x[inside], y[inside]
        smooth = smooth[inside] if smooth is not None else None
    return thinned(run, x, y, smooth, options)


def along(line: Line, run: Run, axis: XAxis, unit_seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Values in the order of the axis, which ascends."""
    if axis is XAxis.STEP:
        return line.steps, line.values
    order = np.argsort(line.timestamps, kind="stable")
    times = line.timestamps[order]
    if axis is XAxis.RELATIVE:
        # Points older than their run were logged afterwards, with times of their own.
        start = min(run.start_time, int(times[0]))
        return (times - start) / (1000.0 * unit_seconds), line.values[order]
    return times.astype("f8"), line.values[order]


def thinned(run: Run, x: np.ndarray, y: np.ndarray, smooth: np.ndarray | None, options: PanelOptions) -> Series:
    is_log = options.y is YScale.LOG
    not_positive = np.flatnonzero(np.isfinite(y) & (y <= 0)) if is_log else np.empty(0, dtype="i8")
    can_be_drawn = y.copy() if len(not_positive) else y
    # For the log axis these are as undrawable as NaN, so they are marked the same way, a kind of their own.
    below = np.full(len(y), 0.0)
    if len(not_positive):
        can_be_drawn[not_positive] = np.nan
        below[not_positive] = np.nan
    chosen = sample(x, can_be_drawn, pixels=options.pixels)
    marks = sample(x, y, pixels=options.pixels).marks if len(not_positive) else chosen.marks
    kept = np.union1d(chosen.points, chosen.marks.nan)
    smooth_kept = sample(x, smooth, pixels=options.pixels).points if smooth is not None else np.empty(0, dtype="i8")
    return Series(
        name=run.name or run.run_id,
        colour=run_colour(run.run_id, run.colour),
        x=x[kept],
        y=can_be_drawn[kept],
        total=len(y),
        smooth_x=x[smooth_kept],
        smooth_y=smooth[smooth_kept] if smooth is not None else np.empty(0),
        nan_x=x[marks.nan],
        plus_inf_x=x[marks.plus_inf],
        minus_inf_x=x[marks.minus_inf],
        not_positive_x=x[sample(x, below, pixels=options.pixels).marks.nan] if len(not_positive) else np.empty(0),
        nan_count=marks.nan_count,
        infinity_count=marks.plus_inf_count + marks.minus_inf_count,
        not_positive_count=len(not_positive),
    )
