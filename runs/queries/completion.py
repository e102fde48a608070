"""What may come next in a filter over runs: keys, their numbers, comparators, values, connectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from runs.models import KeyKind
from runs.queries.completion_values import is_plain_number, quoted, values_of
from runs.queries.run_columns import WORDS, Experiments, KeyUse, key_uses
from runs.search.identifiers import ATTRIBUTES, DATASET_KEYS, DURATION, TIME_COLUMNS
from trackui.search.fields import LIST_COMPARATORS, NUMBER_COMPARATORS, TEXT_COMPARATORS

MOST_OPTIONS = 12
CANDIDATES = 60
NAME = r"(?:(?:(metrics?|params?|parameters?|tags?|attributes?|datasets?)\.)?(?:[`\"]([^`\"]+)[`\"]|([\w.]+)))"
# The end of the text up to the caret: a value being written, a name that wants a comparator, a condition that is
# whole, or a name being written.
VALUE = re.compile(rf"(?:^|[\s(]){NAME}\s*(!?=|[<>]=?)\s*((['\"])[^'\"]*|[^\s'\"()]*)$")
COMPARATOR = re.compile(rf"(?:^|[\s(]){NAME}\s+((?:(?:is|not)\s+){{0,2}}[a-z]*|[!<>=])$", re.IGNORECASE)
CONNECTOR = re.compile(r"(?:['\"`)]|\bnull|[!<>=]\s*-?[\d.][\w.+:-]*)\s+([a-z]*)$", re.IGNORECASE)
KEY = re.compile(r"(?:^|[\s(])((?:(metrics?|params?|parameters?|tags?|attributes?|datasets?)\.)?[`\"]?([\w./:-]*))$")
HAS = re.compile(r"\bhas\($", re.IGNORECASE)
PLAIN = re.compile(r"[\w.]+")
ENTITIES = ("params", "metrics", "tags", "dataset")
RESERVED = {"and", "or", "not", "in", "is", "null", "like", "ilike"}
KINDS = {"m": KeyKind.METRIC, "p": KeyKind.PARAM, "t": KeyKind.TAG}
NUMBERS = {
    "min": "the lowest it was",
    "max": "the highest it was",
    "mean": "the mean of its values",
    "first": "its first value",
    "last": "its last value",
    "count": "how many values",
    "step": "its last step",
}
TIMES = {"-1h": "in the last hour", "-1d": "in the last day", "-7d": "in the last week", "-30d": "in the last 30 days"}
LENGTHS = {"30s": "half a minute", "10m": "ten minutes", "1h": "an hour", "1d": "a day"}


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Options for what stands from `start` to the end of the text."""

    start: int
    options: list[Option]


def filter_completion(experiments: Experiments, text: str) -> Completion:
    """At most three statements, whatever the number of keys."""
    for find in (_value, _comparator, _connector, _key):
        if (found := find(experiments, text)) is not None:
            start, options = found
            return Completion(start, list(islice(options, MOST_OPTIONS)))
    return Completion(len(text), [])


Found = tuple[int, Iterable[Option]] | None


# --- Values -----------------------------------------------------------------------------------


def _value(experiments: Experiments, text: str) -> Found:
    match = VALUE.search(text)
    if match is None:
        return None
    entity, in_quotes, plain, sign, value, quote = match.groups()
    start, written = match.start(5), value.removeprefix(quote or "")
    key = in_quotes or plain
    if entity is None and key in (*TIME_COLUMNS, DURATION):
        offers = LENGTHS if key == DURATION else TIMES
        return start, (Option(f"{value} ", note) for value, note in offers.items() if value.startswith(written))
    values = values_of(experiments, entity, key, written)
    if sign in ("=", "!="):
        return start, (Option(f"{shown} ", note) for value, note in values if (shown := quoted(value)))
    return start, (Option(f"{value} ", note) for value, note in values if is_plain_number(value))


# --- Comparators and connectors ---------------------------------------------------------------


