"""Values of one field as codes, one a run: what runs are grouped by."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Context, Decimal
from hashlib import blake2b

import numpy as np

from runs.ingest.batch import number_in
from runs.models import KeyKind
from runs.queries.group_members import Members

# Of a longer text so much is kept, and a digest of all of it.
KEPT_CHARACTERS = 300
# Up to here every whole number is a double of its own.
EXACT_UP_TO = 2.0**53
DIGITS = Context(prec=400)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What runs are grouped by. `column` is that of runs_run for an attribute, whose kind is None."""

    field: str
    kind: KeyKind | None = None
    key_id: int = 0
    column: str = ""


@dataclass(slots=True)
class Value:
    """`text` is as one of the runs has it: the one at the position `sample`. Not all of it where `is_cut`.

    `identity` tells it from others of its field, whichever runs there are.
    """

    identity: str
    number: float | None = None
    text: str | None = None
    sample: int = 0
    is_cut: bool = False


def is_inexact(number: float | None) -> bool:
    """Whether other numbers, long ids say, may be this same double."""
    return number is not None and abs(number) >= EXACT_UP_TO


def identity_of(number: float | None, text: str | None) -> str:
    """What makes a value itself; `text` is all of it, and is needed of numbers that `is_inexact`."""
    if is_inexact(number):
        return f"n{DIGITS.normalize(Decimal(text))}"
    if number is not None:
        return f"n{number + 0.0!r}"  # of both zeros the one
    if len(text) <= KEPT_CHARACTERS:
        return f"t{text}"
    return f"d{blake2b(text.encode(), digest_size=16).hexdigest()}"


@dataclass(slots=True)
class FieldValues:
    """`codes`: for each run the place of its value in `values`, whose order is that of numbers and then texts; for
    a run without the key, how many values there are.
    """

    key: GroupKey
    codes: np.ndarray
    values: list[Value]

    @property
    def field(self) -> str:
        return self.key.field

    def value_of(self, place: int) -> Value | None:
        """Of the member at this place; None where it is not set."""
        code = self.codes[place]
        return self.values[code] if code < len(self.values) else None

    @property
    def is_constant(self) -> bool:
        return not len(self.codes) or bool((self.codes == self.codes[0]).all())


@dataclass
class Coder:
    """Gives codes to the values of one field as they are read."""

    members: Members
    key: GroupKey
    codes: np.ndarray = field(init=False)
    values: list[Value] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    is_cut: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.codes = np.full(len(self.members), -1, dtype=np.int32)
        self.is_cut = np.zeros(len(self.members), dtype=bool)

    @property
    def has_all(self) -> bool:
        return bool(((self.codes >= 0) | self.is_cut).all())

    def add(self, pks: np.ndarray, *, number: float | None = None, text: str | None = None, cut_at: int = 0) -> None:
        """A value of these runs, members or not. `cut_at`: a text so long may not be all of it.

        Of those in `is_cut` all of the text is needed.
        """
        positions = self.members.positions(pks)
        positions = positions[positions >= 0]
        if number is None:
            positions = positions[(self.codes[positions] < 0) & ~self.is_cut[positions]]
        if not len(positions):
            return
        is_long = number is None and text is not None and cut_at and len(text) >= cut_at
        if is_long or (text is None and is_inexact(number)):
            self.is_cut[positions] = True
            return
        identity = identity_of(number, text)
        self._set(positions, identity, Value(identity, number, text, int(positions.min())))

    def add_whole(self, place: int, text: str) -> None:
        """All of a text of the member at this place, however long."""
        is_cut = len(text) > KEPT_CHARACTERS
        number = number_in(text) if self.key.kind == KeyKind.PARAM else None
        value = Value(identity_of(number, text), number, text[:KEPT_CHARACTERS], place, is_cut)
        self._set(np.array([place]), value.identity, value)

    def _set(self, positions: np.ndarray, identity: str, value: Value) -> None:
        code = self.known.setdefault(identity, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        self.codes[positions] = code

    def result(self) -> FieldValues:
        order = sorted(range(len(self.values)), key=lambda code: _rank(self.values[code]))
        places = np.empty(len(order) + 1, dtype=np.int32)
        places[order] = np.arange(len(order), dtype=np.int32)
        places[-1] = len(order)  # of those without a value, whose code is -1
        return FieldValues(self.key, places[self.codes], [self.values[code] for code in order])


def _rank(value: Value) -> tuple:
    return (0, value.number, value.identity) if value.number is not None else (1, 0.0, value.identity)
