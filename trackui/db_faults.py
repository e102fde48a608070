"""What a failing database means: the kinds of faults, and what the caller is told of each."""

import logging
import random
from enum import Enum, auto

from django.db import DataError, Error, IntegrityError, ProgrammingError

from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable, TrackingError

logger = logging.getLogger(__name__)

# Mistakes of ours or of the caller, which another try would not mend.
NO_FAULTS = (IntegrityError, DataError, ProgrammingError)


class Fault(Enum):
    CONFLICT = auto()  # rolled back because of other writers: the same write may succeed now
    LOCKED = auto()  # others held it for too long
    LOST = auto()  # the connection broke, or there was none
    UNREACHABLE = auto()  # no connection came up for as long as the pool waits
    FULL = auto()
    READ_ONLY = auto()
    SLOW = auto()  # a statement over its time
    OTHER = auto()


# PostgreSQL's states, and classes of states (their first two characters).
SQLSTATES = {
    "40001": Fault.CONFLICT,
    "40P01": Fault.CONFLICT,
    "55P03": Fault.LOCKED,
    "53100": Fault.FULL,
    "25006": Fault.READ_ONLY,
    "57014": Fault.SLOW,
    "53300": Fault.LOST,
    "57P01": Fault.LOST,
    "57P02": Fault.LOST,
    "57P03": Fault.LOST,
    "57P05": Fault.LOST,
    "25P03": Fault.LOST,
    "08": Fault.LOST,
}
# SQLite's primary result codes: the low byte.
SQLITE_CODES = {5: Fault.LOCKED, 6: Fault.LOCKED, 8: Fault.READ_ONLY, 10: Fault.OTHER, 13: Fault.FULL}


class Conflict(RequestLimitExceeded):
    """Rolled back because of other writers."""


class ConnectionLost(TemporarilyUnavailable):
    """Before COMMIT was sent: nothing was done."""


def fault_of(error: BaseException) -> Fault:
    """The kind of an error as Django raises it."""
    cause = error.__cause__
    # By its name: without PostgreSQL, its packages are never imported.
    if type(cause).__name__ == "PoolTimeout":
        return Fault.UNREACHABLE
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_CODES.get(code & 0xFF, Fault.OTHER)
    if not hasattr(cause, "sqlstate"):
        return Fault.OTHER
    state = cause.sqlstate
    # psycopg has no state to tell when it was the network that failed.
    return Fault.LOST if state is None else SQLSTATES.get(state) or SQLSTATES.get(state[:2], Fault.OTHER)


def is_fault(error: BaseException) -> bool:
    """Whether the database failed, and not the statement."""
    return isinstance(error, Error) and not isinstance(error, NO_FAULTS)


def told(error: BaseException, *, committing: bool = False) -> TrackingError:
    """What the caller is told of a fault. `committing`: it came while a transaction was being committed."""
    fault = fault_of(error)
    if fault is Fault.CONFLICT:
        return Conflict("Other writers were in the way; nothing was written. Try again.", retry_after=soon())
    if fault is Fault.LOCKED:
        return RequestLimitExceeded("The database is busy; nothing was written. Try again.", retry_after=soon())
    if fault is Fault.OTHER:
        logger.error("The database failed", exc_info=error)
    else:
        logger.error("The database failed: %s", str(error).strip())
    if fault is Fault.LOST and not committing:
        return ConnectionLost("The connection to the database was lost; nothing was done.", retry_after=later())
    return TemporarilyUnavailable(MESSAGES[fault], retry_after=later())


MESSAGES = {
    Fault.LOST: "The connection to the database was lost in a commit; whether the write was kept is unknown.",
    Fault.UNREACHABLE: "The database cannot be reached; try again later.",
    Fault.FULL: "The disk of the database is full: nothing was written, and reading goes on.",
    Fault.READ_ONLY: "The database can only be read at present; nothing was written.",
    Fault.SLOW: "The database took too long over this request.",
    Fault.OTHER: "The database is not available; try again later.",
}


def soon() -> int:
    """Seconds to wait before a try that may well succeed; spread, so that not all come back together."""
    return random.randint(1, 5)


def later() -> int:
    """Seconds until a machine may have been mended."""
    return random.randint(5, 30)
