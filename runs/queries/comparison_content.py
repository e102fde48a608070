"""A comparison as one JSON document, always written alike, and read back: what a snapshot keeps.

Canonical: keys sorted, no blanks, UTF-8, floats as Python writes them (the shortest that reads back the same), NaN and
infinities as words. The same values give the same bytes, and so the same hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from runs.charts.series import LineChart, Series
from runs.ingest.batch import number_in
from runs.metrics.direction import DirectionOfMetric
from runs.models import Direction
from runs.queries.comparison_data import ComparedRun, ComparisonData, Numbers, ParamValue, in_order
from trackui.exports.values import plain

FORMAT = "trackui comparison 1"
ABOUT_RUN = tuple(field.name for field in fields(ComparedRun))
# What a drawn line is made of, as `Series` names it.
LINE_ARRAYS = ("x", "y", "nan_x", "plus_inf_x", "minus_inf_x")
LINE_FACTS = ("name", "colour", "total", "nan_count", "infinity_count", "dash")


def content_of(
    data: ComparisonData, charts: Sequence[LineChart] = (), *, over_seeds: Mapping[str, str] | None = None
) -> dict:
    """`over_seeds`: what was said of other runs like each of these, by run id."""
    return {
        "format": FORMAT,
        "runs": [run_content(data, position) for position in range(len(data.runs))],
        "directions": {key: [one.direction, one.is_guess] for key, one in data.directions.items() if one.direction},
        "charts": [chart_content(chart) for chart in charts],
        "over_seeds": dict(over_seeds or {}),
    }


def run_content(data: ComparisonData, at: int) -> dict:
    return {name: getattr(data.runs[at], name) for name in ABOUT_RUN} | {
        "params": {key: value.text for key, value in column(data.params, at)},
        "metrics": {
            key: {name: plain(number) for name, number in value._asdict().items()}
            for key, value in column(data.metrics, at)
        },
        "tags": dict(column(data.tags, at)),
        "datasets": dict(column(data.datasets, at)),
        "packages": dict(column(data.packages, at)),
    }


def column(table: Mapping[str, Mapping], at: int) -> list[tuple[str, object]]:
    return [(key, of_runs[at]) for key, of_runs in table.items() if at in of_runs]


def chart_content(chart: LineChart) -> dict:
    return {
        "key": chart.title,
        "lines": [
            {name: getattr(one, name) for name in LINE_FACTS}
            | {name: [plain(number) for number in getattr(one, name).tolist()] for name in LINE_ARRAYS}
            for one in chart.series
        ],
    }


def canonical(content: Mapping) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


# --- And back ------------------------------------------------------------------------------------


def data_of(content: Mapping) -> ComparisonData:
    runs = content["runs"]
    metrics = table_of_column(runs, "metrics", numbers_of)
    declared = content["directions"]
    return ComparisonData(
        runs=tuple(ComparedRun(**{name: run[name] for name in ABOUT_RUN}) for run in runs),
        params=table_of_column(runs, "params", lambda text: ParamValue(text, number_in(text))),
        metrics=metrics,
        tags=table_of_column(runs, "tags"),
        datasets=table_of_column(runs, "datasets"),
        packages=table_of_column(runs, "packages"),
        directions={key: direction_of(declared.get(key)) for key in metrics},
    )


def table_of_column(runs: Sequence[Mapping], name: str, read=lambda value: value) -> dict[str, dict]:
    table: dict[str, dict] = {}
    for at, run in enumerate(runs):
        for key, value in run[name].items():
            table.setdefault(key, {})[at] = read(value)
    return in_order(table)


def numbers_of(value: Mapping) -> Numbers:
    return Numbers(**{name: number(one) for name, one in value.items()})


def number(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, str) else value


def direction_of(written: Sequence | None) -> DirectionOfMetric:
    return DirectionOfMetric(Direction(written[0]), written[1]) if written else DirectionOfMetric(None, True)


def charts_of(content: Mapping) -> list[LineChart]:
    return [
        LineChart(title=chart["key"], series=tuple(line_of(line) for line in chart["lines"]))
        for chart in content["charts"]
    ]


def line_of(line: Mapping) -> Series:
    arrays = {name: np.array([number(one) for one in line[name]], dtype=float) for name in LINE_ARRAYS}
    return Series(**{name: line[name] for name in LINE_FACTS}, **arrays)
