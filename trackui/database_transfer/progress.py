"""A bar that says how far a long work has come: one line on a terminal, a line now and then elsewhere."""

import shutil
import time
from typing import TextIO

TERMINAL_SECONDS = 0.2
PLAIN_SECONDS = 10.0
BAR = 24


class Progress:
    """`with Progress(stream, "copy", total) as progress: progress.advance(10)`; `total` is what is expected.

    `done`: what was done before, and does not count in the rate.
    """

    def __init__(self, stream: TextIO, label: str, total: int, *, done: int = 0) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.label = label
        self.total = total
        self.done = self.before = done
        self.part = ""
        self.began = self.told = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exc_info) -> None:
        self.tell()
        if self.is_terminal:
            self.stream.write("\n")

    def advance(self, count: int) -> None:
        self.done += count
        interval = TERMINAL_SECONDS if self.is_terminal else PLAIN_SECONDS
        if time.monotonic() - self.told >= interval:
            self.tell()

    def tell(self) -> None:
        self.told = time.monotonic()
        line = self.line(self.told - self.began, shutil.get_terminal_size().columns - 1 if self.is_terminal else 120)
        self.stream.write(f"\r{line}\x1b[K" if self.is_terminal else f"{line}\n")
        self.stream.flush()

    def line(self, seconds: float, width: int) -> str:
        """Never wider than `width`, as a line that is broken in two cannot be drawn over."""
        share = min(1.0, self.done / self.total) if self.total else 1.0
        rate = (self.done - self.before) / seconds if seconds else 0.0
        left = f", {clock((self.total - self.done) / rate)} left" if rate and self.done < self.total else ""
        told = (
            f"{self.label} {share:4.0%}  {self.done:,} of {self.total:,} rows, "
            f"{rate:,.0f} rows/s, {clock(seconds)}{left}  {self.part}"
        ).rstrip()
        room = min(BAR, width - len(told) - 1)
        bar = "█" * round(share * room) + "·" * (room - round(share * room)) + " " if room > 0 else ""
        return f"{bar}{told}"[:width]


def clock(seconds: float) -> str:
    """1:02:03 or 2:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
