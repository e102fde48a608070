"""Stored points merged into one order, reading only the blocks that are needed.

Blocks whose points lie apart follow each other. Where some overlap, as points came out of order, they are a
cluster that is read and sorted together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from runs.metrics.blocks import read_whole_blocks
from runs.metrics.codec import Line, joined
from runs.metrics.disorder import POINTS_A_WINDOW, in_windows
from runs.metrics.orders import Order
from runs.metrics.stored import Stored

# Points read at once, about: 1.5 MB. A cluster of more is one reading up to POINTS_A_WINDOW, then goes by windows.
POINTS_A_READING = 65_536

Piece = tuple[int, Line]  # run, points of it


class Cluster(NamedTuple):
    """Points of a run with none of its others between them: those of `heads`, and `loose` ones in order."""

    run_pk: int
    heads: np.ndarray
    loose: Line

    @property
    def count(self) -> int:
        return int(self.heads["count"].sum()) + len(self.loose)


def clusters(stored: Stored, order: Order) -> Iterator[Cluster]:
    """In order."""
    loose = order.sorted(stored.loose)
    find = finder(loose, order)
    done = 0
    for heads, low, high in overlapping(stored.heads, order):
        start = find(low, done)
        if start > done:
            yield Cluster(stored.run_pk, stored.heads[:0], loose.at(slice(done, start)))
        done = find(high, start)
        yield Cluster(stored.run_pk, heads, loose.at(slice(start, done)))
    if done < len(loose):
        yield Cluster(stored.run_pk, stored.heads[:0], loose.at(slice(done, None)))


def finder(line: Line, order: Order) -> Callable[[tuple, int], int]:
    """Tells the place of a bound in a line from a place on. At once where it is that one, the usual case."""
    columns = order.columns(line)

    def point(at: int) -> tuple:
        return tuple(column[at].item() for column in columns)

    def find(bound: tuple, since: int) -> int:
        if since == len(line) or bound <= point(since):
            return since
        return bisect_left(range(len(line)), bound, since, key=point)

    return find


def overlapping(heads: np.ndarray, order: Order) -> Iterator[tuple[np.ndarray, tuple, tuple]]:
    """Heads of blocks that overlap, together, with their bounds.

    No two points are the same, so a block that begins where the last one ends has no point before that end.
    """
    if not len(heads):
        return
    lows, highs = order.spans(heads)
    in_order = sorted(range(len(heads)), key=lows.__getitem__)
    heads = heads[in_order]
    start, high = 0, highs[in_order[0]]
    for position, at in enumerate(in_order):
        if position and lows[at] >= high:
            yield heads[start:position], lows[in_order[start]], high
            start, high = position, highs[at]
        high = max(high, highs[at])
    yield heads[start:], lows[in_order[start]], high


def excerpt(found: Iterable[Cluster], key: int, order: Order, *, offset: int, limit: int) -> Iterator[Piece]:
    """`limit` points from `offset` on; clusters before them are passed over by their counts."""
    end = offset + limit
    needed: list[Cluster] = []
    start = skipped = 0
    for cluster in found:
        if start >= end:
            break
        if start + cluster.count > offset:
            needed.append(cluster)
        else:
            skipped = start + cluster.count
        start += cluster.count
    return cut(merged(needed, key, order), offset - skipped, limit)


def merged(found: Iterable[Cluster], key: int, order: Order, *, at_once: int | None = None) -> Iterator[Piece]:
    """The points of clusters, one cluster after the other. DamagedBlock where one cannot be read.

    A statement for each `at_once` of them, POINTS_A_READING where nothing is said. Memory holds as many, or one
    window of a large cluster.
    """
    at_once = at_once or POINTS_A_READING
    batch: list[Cluster] = []
    room = at_once
    for cluster in found:
        if cluster.count > POINTS_A_WINDOW and len(cluster.heads) > 1:
            yield from read(batch, key, order)
            yield from ((cluster.run_pk, line) for line in in_windows(cluster.heads, cluster.loose, key, order))
            batch, room = [], at_once
            continue
        batch.append(cluster)
        room -= cluster.count
        if room <= 0:
            yield from read(batch, key, order)
            batch, room = [], at_once
    yield from read(batch, key, order)


def read(batch: list[Cluster], key: int, order: Order) -> Iterator[Piece]:
    """Points of some clusters, joined run by run."""
    if not batch:
        return
    blocks = read_whole_blocks([head for cluster in batch for head in cluster.heads], key)
    run_pk, lines = batch[0].run_pk, []
    for cluster in batch:
        if cluster.run_pk != run_pk:
            yield run_pk, joined(lines)
            run_pk, lines = cluster.run_pk, []
        parts = [next(blocks)[1] for _ in range(len(cluster.heads))]
        if len(cluster.loose):
            parts.append(cluster.loose)
        lines.append(order.sorted(joined(parts)))
    yield run_pk, joined(lines)


def cut(pieces: Iterable[Piece], offset: int, limit: int) -> Iterator[Piece]:
    """`limit` points from `offset` on."""
    for run_pk, line in pieces:
        kept = line.at(slice(offset, offset + limit))
        offset = max(0, offset - len(line))
        limit -= len(kept)
        if len(kept):
            yield run_pk, kept
        if limit <= 0:
            return  # before the next piece is read
