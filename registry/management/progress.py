"""How far a command has come, on standard error: a line that is written over on a terminal, else one now and then."""

import time
from typing import TextIO

WIDTH = 24
TERMINAL_SECONDS, LOG_SECONDS = 0.2, 10.0


class RowsProgress:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.is_begun = False
        self.begin()

    def begin(self) -> None:
        """Rows a second are counted from now."""
        self.began = self.told = time.monotonic()

    def tell(self, rows: int, share: float) -> None:
        now = time.monotonic()
        if now - self.told < (TERMINAL_SECONDS if self.is_terminal else LOG_SECONDS) and share < 1:
            return
        self.told = now
        line = progress_line(rows, share, seconds=now - self.began)
        self.stream.write(f"\r\x1b[K{line}" if self.is_terminal else f"{line}\n")
        self.stream.flush()
        self.is_begun = True

    def end(self) -> None:
        if self.is_begun and self.is_terminal:
            self.stream.write("\n")


def progress_line(rows: int, share: float, *, seconds: float) -> str:
    """`█████░░░░░ 48 %  120,000 rows  41,000 rows/s  3 s left`"""
    filled = round(WIDTH * share)
    parts = ["█" * filled + "░" * (WIDTH - filled) + f" {share:4.0%}", f"{rows:,} rows"]
    if seconds > 0:
        parts.append(f"{rows / seconds:,.0f} rows/s")
    if 0 < share < 1:
        parts.append(f"{seconds * (1 - share) / share:,.0f} s left")
    return "  ".join(parts)
