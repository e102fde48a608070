"""What a field takes: comparators and values, refused with the words MLflow uses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from difflib import get_close_matches

from trackui.errors import shorten
from trackui.search.errors import SearchSyntaxError
from trackui.search.nodes import (
    Bare,
    Comparison,
    Identifier,
    Moment,
    NullCheck,
    Number,
    Quantity,
    Text,
    Value,
    ValueList,
)

NUMBER_COMPARATORS = ("=", "!=", ">", ">=", "<", "<=")
TEXT_COMPARATORS = ("=", "!=", "LIKE", "ILIKE")
LIST_COMPARATORS = ("IN", "NOT IN")
LARGEST_INTEGER = 2**63 - 1


def check_comparator(comparison: Comparison, allowed: Sequence[str], *, hint: str = "") -> None:
    if comparison.operator not in allowed:
        nearest = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<="}.get(comparison.operator, "")
        message = f"Invalid comparator '{shorten(comparison.operator, 20)}' not one of {', '.join(allowed)}."
        raise SearchSyntaxError(
            f"{message} {hint}".rstrip(),
            start=comparison.operator_start,
            end=comparison.operator_end,
            expected=f"one of {', '.join(allowed)}",
            suggestion=nearest if nearest in allowed else "",
        )


# --- Names ------------------------------------------------------------------------------------


def unknown_entity(identifier: Identifier, valid: Sequence[str]) -> SearchSyntaxError:
    entity = identifier.entity or ""
    return unknown_name(
        identifier, f"Invalid entity type '{shorten(entity, 100)}'. Valid values are {list(valid)}", entity, valid
    )


def unknown_attribute(identifier: Identifier, valid: Sequence[str], *, kind: str = "attribute") -> SearchSyntaxError:
    key = identifier.key
    return unknown_name(
        identifier,
        f"Invalid {kind} key '{shorten(key, 100)}' specified. Valid keys are {sorted(valid)}",
        key,
        valid,
        before=f"{identifier.entity}." if identifier.entity else "",
    )


def unknown_name(
    identifier: Identifier, message: str, name: str, valid: Sequence[str], *, before: str = ""
) -> SearchSyntaxError:
    near = get_close_matches(name[:100], valid, n=1)
    if not near:
        suggestion = ""
    elif name == identifier.entity:
        suggestion = f"{near[0]}.{identifier.key}"
    else:
        suggestion = before + near[0]
    return SearchSyntaxError(
        message,
        start=identifier.start,
        end=identifier.end,
        expected=f"one of {', '.join(valid)}",
        suggestion=suggestion,
    )


def null_check_refused(check: NullCheck, supported: str) -> SearchSyntaxError:
    return SearchSyntaxError(
        f"IS NULL / IS NOT NULL is only supported for {supported}, not for '{shorten(check.identifier, 100)}'.",
        start=check.start,
        end=check.end,
        expected="a comparison",
    )


# --- Values -----------------------------------------------------------------------------------


def wrong_value(value: Value, message: str, *, expected: str, suggestion: str = "") -> SearchSyntaxError:
    return SearchSyntaxError(message, start=value.start, end=value.end, expected=expected, suggestion=suggestion)


def number_of(value: Value, label: str) -> int | float:
    """A number; `label` is "metric" or "numeric attribute: start_time"."""
    if not isinstance(value, Number):
        text = value.text if isinstance(value, Text) else ""
        raise wrong_value(
            value,
            f"Expected numeric value type for {label}. Found {shorten(value.source, 100)}",
            expected="a number without quotes",
            suggestion=text if text.replace(".", "", 1).isdecimal() else "",
        )
    return stored_number(value.number)


def stored_number(number: int | float) -> int | float:
    """Integers beyond 64 bits as doubles: no column holds more."""
    return float(number) if isinstance(number, int) and abs(number) > LARGEST_INTEGER else number


def text_of(value: Value, label: str) -> str:
    """A quoted text; `label` is "param", "tag", "attributes"."""
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Bare) and not value.source[:1].isdigit():
        raise wrong_value(
            value,
            "Parameter value is either not quoted or unidentified quote types used for string value "
            f"{shorten(value.source, 100)}. Use either single or double quotes.",
            expected="a quoted text",
            suggestion=f"'{value.source}'",
        )
    raise wrong_value(
        value,
        f"Expected a quoted string value for {label} (e.g. 'my-value'). Got value {shorten(value.source, 100)}",
        expected="a quoted text",
        suggestion="" if isinstance(value, ValueList) else f"'{value.source}'",
    )


def texts_of(value: Value) -> list[str]:
    """The items of a list of texts."""
    assert isinstance(value, ValueList)
    for item in value.items:
        if not isinstance(item, Text):
            raise wrong_value(
                item,
                "While parsing a list in the query, expected string value, punctuation, or whitespace, "
                f"but got different type in list: {shorten(value.source, 100)}",
                expected="a quoted text",
                suggestion=f"'{item.source}'",
            )
    return [item.text for item in value.items]


def list_refused(value: Value, supported: Sequence[str]) -> SearchSyntaxError:
    return wrong_value(
        value,
        f"Only {sorted(supported)} attributes support comparison with a list of quoted string values.",
        expected="a quoted text",
    )


def timestamps_of(value: Value, name: str) -> tuple[int | float, int]:
    """Milliseconds since the epoch that a value means for a time, and how many it spans (a date: its day)."""
    if isinstance(value, Moment):
        return value.timestamp, value.span
    if isinstance(value, Quantity) and value.milliseconds <= 0:
        return stored_number(time.time_ns() // 1_000_000 + round(value.milliseconds)), 1
    if isinstance(value, Quantity):
        raise wrong_value(
            value,
            f"Expected numeric value type for numeric attribute: {name}. Found {value.source}. "
            f"A time ago has a minus sign: -{value.source}",
            expected="a date such as 2026-01-16 or a time ago such as -7d",
            suggestion=f"-{value.source}",
        )
    return number_of(value, f"numeric attribute: {name}"), 1


def milliseconds_of(value: Value, name: str) -> int | float:
    """A length of time: `10m`, or a number of seconds."""
    if isinstance(value, Quantity):
        return value.milliseconds
    return stored_number(number_of(value, f"numeric attribute: {name}") * 1_000)
