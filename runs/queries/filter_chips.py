"""What an address narrows runs by, piece by piece, each with the address that it leaves when taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict

from runs.queries.run_choices import NOT
from trackui.search.errors import SearchSyntaxError
from trackui.search.parts import filter_parts, without

ATTRIBUTE_FIELDS = ("status", "user_id")
KEYED = ("params.", "tags.")
PLACES = ("page", "explain")
MOST_CHIPS = 100


@dataclass(frozen=True, slots=True)
class Chip:
    """`rest`: the query without it. `start`, `end`: its place in the filter, where it stands there."""

    label: str
    rest: str
    start: int | None = None
    end: int | None = None


def filter_chips(query: QueryDict) -> list[Chip]:
    """Conditions of the filter, facets chosen and left out, named runs, the first so many. No statement.

    A filter that cannot be read is one chip.
    """
    return [*conditions(query), *_choices(query), *_limits(query)][:MOST_CHIPS]


def conditions(query: QueryDict) -> Iterator[Chip]:
    text = query.get("q", "").strip()
    try:
        parts = filter_parts(text)
    except SearchSyntaxError:
        yield Chip(text, changed(query, "q", []), 0, len(text))
        return
    for part in parts:
        rest = without(parts, part)
        yield Chip(part.text, changed(query, "q", [rest] if rest else []), part.start, part.end)


def _choices(query: QueryDict) -> Iterator[Chip]:
    for name, values in query.lists():
        field = name.removeprefix(NOT)
        if field not in ATTRIBUTE_FIELDS and not field.startswith(KEYED):
            continue
        sign = "is not" if name.startswith(NOT) else "is"
        for value in values:
            others = [other for other in values if other != value]
            yield Chip(f"{field} {sign} {value or '(empty)'}", changed(query, name, others))


def _limits(query: QueryDict) -> Iterator[Chip]:
    if runs := [run for text in query.getlist("runs") for run in text.split(",") if run.strip()]:
        yield Chip("one chosen run" if len(runs) == 1 else f"{len(runs)} chosen runs", changed(query, "runs", []))
    if top := query.get("top"):
        yield Chip(f"the first {top}", changed(query, "top", []))


def changed(query: QueryDict, name: str, values: list[str]) -> str:
    rest = query.copy()
    rest.setlist(name, values)
    for gone in (*PLACES, *([] if values else [name])):
        rest.pop(gone, None)
    return rest.urlencode()
