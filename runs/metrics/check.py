"""Whether the points of a run are as they were stored: bytes, heads, order, summary.

A metric is read in one state of the database, so writers may go on. Memory: the heads of one metric, and the
points of some hundred blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import HEAD_COLUMNS, head_of, heads, read_blocks
from runs.metrics.check_order import Source, ascends, repeats
from runs.metrics.check_summary import wrong_columns
from runs.metrics.codec import Line
from runs.metrics.points import Columns
from runs.metrics.rows import pieces_of_rows
from runs.metrics.states import State, stored_states
from runs.metrics.summary import Summary, merge, summarise
from trackui.db import fetch_all, in_list, read_snapshot

TABLES = ("runs_metricsummary", "runs_metricpoint", "runs_metricblock", "runs_metricblockdata")
# What is checked in one state of the database, where a metric has no more.
POINTS_A_GROUP = 65_536
KEYS_A_GROUP = 500


class Damage(NamedTuple):
    """What is wrong, and where: in a block, or in the metric as a whole."""

    run_id: str
    metric: str
    block: int | None
    what: str

    def __str__(self) -> str:
        block = "" if self.block is None else f", block {self.block}"
        return f"run {self.run_id}, metric '{self.metric}'{block}: {self.what}"


def check_runs(run_pks: Iterable[int]) -> Iterator[Damage]:
    """All that is wrong with the metrics of these runs. Reads every point of them, in a statement a metric or more."""
    for run_pk in run_pks:
        for names in _groups(run_pk):
            with read_snapshot():
                found = [(key, damage) for key, metric in _opened(run_pk, names) for damage in metric.damages()]
            for key, (block, what) in found:
                yield Damage(*names[key], block, what)


def _groups(run_pk: int) -> Iterator[dict[int, tuple[str, str]]]:
    """Run id and name by key, so many as have the points of a few blocks. Also keys with points but no summary."""
    keys = " UNION ".join(f"SELECT key_id FROM {table} WHERE run_id = %s" for table in TABLES)
    rows = fetch_all(
        f"SELECT k.id, r.run_id, k.name, COALESCE(s.count, 0) FROM ({keys}) AS metric"
        " JOIN runs_key k ON k.id = metric.key_id JOIN runs_run r ON r.id = %s"
        " LEFT JOIN runs_metricsummary s ON s.run_id = r.id AND s.key_id = k.id ORDER BY k.id",
        [run_pk] * (len(TABLES) + 1),
    )
    group: dict[int, tuple[str, str]] = {}
    points = 0
    for key, run_id, name, count in rows:
        if group and (points + count > POINTS_A_GROUP or len(group) == KEYS_A_GROUP):
            yield group
            group, points = {}, 0
        group[key] = run_id, name
        points += count
    if group:
        yield group


def _opened(run_pk: int, keys: Collection[int]) -> Iterator[tuple[int, _Metric]]:
    """Two statements."""
    chosen, params = f"run_id = %s AND key_id IN {in_list(keys)}", [run_pk, *keys]
    states = stored_states(run_pk, list(keys))
    with_blocks = {
        key
        for (key,) in fetch_all(
            f"SELECT key_id FROM runs_metricblock WHERE {chosen} UNION"
            f" SELECT key_id FROM runs_metricblockdata WHERE {chosen}",
            [*params, *params],
        )
    }
    for key in keys:
        yield key, _Metric(run_pk, key, states.get(key), has_blocks=key in with_blocks)


class _Metric:
    """One metric, and what is found of it while its points are read once."""

    def __init__(self, run: int, key: int, state: State | None, *, has_blocks: bool) -> None:
        self.run, self.key, self.state = run, key, state
        self.has_blocks = has_blocks
        self.last_number = -1
        self.summary: Summary | None = None
        self.sources: list[Source] = []
        self.is_whole = True
        self.unsealed = 0

    def damages(self) -> Iterator[tuple[int | None, str]]:
        """(number of the block or None, what is wrong with it)."""
        if self.has_blocks:
            yield from self._check_blocks()
        for after, line in pieces_of_rows(self.run, self.key):
            self.unsealed += len(line)
            self._add(line, partial(self._read_rows, after, len(line)))
        count, first = repeats(self.sources)
        if count:
            yield None, f"{count} points are stored more than once, the first at step {first}"
        yield from self._check_state()

    def _check_blocks(self) -> Iterator[tuple[int, str]]:
        stored = heads([self.run], self.key)
        for place, block in enumerate(read_blocks(stored, self.key)):
            head = stored[place]
            self.unsealed += 0 if head["is_sealed"] else int(head["count"])
            self.last_number = max(self.last_number, block.number)
            if block.line is None:
                self.is_whole = False
                yield block.number, "its bytes are damaged or missing"
                continue
            if not ascends(block.line).all():
                yield block.number, "its points are not in order"
            if wrong := _wrong_in_head(head, block.line):
                yield block.number, f"its head is wrong: {', '.join(wrong)}"
            self._add(block.line, partial(self._read_block, stored[place : place + 1]))
        with_data = fetch_all(
            "SELECT number FROM runs_metricblockdata WHERE run_id = %s AND key_id = %s", [self.run, self.key]
        )
        for number in sorted({number for (number,) in with_data}.difference(stored["number"].tolist())):
            self.is_whole = False
            yield number, "its head is missing"

    def _add(self, line: Line, read: Callable[[], Line]) -> None:
        summary = summarise(Columns(*(column.tolist() for column in line)))
        self.summary = summary if self.summary is None else merge(self.summary, summary)
        self.sources.append(Source.of(line, read))

    def _read_rows(self, after: tuple | None, count: int) -> Line:
        return next(pieces_of_rows(self.run, self.key, after=after, count=count))[1]

    def _read_block(self, head: np.ndarray) -> Line:
        return next(read_blocks(head, self.key)).line

    def _check_state(self) -> Iterator[tuple[None, str]]:
        if self.state is None:
            yield None, "its summary is missing"
            return
        # What is lost cannot be summed up.
        if self.is_whole and (wrong := wrong_columns(self.state.summary, self.summary)):
            yield None, f"its summary is wrong: {', '.join(wrong)}"
        unsealed = self.state.unsealed
        if unsealed.count != self.unsealed:
            yield None, f"{self.unsealed} points are not sealed, and its summary says {unsealed.count}"
        if unsealed.next_block <= self.last_number:
            yield None, f"the number of its next block, {unsealed.next_block}, is taken"


def _wrong_in_head(head: np.void, line: Line) -> list[str]:
    expected = head_of(line, is_sealed=bool(head["is_sealed"]))
    return [name for name, value in zip(HEAD_COLUMNS, expected, strict=True) if head[name] != (value or 0)]
