"""Regular expressions whose search takes time in proportion to the text, whatever the expression.

Python's own backtrack: `(a+)+$` takes minutes on thirty letters. Here an expression becomes an automaton that is in
several states at once (K. Thompson, Regular Expression Search Algorithm, 1968), each set of states remembered as one
(R. Cox, Regular Expression Matching Can Be Simple And Fast, 2007). What needs more than that is refused: looking
around, and references to what a group matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

MOST_STATES = 2_000
MOST_REMEMBERED = 20_000
CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
}
SPECIAL = "*+?{|)"

# What a state is: it takes a character, splits, waits for an end of the text, or has found a match.
TAKE, SPLIT, START, END, MATCH = range(5)
# Stands in a set of states for a match that was found.
MATCHED = -1


def compile_pattern(text: str) -> Pattern:
    """PatternError says what it cannot be, and where."""
    builder = _Builder(text)
    start = builder.alternatives(builder.add(MATCH))
    if builder.at < len(text):
        raise PatternError(f"A ) without its ( at character {builder.at + 1}.")
    return Pattern(builder.states, start)


class PatternError(ValueError):
    """What is wrong with an expression, for the person who wrote it."""


class Pattern:
    """An expression, compiled. Not to be shared by threads."""

    def __init__(self, states: list[tuple], start: int) -> None:
        self.states = states
        self.at_start = self._reached([start], at_start=True)
        self.inside = self._reached([start])
        self._next: dict[tuple[frozenset, str], frozenset] = {}
        self._ends: dict[frozenset, bool] = {}

    def search(self, text: str) -> bool:
        """Whether any part of the text matches."""
        known, now = self._next, self.at_start
        for char in text:
            if MATCHED in now:
                return True
            after = known.get((now, char))
            if after is None:
                after = self._after(now, char)
            now = after
        return MATCHED in now or self._matches_at_end(now)

    def _after(self, now: frozenset, char: str) -> frozenset:
        states = self.states
        taken = [states[s][2] for s in now if s >= 0 and states[s][0] == TAKE and states[s][1](char)]
        after = self._reached(taken) | self.inside
        if len(self._next) >= MOST_REMEMBERED:
            self._next.clear()
        self._next[now, char] = after
        return after

    def _matches_at_end(self, now: frozenset) -> bool:
        if now not in self._ends:
            if len(self._ends) >= MOST_REMEMBERED:
                self._ends.clear()
            waiting = [s for s in now if s >= 0]
            self._ends[now] = MATCHED in self._reached(waiting, at_end=True)
        return self._ends[now]

    def _reached(self, start: Iterable[int], *, at_start: bool = False, at_end: bool = False) -> frozenset:
        """States that take a character or wait for the end, without a step over a character; MATCHED where that is all."""
        found: set = set()
        seen, waiting = set(), list(start)
        while waiting:
            position = waiting.pop()
            if position in seen:
                continue
            seen.add(position)
            kind, *more = self.states[position]
            if kind == MATCH:
                found.add(MATCHED)
            elif kind == SPLIT:
                waiting += more
            elif kind == TAKE or (kind == END and not at_end):
                found.add(position)
            elif kind == END or at_start:
                waiting.append(more[0])
        return frozenset(found)


class _Builder:
    """Reads an expression from its start, and builds its automaton from its end: each part knows what follows it.

    A part is read once for its text and built as often as it is repeated.
    """

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.states: list[tuple] = []

    def add(self, *state: object) -> int:
        if len(self.states) >= MOST_STATES:
            raise PatternError("The expression is too large: repeat less.")
        self.states.append(state)
        return len(self.states) - 1

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def alternatives(self, follow: int) -> int:
        """`a|b`, up to a closing parenthesis or the end."""
        start = self.sequence(follow)
        while self.peek() == "|":
            self.at += 1
            start = self.add(SPLIT, start, self.sequence(follow))
        return start

    def sequence(self, follow: int) -> int:
        """Parts are read from left to right, and built from right to left."""
        parts: list[tuple[int, int, int, int | None]] = []
        while self.peek() not in ("", "|", ")"):
            begin = self.at
            self.built_at(begin, follow)
            parts.append((begin, self.at, *self.repeats()))
        rest = self.at
        for begin, _, least, most in reversed(parts):
            follow = self.repeated(begin, least, most, follow)
        self.at = rest
        return follow

    def built_at(self, begin: int, follow: int) -> int:
        self.at = begin
        return self.atom(follow)

    def repeats(self) -> tuple[int, int | None]:
        """How often the part before is there, at least and at most."""
        sign = self.peek()
        found = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
        if found:
            self.at += 1
        elif sign == "{":
            found = self.counted()
        else:
            return 1, 1
        if self.peek() == "?":  # as few as possible: whether there is a match is the same
            self.at += 1
        if self.peek() and self.peek() in "*+?{":
            raise PatternError(f"A repeat of a repeat at character {self.at + 1}: put the first in parentheses.")
        return found

    def counted(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at + 1 : max(end, 0)].partition(",")
        numbers = [least, most] if comma else [least]
        if end < 0 or not all(len(n) <= 4 and (n.isascii() and n.isdigit() or (comma and not n)) for n in numbers):
            raise PatternError(f"A repeat that cannot be read at character {self.at + 1}.")
        low = int(least or 0)
        high = (int(most) if most else None) if comma else low
        if high is not None and high < low:
            raise PatternError(f"A repeat from {low} to {high} at character {self.at + 1}.")
        self.at = end + 1
        return low, high

    def repeated(self, begin: int, least: int, most: int | None, follow: int) -> int:
        if most is None:
            loop = self.add(SPLIT, follow, follow)
            self.states[loop] = (SPLIT, self.built_at(begin, loop), follow)
            follow = loop
        else:
            after = follow
            for _ in range(most - least):
                follow = self.add(SPLIT, self.built_at(begin, follow), after)
        for _ in range(least):
            follow = self.built_at(begin, follow)
        return follow

    def atom(self, follow: int) -> int:
        char = self.peek()
        self.at += 1
        if char == "(":
            return self.group(follow)
        if char == "^":
            return self.add(START, follow)
        if char == "$":
            return self.add(END, follow)
        if char == ".":
            return self.add(TAKE, lambda _: True, follow)
        if char == "[":
            return self.add(TAKE, self.char_class(), follow)
        if char == "\\":
            return self.add(TAKE, self.escaped(), follow)
        if char in SPECIAL:
            raise PatternError(f"Nothing to repeat before the {char} at character {self.at}.")
        return self.add(TAKE, char.__eq__, follow)

    def group(self, follow: int) -> int:
        begin = self.at
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.peek() == "?":
            raise PatternError(f"What begins with (? at character {begin} is not known here.")
        start = self.alternatives(follow)
        if self.peek() != ")":
            raise PatternError(f"The ( at character {begin} has no ).")
        self.at += 1
        return start

    def escaped(self) -> Callable[[str], bool]:
        char = self.peek()
        self.at += 1
        if char.lower() in CLASSES and char:
            holds = CLASSES[char.lower()]
            return holds if char.islower() else lambda one: not holds(one)
        if not char or char.isalnum():
            raise PatternError(f"\\{char} at character {self.at - 1} is not known here.")
        return char.__eq__

    def char_class(self) -> Callable[[str], bool]:
        """`[^a-z\\d_]`, after its bracket."""
        begin = self.at
        is_negated = self.peek() == "^"
        self.at += is_negated
        tests: list[Callable[[str], bool]] = []
        while self.peek() != "]" or not tests:
            if not self.peek():
                raise PatternError(f"The [ at character {begin} has no ].")
            tests.append(self.class_item())
        self.at += 1
        return lambda char: any(test(char) for test in tests) != is_negated

    def class_item(self) -> Callable[[str], bool]:
        low = self.peek()
        self.at += 1
        if low == "\\":
            return self.escaped()
        high = self.text[self.at + 1 : self.at + 2]
        if self.peek() != "-" or high in ("", "]"):
            return low.__eq__
        if high == "\\" or high < low:
            raise PatternError(f"The range {low}-{high} at character {self.at} cannot be.")
        self.at += 2
        return lambda char: low <= char <= high