def _comparator(experiments: Experiments, text: str) -> Found:
    match = COMPARATOR.search(text)
    if match is None:
        return None
    entity, in_quotes, plain, written = match.groups()
    name = in_quotes or plain
    if entity is None and (in_quotes or name not in ATTRIBUTES):
        return None
    offers = [sign for sign in _comparators(entity, name) if sign.lower().startswith(written.lower())]
    return match.start(4), (Option(f"{sign} ") for sign in offers)


def _comparators(entity: str | None, name: str) -> Sequence[str]:
    if (entity or "").startswith("m") or name in (*TIME_COLUMNS, DURATION):
        return NUMBER_COMPARATORS
    if entity is None or entity.startswith("attr"):
        return (*TEXT_COMPARATORS, *(LIST_COMPARATORS if name == "run_id" else ()))
    if entity.startswith("d"):
        return (*TEXT_COMPARATORS, *LIST_COMPARATORS)
    numbers = NUMBER_COMPARATORS[2:] if entity.startswith("p") else ()
    return ("=", "!=", *numbers, "LIKE", "ILIKE", "IS NULL", "IS NOT NULL")


def _connector(experiments: Experiments, text: str) -> Found:
    match = CONNECTOR.search(text)
    if match is None:
        return None
    written = match[1].upper()
    offers = {"AND": "both hold", "OR": "one holds"}
    return match.start(1), (Option(f"{word} ", note) for word, note in offers.items() if word.startswith(written))


# --- Names ------------------------------------------------------------------------------------


def _key(experiments: Experiments, text: str) -> Found:
    match = KEY.search(text)
    if match is None:
        return None
    _, entity, written = match.groups()
    is_asked_for = bool(HAS.search(text[: match.start(1)]))
    end = ")" if is_asked_for else " "
    return match.start(1), _names(experiments, entity, written, end, is_asked_for=is_asked_for)


def _names(
    experiments: Experiments, entity: str | None, written: str, end: str, *, is_asked_for: bool
) -> Iterator[Option]:
    kind = KINDS.get(entity[0]) if entity else None
    if entity and kind is None:
        keys = DATASET_KEYS if entity.startswith("d") else ATTRIBUTES
        yield from (Option(f"{entity}.{name}{end}") for name in keys if name.startswith(written.lower()))
        return
    if kind == KeyKind.METRIC and not is_asked_for:
        yield from _numbers(experiments, written, end)
    if kind is None and written:
        yield from (Option(f"{name}{end}") for name in ATTRIBUTES if name.startswith(written.lower()))
        yield from (Option(f"{word}.") for word in ENTITIES if word.startswith(written.lower()))
    uses = key_uses(experiments, kind=kind, containing=written, at_most=CANDIDATES)
    # What people named before what the client adds to every run.
    yield from (_option(use, end) for use in sorted(uses, key=lambda use: use.name.startswith("mlflow.")))
    if kind is None and not is_asked_for and written.lower() not in RESERVED:
        words = {"has(": "has the key", "NOT ": "does not hold"}
        yield from (Option(word, note) for word, note in words.items() if word.lower().startswith(written.lower()))


def _numbers(experiments: Experiments, written: str, end: str) -> Iterator[Option]:
    """`val_loss.m` as `metrics.val_loss.min` and its like."""
    key, dot, stat = written.rpartition(".")
    if not dot or not key or not PLAIN.fullmatch(key) or not key_uses(experiments, names=[key], kind=KeyKind.METRIC):
        return
    yield from (Option(f"metrics.{key}.{name}{end}", note) for name, note in NUMBERS.items() if name.startswith(stat))


def _option(use: KeyUse, end: str) -> Option:
    name = use.name if PLAIN.fullmatch(use.name) else f"`{use.name}`"
    return Option(f"{WORDS[use.kind]}.{name}{end}", f"{use.run_count:,} {'run' if use.run_count == 1 else 'runs'}")
