"""A line in a table cell: a few points of each history, found by seeking, however long it is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from runs.metrics.blocks import BLOCKS_A_STATEMENT, chunks, whole_line
from runs.metrics.codec import Line
from runs.models import MetricSummary
from trackui.db import fetch_all, placeholders, read_snapshot

POINTS = 24
# A metric in at most so many blocks has them read; of more blocks the ends and extremes are enough.
FEW_BLOCKS = 6
# SQLite takes 32,766 bound values a statement, three a seek.
SEEKS_A_STATEMENT = 5_000
ROW = """
    (SELECT {column} FROM runs_metricpoint p WHERE p.run_id = t.run_id AND p.key_id = t.key_id AND p.step >= t.step
     ORDER BY p.step, p.timestamp, p.value LIMIT 1)
"""
LAST_STEP = """
    (SELECT step FROM runs_metricpoint p WHERE p.run_id = t.run_id AND p.key_id = t.key_id
     ORDER BY p.step DESC LIMIT 1)
"""
BLOCK = """
    (SELECT number FROM runs_metricblock b WHERE b.run_id = t.run_id AND b.key_id = t.key_id AND b.number >= t.number
     ORDER BY b.number LIMIT 1)
"""
ENDS_AND_EXTREMES = ("first", "last", "min", "max")
KNOWN = ", ".join(f"h.{name}_step, h.{name}_value" for name in ENDS_AND_EXTREMES)

Metric = tuple[int, int]  # run, key
SparkPoint = tuple[int, float]
# run, key, number, count, and the values of KNOWN
Head = tuple


def sparklines(summaries: Sequence[MetricSummary]) -> dict[Metric, list[SparkPoint]]:
    """(run, key) -> points (step, value) by step, finite: some at about even distances, the ends and the extremes.

    A step has several where it has an end or an extreme beside another point: a spike at the last step is drawn too.
    The cost is that of the points answered, not of those there are, but that metrics in few blocks have these read.
    Metrics that stay at one step have none.
    """
    drawn = [summary for summary in summaries if summary.first_step < summary.last_step]
    found: dict[Metric, dict[int, float]] = defaultdict(dict)
    with read_snapshot():
        for metric, points in (*in_rows(drawn), *in_blocks(drawn)):
            found[metric].update(finite(points))
    lines = {(one.run_id, one.key_id): with_known_points(found[one.run_id, one.key_id].items(), one) for one in drawn}
    return {metric: points for metric, points in lines.items() if points}


def spread(first: int, last: int, count: int = POINTS) -> list[int]:
    count = min(count, last - first + 1)
    return [first + (last - first) * i // max(1, count - 1) for i in range(count)]


def finite(points: Iterable[tuple]) -> Iterator[SparkPoint]:
    return ((step, value) for step, value in points if value is not None and math.isfinite(value))


def with_known_points(points: Iterable[SparkPoint], summary: MetricSummary) -> list[SparkPoint]:
    """With what the summary knows: a spike between two seeks is not lost."""
    first = (summary.first_step, summary.first)
    extremes = [(summary.min_step, summary.min_value), (summary.max_step, summary.max_value)]
    last = (summary.last_step, summary.last)
    in_order = sorted(finite([first, *points, *extremes, last]), key=itemgetter(0))
    return [point for point, _ in groupby(in_order)]


# --- Rows ---------------------------------------------------------------------------------------


def in_rows(summaries: Sequence[MetricSummary]) -> Iterator[tuple[Metric, list[tuple]]]:
    """Points that are in no block yet."""
    waiting = {(one.run_id, one.key_id): one for one in summaries if one.unsealed_count}
    targets = [
        (*metric, step)
        for *metric, last in seek("step", [(*metric, 0) for metric in waiting], LAST_STEP)
        if last is not None
        for summary in [waiting[tuple(metric)]]
        for step in spread(summary.first_step, summary.last_step)
        if step <= last
    ]
    columns = ", ".join(ROW.format(column=column) for column in ("step", "value", "is_nan"))
    for run, key, step, value, is_nan in seek("step", targets, columns):
        yield (run, key), [(step, math.nan if is_nan else value)]


def seek(name: str, targets: Sequence[tuple[int, int, int]], columns: str) -> Iterator[tuple]:
    """Run, key and `columns` for each target (run, key, `name`)."""
    for chunk in chunks(targets, SEEKS_A_STATEMENT):
        yield from fetch_all(
            f"WITH t(run_id, key_id, {name}) AS (VALUES {placeholders(len(chunk), 3)})"
            f" SELECT DISTINCT run_id, key_id, {columns} FROM t",
            [value for target in chunk for value in target],
        )


# --- Blocks -------------------------------------------------------------------------------------


def in_blocks(summaries: Sequence[MetricSummary]) -> Iterator[tuple[Metric, Iterable[tuple]]]:
    targets = [
        (summary.run_id, summary.key_id, number)
        for summary in summaries
        if summary.next_block
        for number in spread(0, summary.next_block - 1)
    ]
    chosen = [block for block in seek("number", targets, BLOCK) if block[2] is not None]
    heads: dict[Metric, list[Head]] = defaultdict(list)
    for head in at_blocks("runs_metricblock", chosen, f"h.count, {KNOWN}"):
        heads[head[:2]].append(head)
    few = [head for of_metric in heads.values() if len(of_metric) <= FEW_BLOCKS for head in of_metric]
    for metric, of_metric in heads.items():
        yield metric, [point for head in of_metric for point in zip(head[4::2], head[5::2], strict=True)]
    for chunk in chunks(few, BLOCKS_A_STATEMENT):
        counts = {head[:3]: head[3] for head in chunk}
        for *block, data, stored in at_blocks("runs_metricblockdata", list(counts), "h.data, h.checksum"):
            line = whole_line(*block, counts[tuple(block)], data, stored)
            # Of a damaged one the head has to do.
            if line is not None:
                metric = block[0], block[1]
                yield metric, along(line, POINTS // len(heads[metric]))


def at_blocks(table: str, blocks: Sequence[tuple[int, int, int]], columns: str) -> Iterator[tuple]:
    """Run, key, number and `columns` of each."""
    for chunk in chunks(blocks, SEEKS_A_STATEMENT):
        yield from fetch_all(
            f"WITH t(run_id, key_id, number) AS (VALUES {placeholders(len(chunk), 3)})"
            f" SELECT h.run_id, h.key_id, h.number, {columns} FROM t CROSS JOIN {table} h"
            " WHERE h.run_id = t.run_id AND h.key_id = t.key_id AND h.number = t.number",
            [value for block in chunk for value in block],
        )


def along(line: Line, count: int) -> Iterable[tuple]:
    """Points at even distances."""
    at = np.unique(np.searchsorted(line.steps, spread(int(line.steps[0]), int(line.steps[-1]), count)))
    return zip(line.steps[at].tolist(), line.values[at].tolist(), strict=True)
