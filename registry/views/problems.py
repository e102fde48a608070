"""What an address of a list says that it cannot mean, as sentences that name the part at fault."""

from collections.abc import Collection, Iterator

from django.http import QueryDict

from registry.queries.model_list import PAGE_SIZES
from trackui.errors import shorten

TAGS = "tags."
NOT_OF_THE_PAST = ("stale", "production_older", "user_id", "kind", "order")


def place_problems(query: QueryDict) -> Iterator[str]:
    """Of `page` and `rows`."""
    page, rows = query.get("page", ""), query.get("rows", "")
    if page and not (page.isascii() and page.isdigit() and len(page) < 10 and int(page)):
        yield f"page: {shorten(page, 40)} is no number of a page. This is the first."
    if rows and rows not in map(str, PAGE_SIZES):
        yield f"rows: {shorten(rows, 40)} is none of {', '.join(map(str, PAGE_SIZES))}."


def order_problems(query: QueryDict, orders: Collection[str]) -> Iterator[str]:
    order = query.get("order", "")
    if order and order.removeprefix("-") not in orders:
        yield f"order: {shorten(order, 40)} is none of {', '.join(orders)}, with - before it to fall."


def past_problems(query: QueryDict) -> Iterator[str]:
    """What a list of the past cannot be asked for."""
    asked = [name for name in query if (name in NOT_OF_THE_PAST or name.startswith(TAGS)) and query[name]]
    if asked:
        names = ", ".join(shorten(name, 40) for name in asked[:5])
        yield f"{names}: left out. The past is known by name, and narrowed by words, stage and unaliased."
