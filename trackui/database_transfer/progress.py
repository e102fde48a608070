"""A bar that says how far a long work has come: one line on a terminal, a line now and then elsewhere."""

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
        line = self.line(self.told - self.began)
        self.stream.write(f"\r{line}\x1b[K" if self.is_terminal else f"{line}\n")
        self.stream.flush()

    def line(self, seconds: float) -> str:
        share = min(1.0, self.done / self.total) if self.total else 1.0
        rate = (self.done - self.before) / seconds if seconds else 0.0
        left = f", {clock((self.total - self.done) / rate)} left" if rate and self.done < self.total else ""
        bar = "█" * round(share * BAR) + "·" * (BAR - round(share * BAR))
        return (
            f"{self.label:8} {bar} {share:4.0%}  {self.done:,} of {self.total:,} rows, "
            f"{rate:,.0f} rows/s, {clock(seconds)}{left}  {self.part}"
        ).rstrip()


def clock(seconds: float) -> str:
    """1:02:03 or 2:03."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
