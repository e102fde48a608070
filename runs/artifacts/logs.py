"""Text logs by range: the end of one, the lines around a number, the lines that hold a text. Memory holds some MiB.

A place in a log is a byte and the number of the line that begins there. Lines are counted from the beginning, or from
such a place; more than SCANNED bytes are never read for one answer, and an answer says where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

from runs.artifacts.decoded import decoded
from runs.artifacts.stores import OpenFile

TAIL = 2**16
SCANNED = 2**26
PIECE = 2**20
LINES = 400
MOST_FOUND = 200
# Of a line so many bytes are looked at; the rest of it is passed over.
LONGEST_LINE = 2**16
LONGEST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    at: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class LogLines:
    """Whole lines from `start` on. `is_numbered`: their numbers are those in the file, and not counted from `start`.

    `end`: the place after them. `is_text`: False for what cannot be shown as lines.
    """

    start: Place
    end: Place
    text: str
    is_numbered: bool = True
    is_text: bool = True

    @property
    def ends_with_line(self) -> bool:
        """False where the last line goes on when more is written."""
        return not self.text or self.text.endswith("\n")


@dataclass(frozen=True, slots=True)
class LogMatch:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LogSearch:
    """`next`: where to go on, as the log was not read to its end; None when it was."""

    matches: tuple[LogMatch, ...]
    next: Place | None
    scanned: int


def log_tail(file: OpenFile) -> LogLines:
    """The last lines, 64 KiB of them at most. Numbered where all before them may be counted."""
    at = max(0, file.size - TAIL)
    if at:
        data = read(file, at, TAIL)
        at += data.find(b"\n") + 1
    if file.size > SCANNED:
        return log_lines(file, Place(at, 1), is_numbered=False)
    return log_lines(file, Place(at, 1 + newlines(file, 0, at)))


def log_lines(file: OpenFile, start: Place, *, until: int | None = None, is_numbered: bool = True) -> LogLines:
    """Whole lines from a place on, 64 KiB of them at most, and none after byte `until`."""
    data = read(file, start.at, TAIL if until is None else min(TAIL, until - start.at))
    if start.at + len(data) < file.size and (whole := data.rfind(b"\n") + 1):
        data = data[:whole]
    text = decoded(data, is_cut=start.at + len(data) < file.size)
    end = Place(start.at + len(data), start.line + data.count(b"\n"))
    return LogLines(start, end, text or "", is_numbered, text is not None)


def lines_around(file: OpenFile, line: int) -> LogLines | None:
    """Those from half a page before the line on; None where the log ends before it, or it lies too deep."""
    wanted = max(1, line - LINES // 2)
    place = place_of(file, wanted)
    if place is None:
        return None
    found = log_lines(file, place)
    # Long lines may leave the one that was asked for beyond what is shown.
    return found if found.start.line <= line <= max(found.start.line, found.end.line) else log_lines_at(file, line)


def log_lines_at(file: OpenFile, line: int) -> LogLines | None:
    place = place_of(file, line)
    return log_lines(file, place) if place else None


def lines_before(file: OpenFile, place: Place) -> LogLines | None:
    """The lines that end where a place begins."""
    if not place.at:
        return None
    start = max(0, place.at - TAIL)
    data = read(file, start, place.at - start)
    if start:
        start += data.find(b"\n") + 1 if b"\n" in data[:-1] else 0
    count = read(file, start, place.at - start).count(b"\n")
    return log_lines(file, Place(start, max(1, place.line - count)), until=place.at)


def place_of(file: OpenFile, line: int) -> Place | None:
    """Where a line begins, within the first SCANNED bytes."""
    seen, at = 1, 0
    if line <= 1:
        return Place()
    while at < min(file.size, SCANNED):
        data = read(file, at, PIECE)
        count = data.count(b"\n")
        if seen + count >= line:
            offset = 0
            for _ in range(line - seen):
                offset = data.index(b"\n", offset) + 1
            return Place(at + offset, line) if at + offset < file.size else None
        seen, at = seen + count, at + len(data)
    return None


def search_log(file: OpenFile, text: str, start: Place = Place()) -> LogSearch:
    """Lines that hold the text, capitals or not, from a place on."""
    wanted = text.casefold()
    matches: list[LogMatch] = []
    at, line = start.at, start.line
    end = min(file.size, start.at + SCANNED)
    while at < end:
        data = read(file, at, min(PIECE, end - at))
        if at + len(data) < file.size:
            whole = data.rfind(b"\n") + 1
            data = data[:whole] if whole else data
        if wanted in data.decode("utf-8", "replace").casefold():
            offset = at
            for row in data.split(b"\n"):
                shown = row[:LONGEST_LINE].decode("utf-8", "replace")
                if wanted in shown.casefold():
                    if len(matches) == MOST_FOUND:
                        return LogSearch(tuple(matches), Place(offset, line), offset - start.at)
                    matches.append(LogMatch(line, around(shown.rstrip("\r"), wanted)))
                offset += len(row) + 1
                line += 1
            line -= 1  # after the last break nothing begins yet
        else:
            line += data.count(b"\n")
        at += len(data)
    return LogSearch(tuple(matches), Place(at, line) if at < file.size else None, at - start.at)


def around(text: str, wanted: str) -> str:
    """The part of a long line that the text is in."""
    if len(text) <= LONGEST_SHOWN:
        return text
    start = max(0, text.casefold().find(wanted) - LONGEST_SHOWN // 2)
    return f"…{text[start : start + LONGEST_SHOWN]}…"


def newlines(file: OpenFile, start: int, end: int) -> int:
    count = 0
    for at in range(start, end, PIECE):
        count += read(file, at, min(PIECE, end - at)).count(b"\n")
    return count


def read(file: OpenFile, start: int, length: int) -> bytes:
    length = min(length, file.size - start)
    return b"".join(file.pieces(start, length)) if length > 0 else b""
