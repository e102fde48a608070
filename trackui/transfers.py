"""How many bodies of bytes a process moves at once: the other threads stay free for short requests."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from trackui.errors import RequestLimitExceeded

_lock = threading.Lock()
_under_way = 0


def most_transfers() -> int:
    return max(1, settings.TRACKUI_THREADS // 2)


def begin_transfer() -> None:
    """Take a place, to be given back by `end_transfer`; RequestLimitExceeded at once when all are taken."""
    global _under_way
    with _lock:
        if _under_way >= most_transfers():
            raise RequestLimitExceeded(
                "Too many artifacts are being transferred; try again.", retry_after=random.randint(1, 5)
            )
        _under_way += 1


def end_transfer() -> None:
    global _under_way
    with _lock:
        _under_way -= 1


@contextmanager
def transfer() -> Iterator[None]:
    begin_transfer()
    try:
        yield
    finally:
        end_transfer()
