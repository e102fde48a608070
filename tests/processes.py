"""Processes of this machine, seen through /proc."""

import time
from collections.abc import Callable
from pathlib import Path

SECONDS = 60


def children(pid: int) -> list[int]:
    """Oldest first."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object]):
    """What the condition gives, once that is something; fails after a minute."""
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
