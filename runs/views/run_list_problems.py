"""What an address of the run table says that it cannot mean, as sentences that name the part at fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import QueryDict

from runs.models import RunStatus
from runs.queries.run_columns import Experiments, find_columns
from runs.queries.run_order import RUN_NAME
from runs.queries.run_table import RunTable
from runs.queries.run_table_options import CHILDREN, PAGE_SIZES, STAGES
from runs.search.identifiers import LAST
from trackui.errors import shorten

MOST_NAMED = 3
MOST_TRIED = 50
CHOICES = {
    "view": tuple(STAGES),
    "rows": tuple(map(str, PAGE_SIZES)),
    "children": CHILDREN,
    "status": tuple(RunStatus.values),
    "not.status": tuple(RunStatus.values),
}


def address_problems(query: QueryDict, experiments: Experiments, table: RunTable) -> list[str]:
    """A statement, where a column or an order is asked for that the table does not have."""
    options = table.options
    shown = {head.column.spec for head in table.heads}
    ordered = {RUN_NAME, *(sort.column.spec for sort in table.sorts)}
    columns = [spec for spec in options.columns if spec.removesuffix(f".{LAST}") not in shown]
    order = [clause for clause in options.order if clause.removeprefix("-").removesuffix(f".{LAST}") not in ordered]
    asked = [*columns, *(clause.removeprefix("-") for clause in order)][:MOST_TRIED]
    known = {column.spec for column in find_columns(experiments, asked)} if asked else set()
    return [
        *_unknown("columns", "No run here has", columns, known),
        *_unknown("order", "Runs cannot be ordered by", order, known),
        *_choices(query),
        *_page(query),
    ]


def _unknown(parameter: str, said: str, specs: Sequence[str], known: set[str]) -> Iterator[str]:
    missing = [spec for spec in specs[:MOST_TRIED] if spec.removeprefix("-").removesuffix(f".{LAST}") not in known]
    if missing:
        named = ", ".join(shorten(spec, 80) for spec in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        yield f"{parameter}: {said} {named}{more}."


def _choices(query: QueryDict) -> Iterator[str]:
    for name, allowed in CHOICES.items():
        for value in query.getlist(name):
            if value and value not in allowed:
                yield f"{name}: {shorten(value, 40)} is none of {', '.join(allowed)}."
                break


def _page(query: QueryDict) -> Iterator[str]:
    text = query.get("page", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        yield f"page: {shorten(text, 40)} is no number of a page. This is the first."
