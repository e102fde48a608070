"""Whether points are in order, and each stored once, in whichever block or row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from runs.metrics.codec import Line, joined, sorted_line

Moment = tuple[int, int]  # step, timestamp
SOURCES_AT_ONCE = 64


class Source(NamedTuple):
    """Points that are read together, a block or a piece of the rows, between whose ends they are."""

    first: Moment
    last: Moment
    read: Callable[[], Line]

    @classmethod
    def of(cls, line: Line, read: Callable[[], Line]) -> Source:
        first, last = ((int(line.steps[place]), int(line.timestamps[place])) for place in (0, -1))
        return cls(first, last, read)


def ascends(line: Line) -> np.ndarray:
    """Of each point but the first: whether it is greater than the one before it."""
    is_nan = np.isnan(line.values)
    columns = (is_nan, np.where(is_nan, 0.0, line.values), line.timestamps, line.steps)
    is_greater = np.zeros(max(0, len(line) - 1), bool)
    for column in columns:
        is_greater = (column[1:] > column[:-1]) | ((column[1:] == column[:-1]) & is_greater)
    return is_greater


def repeats(sources: Sequence[Source]) -> tuple[int, int | None]:
    """How many points are stored more often than once, and the step of the first of them.

    Only sources that overlap can share points, and only they are read again.
    """
    count, first = 0, None
    for cluster in _clusters(sources):
        for low, high, some in _windows(cluster):
            line = sorted_line(joined([_between(source.read(), low, high) for source in some]))
            again = np.flatnonzero(~ascends(line))
            if len(again) and first is None:
                first = int(line.steps[again[0]])
            count += len(again)
    return count, first


def _clusters(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Sources that overlap, directly or through others; those that overlap none are left out."""
    cluster: list[Source] = []
    last: Moment = (0, 0)
    for source in sorted(sources, key=lambda source: source.first):
        if cluster and source.first > last:
            if len(cluster) > 1:
                yield cluster
            cluster = []
        last = max(last, source.last) if cluster else source.last
        cluster.append(source)
    if len(cluster) > 1:
        yield cluster


def _windows(cluster: list[Source]) -> Iterator[tuple[Moment, Moment | None, list[Source]]]:
    """Intervals low ≤ moment < high in which some sixty sources begin, with all that reach into them."""
    starts = [source.first for source in cluster[::SOURCES_AT_ONCE]]
    for low, high in zip(starts, [*starts[1:], None], strict=True):
        if high is None or low < high:
            yield low, high, [one for one in cluster if one.last >= low and (high is None or one.first < high)]


def _between(line: Line, low: Moment, high: Moment | None) -> Line:
    return line.at(_since(line, low) & (True if high is None else ~_since(line, high)))


def _since(line: Line, moment: Moment) -> np.ndarray:
    step, timestamp = moment
    return (line.steps > step) | ((line.steps == step) & (line.timestamps >= timestamp))
