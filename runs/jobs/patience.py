"""Writes of jobs, which can wait: nobody holds a connection open for them."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_SECONDS = 300.0
PAUSE_SECONDS = 0.5


def patient(write: Callable[P, T]) -> Callable[P, T]:
    """Try again for five minutes while the database is busy, full or away.

    The write must bear being done twice: when a connection is lost in a commit, nobody knows whether it was done.
    """

    @wraps(write)
    def patiently(*args: P.args, **kwargs: P.kwargs) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return write(*args, **kwargs)
            except (RequestLimitExceeded, TemporarilyUnavailable):
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)

    return patiently
