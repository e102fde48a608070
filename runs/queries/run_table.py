"""The run table: columns, rows, totals, facets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Page

from runs.models import Run
from runs.queries.run_columns import Experiments, default_choice, find_columns
from runs.queries.run_facets import Facet, run_facets
from runs.queries.run_families import family_options, family_page, has_children
from runs.queries.run_family_rows import family_rows
from runs.queries.run_order import NEWEST_FIRST, Sort, find_sorts
from runs.queries.run_pages import RunPages, page_of
from runs.queries.run_rows import Head, Row, RunRows, rows_of, with_pins, without_constants, without_rows
from runs.queries.run_scope import scope_of
from runs.queries.run_table_options import RunTableOptions
from runs.queries.run_table_search import table_search
from runs.search.hints import KeyHint
from runs.search.run_search import Plan, Total
from trackui.search.errors import SearchSyntaxError

NONE = Total(0, is_exact=True)


@dataclass(frozen=True, slots=True)
class RunTable:
    options: RunTableOptions
    shown: RunRows
    page: Page
    total: Total
    sorts: list[Sort]
    facets: list[Facet]
    unknown: KeyHint | None = None
    # Whether some of the runs are children of others, so that they can be listed flat or nested.
    has_families: bool = False
    # Why the order is not the one asked for.
    problem: str = ""
    # How the page was found, where the address asks for it.
    plan: Plan | None = None
    error: SearchSyntaxError | None = None

    @property
    def trouble(self) -> SearchSyntaxError | KeyHint | None:
        """What to underline in the filter."""
        return self.error or self.unknown

    @property
    def rows(self) -> list[Row]:
        return self.shown.rows

    @property
    def heads(self) -> list[Head]:
        return self.shown.heads

    @property
    def order(self) -> Sequence[str]:
        return self.shown.order

    @property
    def shares_of(self) -> int | None:
        """Of how many of the newest runs the facets show shares; None where they count all."""
        return next((facet.counted.runs for facet in self.facets if not facet.counted.is_all), None)

    @property
    def order_by(self) -> list[str]:
        """The order as clauses of a search."""
        return [sort.order_by for sort in self.sorts] or ["start_time DESC"]


def run_table(experiments: Experiments, options: RunTableOptions, *, baseline: Run | None = None) -> RunTable:
    """A page of the experiments' runs. A fixed number of statements, however many rows and columns."""
    scope = scope_of(experiments)
    pinned = find_columns(scope, options.pinned)
    columns, constant = (find_columns(scope, options.columns), []) if options.columns else default_choice(scope)
    columns = [*pinned, *(column for column in columns if column not in pinned)]
    constant = [column for column in constant if column not in pinned]
    sorts = find_sorts(scope, options.order)
    order = [sort.clause for sort in sorts] or [NEWEST_FIRST]
    search = table_search(scope, options, sorts)
    if isinstance(search, SearchSyntaxError):
        return RunTable(
            options=options,
            shown=replace(without_rows(columns), order=order, is_sortable=True),
            page=RunPages(NONE, options.page_size).get_page(1),
            total=NONE,
            sorts=sorts,
            facets=[],
            error=search,
        )
    total = search.count()
    plan: Plan | None = None

    def find(**window: int) -> list[int]:
        nonlocal plan
        found, plan = search.explain(**window)
        return found

    has_families = has_children(scope)
    if has_families and options.children != "flat":
        page, members = family_page(search, total, options.page, options.page_size, family_options(options))
        plan = search.explain(limit=options.page_size)[1] if options.explain else None
        shown = family_rows(members, search, [*columns, *constant], sorts, options, baseline=baseline, total=total)
    else:
        page, pks = page_of(total, options.page, options.page_size, find if options.explain else search.pks)
        shown = rows_of(pks, [*columns, *constant], scope, marks_best=total.number == len(pks), baseline=baseline)
    if not options.columns and not options.shows_constant:
        shown = without_constants(shown, unless_differing=constant, kept=pinned)
    shown = with_pins(shown, len(pinned))
    return RunTable(
        options=options,
        shown=replace(shown, order=order, is_sortable=True),
        page=page,
        total=total,
        plan=plan,
        sorts=sorts,
        facets=run_facets(scope, search.written, search.choices, stages=search.stages, total=total),
        unknown=search.hint() if total.number == 0 else None,
        has_families=has_families,
        problem=search.problem,
    )
