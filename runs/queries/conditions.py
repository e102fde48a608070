"""A condition made of a key, a comparison in plain words and a value, for those who do not know the language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from runs.models import KeyKind
from runs.queries.run_columns import WORDS, Experiments, KeyUse, key_uses
from runs.queries.run_scope import scope_of
from runs.search.identifiers import ATTRIBUTES, DURATION, ENTITIES, TIME_COLUMNS, Entity
from runs.search.run_search import compile_filter
from trackui.search.errors import SearchSyntaxError

# In the order of the form. A value is wanted by all but the last two.
COMPARISONS = {
    "is": "is",
    "is-not": "is not",
    "less": "is less than",
    "at-most": "is at most",
    "more": "is more than",
    "at-least": "is at least",
    "contains": "contains",
    "starts": "starts with",
    "set": "is there",
    "unset": "is not there",
}
SIGNS = {"is": "=", "is-not": "!=", "less": "<", "at-most": "<=", "more": ">", "at-least": ">="}
PATTERNS = {"contains": "%{}%", "starts": "{}%"}
PLAIN = re.compile(r"[\w.]+")
MOST_KEYS = 60
KEY_LENGTH, VALUE_LENGTH = 300, 500


class ConditionProblem(Exception):
    """`field` of the form (key, comparison, value) and what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class KeyOffer:
    text: str
    note: str = ""


def key_offers(experiments: Experiments) -> list[KeyOffer]:
    """The keys to begin with: attributes, then the most used params, metrics and tags. Three statements."""
    uses = [
        use
        for kind in (KeyKind.PARAM, KeyKind.METRIC, KeyKind.TAG)
        for use in key_uses(experiments, kind=kind, at_most=MOST_KEYS)
        if not use.name.startswith("mlflow.")
    ]
    return [*(KeyOffer(name) for name in ATTRIBUTES), *(_offer(use) for use in uses)]


def _offer(use: KeyUse) -> KeyOffer:
    return KeyOffer(use.field, f"{use.run_count:,} {'run' if use.run_count == 1 else 'runs'}")


def condition_text(experiments: Experiments, *, key: str, comparison: str, value: str) -> str:
    """The condition in the filter language. ConditionProblem says what it cannot mean. Three statements at most."""
    if comparison not in COMPARISONS:
        raise ConditionProblem("comparison", "Choose how to compare.")
    entity, name = _identifier(experiments, key.strip()[:KEY_LENGTH])
    text = _written(entity, name, comparison, value.strip()[:VALUE_LENGTH])
    try:
        compile_filter(text, scope=scope_of(experiments).searched)
    except SearchSyntaxError as error:
        raise ConditionProblem("value" if comparison in SIGNS else "comparison", error.message) from error
    return text


def _identifier(experiments: Experiments, key: str) -> tuple[Entity, str]:
    """`lr` is the param, metric or tag of that name that most runs have; `params.lr` says which."""
    key = key.replace("`", "")
    if not key:
        raise ConditionProblem("key", "Name a key, such as params.lr or status.")
    if key in ATTRIBUTES:
        return Entity.ATTRIBUTE, key
    word, dot, rest = key.partition(".")
    if dot and rest and word in ENTITIES:
        return ENTITIES[word], f"{word}.{rest if PLAIN.fullmatch(rest) else f'`{rest}`'}"
    uses = key_uses(experiments, names=[key], at_most=1)
    if not uses:
        raise ConditionProblem("key", f"No run here has “{key[:100]}”.")
    return ENTITIES[WORDS[uses[0].kind]], f"{WORDS[uses[0].kind]}.{key if PLAIN.fullmatch(key) else f'`{key}`'}"


def _written(entity: Entity, name: str, comparison: str, value: str) -> str:
    if comparison in ("set", "unset"):
        return f"has({name})" if comparison == "set" else f"NOT has({name})"
    if not value:
        raise ConditionProblem("value", "A value is missing.")
    if comparison in PATTERNS:
        return f"{name} ILIKE {_quoted(PATTERNS[comparison].format(value))}"
    return f"{name} {SIGNS[comparison]} {_value(entity, name, value)}"


def _value(entity: Entity, name: str, value: str) -> str:
    """Numbers, dates and lengths of time stand as they are, all else in quotes."""
    if entity is Entity.METRIC or name in TIME_COLUMNS or name == DURATION:
        return value
    if entity is Entity.PARAM and _is_number(value):
        return value
    if name == "status":
        value = value.upper()
    return _quoted(value)


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    raise ConditionProblem("value", "A text with both ' and \" cannot be searched for.")


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
