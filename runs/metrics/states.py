"""Rows of MetricSummary as the writer reads and stores them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from runs.metrics.blocks import chunks
from runs.metrics.seal import Unsealed
from runs.metrics.summary import Summary, merge
from trackui.db import fetch_all, in_list, insert_rows, is_sqlite

STATE_COLUMNS = (*Summary._fields, "unsealed_count", "next_block")
COLUMNS = ("run_id", "key_id", "experiment_id", *STATE_COLUMNS)
EXTREMES = ("min_value", "min_step", "max_value", "max_step")


class State(NamedTuple):
    """What is known of a metric; `summary` is None while it has no points."""

    summary: Summary | None = None
    unsealed: Unsealed = Unsealed(0, 0)

    def plus(self, summary: Summary, unsealed: Unsealed) -> "State":
        return State(summary if self.summary is None else merge(self.summary, summary), unsealed)

    def sealed(self, unsealed: Unsealed | None) -> "State":
        """What a seal has left of it; None if it was not sealed."""
        return self if unsealed is None else State(self.summary, unsealed)

    def has_extremes_of(self, other: "State | None") -> bool:
        return other is not None and all(getattr(self.summary, c) == getattr(other.summary, c) for c in EXTREMES)


def stored_states(run: int, keys: Sequence[int]) -> dict[int, State]:
    """Of those of the keys that the run has; a statement for each 500."""
    found: dict[int, State] = {}
    columns = ", ".join(STATE_COLUMNS)
    for chunk in chunks(keys, 500):
        rows = fetch_all(
            f"SELECT key_id, {columns} FROM runs_metricsummary WHERE run_id = %s AND key_id IN {in_list(chunk)}",
            [run, *chunk],
        )
        found |= {key: State(Summary(*state[:-2]), Unsealed(*state[-2:])) for key, *state in rows}
    return found


def _upsert(columns: Sequence[str]) -> str:
    return "(run_id, key_id) DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in columns)


WHOLE = _upsert(STATE_COLUMNS)
BUT_EXTREMES = _upsert([column for column in STATE_COLUMNS if column not in EXTREMES])


def store_states(run: int, experiment: int, states: Mapping[int, State], *, before: Mapping[int, State]) -> None:
    """In one statement, on SQLite in two.

    SQLite writes an index anew when a column of it is set, though to the same value: a third of the work with the
    summaries of a million runs. In training, extremes are seldom new.
    """
    new, same = [], []
    for key in sorted(states):
        state = states[key]
        is_same = is_sqlite() and state.has_extremes_of(before.get(key))
        (same if is_same else new).append((run, key, experiment, *state.summary, *state.unsealed))
    insert_rows("runs_metricsummary", COLUMNS, new, on_conflict=WHOLE)
    insert_rows("runs_metricsummary", COLUMNS, same, on_conflict=BUT_EXTREMES)
