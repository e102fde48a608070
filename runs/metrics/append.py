"""Points in, summary kept. Inside a write transaction that holds the run's row."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from runs.metrics import blocks
from runs.metrics.blocks import ReadyBlock, store_ready_blocks
from runs.metrics.codec import plain
from runs.metrics.points import Columns, in_order
from runs.metrics.repeats import POINT_COLUMNS, POINT_IDENTITY, only_new
from runs.metrics.seal import seal_full
from runs.metrics.small_blocks import small_head
from runs.metrics.states import State, store_states, stored_states
from runs.metrics.summary import Summary, summarise
from trackui.db import insert_rows


class KeyPoints(NamedTuple):
    """New points of one metric in order, what they come to, and as a block where they are worth one."""

    points: Columns
    summary: Summary
    head: tuple = ()
    data: bytes = b""


def gather_points(points: Mapping[str, Columns]) -> dict[str, KeyPoints]:
    """Points as they come, by key. Needs no database: do it before the transaction."""
    return {key: _gathered(in_order(columns)) for key, columns in points.items()}


def _gathered(points: Columns) -> KeyPoints:
    summary = summarise(points)
    if len(points) < blocks.WORTH_A_BLOCK:
        return KeyPoints(points, summary)
    return KeyPoints(points, summary, small_head(points, summary), plain(*points))


def append_points(*, run: int, experiment: int, gathered: Mapping[int, KeyPoints]) -> list[int]:
    """Store points of one run, gathered by key; equal points count once.

    Answers the keys the run did not have before. Three statements when all points are later than what is stored,
    as in training: two more when enough of them come at once to be stored as blocks, one more on SQLite when some
    keys have new extremes and some have not. Points that may be there already cost what `runs.metrics.repeats`
    says. When a key has the points of a full block, it is sealed, by seven statements. The work is in proportion
    to the batch, never to the run.
    """
    if not gathered:
        return []
    stored = stored_states(run, list(gathered))
    later: dict[int, KeyPoints] = {}
    doubtful: dict[int, Columns] = {}
    for key in sorted(gathered):
        _divide(key, gathered[key], stored.get(key), later, doubtful)
    states = _store_later(run, later, stored)
    in_blocks = {key for key in doubtful if stored[key].unsealed.next_block}
    for key, points in only_new(run, doubtful, in_blocks=in_blocks).items():
        state = states.get(key) or stored[key]
        states[key] = state.plus(summarise(points), state.unsealed.with_rows(len(points)))
    sealed = seal_full(run, {key: state.unsealed for key, state in states.items()})
    store_states(run, experiment, {key: state.sealed(sealed.get(key)) for key, state in states.items()}, before=stored)
    return [key for key in gathered if key not in stored]


def _divide(key: int, new: KeyPoints, stored: State | None, later: dict, doubtful: dict) -> None:
    """What comes after the last stored point is surely new; the rest may be there already."""
    if stored is None or new.summary.first_point > stored.summary.last_point:
        later[key] = new
        return
    position = bisect_right(new.points.stored(), stored.summary.last_point)
    doubtful[key] = new.points.at(slice(position))
    if position < len(new.points):
        later[key] = _gathered(new.points.at(slice(position, None)))


def _store_later(run: int, later: Mapping[int, KeyPoints], stored: Mapping[int, State]) -> dict[int, State]:
    """As a block a key where they are worth one, else as rows in the order of the primary key."""
    rows: list[tuple] = []
    ready: list[ReadyBlock] = []
    states: dict[int, State] = {}
    for key, new in later.items():
        state = stored.get(key, State())
        count, number = len(new.points), state.unsealed.next_block
        if new.data:
            ready.append(ReadyBlock(key, number, new.head, new.data))
            states[key] = state.plus(new.summary, state.unsealed.with_block(count))
        else:
            rows += [(run, key, *point) for point in new.points.stored()]
            states[key] = state.plus(new.summary, state.unsealed.with_rows(count))
    insert_rows("runs_metricpoint", POINT_COLUMNS, rows, on_conflict=POINT_IDENTITY)
    store_ready_blocks(run, ready)
    return states
