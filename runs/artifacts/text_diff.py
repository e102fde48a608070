"""Two texts line by line: what stayed, what changed and where in the line, what came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_LINES = 4_000
LONGEST_LINE = 600
CONTEXT = 3

Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of each side: its number, and its text in parts, each with whether it is what changed.

    `kind`: `same`, `changed`, `removed` (left alone), `added` (right alone), or `gap`: `skipped` equal lines left out.
    """

    kind: str
    left_number: int | None = None
    left: Parts = ()
    right_number: int | None = None
    right: Parts = ()
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TextDiff:
    """`added`, `removed`: how many lines; `is_cut`: one of the texts goes on past MOST_LINES."""

    lines: tuple[DiffLine, ...]
    added: int
    removed: int
    is_cut: bool

    @property
    def is_same(self) -> bool:
        return not self.added and not self.removed


def text_diff(left: str, right: str) -> TextDiff:
    """Of the first 4,000 lines each, with three equal lines around what changed."""
    before, after = left.splitlines(), right.splitlines()
    is_cut = len(before) > MOST_LINES or len(after) > MOST_LINES
    before, after = before[:MOST_LINES], after[:MOST_LINES]
    lines, added, removed = [], 0, 0
    for tag, i1, i2, j1, j2 in opcodes(before, after):
        if tag == "equal":
            is_first, is_last = i1 == 0 and j1 == 0, i2 == len(before) and j2 == len(after)
            lines += context(before, i1, i2, j1, is_first=is_first, is_last=is_last)
        else:
            removed, added = removed + i2 - i1, added + j2 - j1
            lines += changed(before, i1, i2, after, j1, j2)
    return TextDiff(tuple(lines), added, removed, is_cut)


def opcodes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """As difflib tells them; what both begin and end with is not compared again."""
    start = shared(before, after)
    end = shared(before[start:][::-1], after[start:][::-1])
    middle = SequenceMatcher(None, before[start : len(before) - end], after[start : len(after) - end], autojunk=True)
    codes = [("equal", 0, start, 0, start)] if start else []
    codes += [(tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in middle.get_opcodes()]
    if end:
        codes.append(("equal", len(before) - end, len(before), len(after) - end, len(after)))
    return codes


def shared(one: Sequence, other: Sequence) -> int:
    """How many of the first are the same."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def context(before: Sequence[str], i1: int, i2: int, j1: int, *, is_first: bool, is_last: bool) -> Iterator[DiffLine]:
    """Equal lines: those next to a change, and a gap for the rest."""
    head = 0 if is_first else min(CONTEXT, i2 - i1)
    tail = 0 if is_last else min(CONTEXT, i2 - i1 - head)
    skipped = i2 - i1 - head - tail
    for at in range(i1, i2):
        if i1 + head <= at < i2 - tail:
            if at == i1 + head:
                yield DiffLine("gap", skipped=skipped)
            continue
        text = ((cut(before[at]), False),)
        yield DiffLine("same", at + 1, text, j1 + at - i1 + 1, text)


def changed(before: Sequence[str], i1: int, i2: int, after: Sequence[str], j1: int, j2: int) -> Iterator[DiffLine]:
    for i, j in zip_longest(range(i1, i2), range(j1, j2)):
        if j is None:
            yield DiffLine("removed", i + 1, ((cut(before[i]), False),))
        elif i is None:
            yield DiffLine("added", None, (), j + 1, ((cut(after[j]), False),))
        else:
            left, right = marked(cut(before[i]), cut(after[j]))
            yield DiffLine("changed", i + 1, left, j + 1, right)


def marked(left: str, right: str) -> tuple[Parts, Parts]:
    """What lies between the beginning and the end that both lines have."""
    start = shared(left, right)
    end = shared(left[start:][::-1], right[start:][::-1])

    def parts(text: str) -> Parts:
        pieces = ((text[:start], False), (text[start : len(text) - end], True), (text[len(text) - end :], False))
        return tuple(piece for piece in pieces if piece[0])

    return parts(left), parts(right)


def cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
