"""Pages of the run table, also where nobody knows how many there are."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Page, Paginator

from runs.search.run_search import Total


class RunPages(Paginator):
    """Pages of so many rows; of an estimated number, the last known one is the one asked for or the next."""

    def __init__(self, total: Total, page_size: int, *, known_pages: int | None = None) -> None:
        super().__init__(range(total.number), page_size)
        self.known_pages = known_pages

    @property
    def num_pages(self) -> int:
        return super().num_pages if self.known_pages is None else self.known_pages


def page_of(total: Total, number: int, page_size: int, pks: Callable[..., list[int]]) -> tuple[Page, list[int]]:
    """The page of this number, or the last there is, and the keys of its runs.

    `pks(limit=..., offset=...)` finds them, once. Beyond an estimate a page may be empty.
    """
    if total.is_exact:
        page = RunPages(total, page_size).get_page(number)
        return page, pks(limit=page_size, offset=(page.number - 1) * page_size)
    # One more than is shown tells whether there is a next page.
    found = pks(limit=page_size + 1, offset=(number - 1) * page_size)
    pages = RunPages(total, page_size, known_pages=number + (len(found) > page_size))
    return Page(found[:page_size], number, pages), found[:page_size]
