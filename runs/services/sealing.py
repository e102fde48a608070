"""Points of runs that have ended are put away in full blocks."""

from contextlib import suppress

from runs.metrics.seal import seal_run
from runs.models import Run
from trackui.db import HELD, fetch_object
from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable
from trackui.group_commit import write_together


def seal_rest(run_pk: int) -> None:
    """Go on where a first call of `seal_run` left off, in short transactions.

    Stops without a word when others keep the database: points that stay unsealed are read all the same.
    """
    with suppress(RequestLimitExceeded, TemporarilyUnavailable):
        while seal_piece(run_pk):
            pass


def seal_piece(run_pk: int) -> bool:
    """One short transaction; whether there may be more to seal."""

    def write() -> bool:
        return fetch_object(Run, "id = %s", [run_pk], lock=HELD) is not None and seal_run(run_pk)

    return write_together(write)
