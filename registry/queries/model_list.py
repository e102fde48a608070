"""The list of registered models: options as an address holds them, and a page of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from registry.models import RegisteredModel
from registry.queries.choices import MODEL, ModelChoices
from registry.queries.model_facets import Facet, model_facets
from registry.queries.model_facts import ModelRow, model_rows
from registry.search.registered_model_search import compile_model_filter
from trackui.db import fetch_all
from trackui.search.errors import SearchSyntaxError
from trackui.search.sql import Sql, all_of, text_order

PAGE_SIZES = (50, 100, 500)
ROWS_AT_ONCE = 500
# Facets are counted among so many models; among more they would cost seconds.
MOST_COUNTED = 20_000
MOST_ROWS = 1_000_000
LAST_CHANGE = (
    f"COALESCE((SELECT MAX(e.time) FROM registry_modelevent e WHERE e.registered_model_id = {MODEL}.id),"
    f" {MODEL}.last_updated_time)"
)
OF_VERSIONS = f"FROM registry_modelversion v WHERE v.registered_model_id = {MODEL}.id"
ORDERS = {
    "name": f"{MODEL}.name",
    "last_change": LAST_CHANGE,
    "creation_time": f"{MODEL}.creation_time",
    "versions": f"(SELECT COUNT(*) {OF_VERSIONS})",
    "latest": f"(SELECT MAX(v.creation_time) {OF_VERSIONS})",
    "user_id": f"{MODEL}.user_id",
}
TEXTS = ("name", "user_id")
DEFAULT_ORDER = "-last_change"


@dataclass(frozen=True, slots=True)
class ModelListOptions:
    """What the address of the page says. Anything it cannot mean is left at its default."""

    filter: str = ""
    order: str = DEFAULT_ORDER
    choices: ModelChoices = field(default_factory=ModelChoices)
    page: int = 1
    page_size: int = PAGE_SIZES[0]

    @classmethod
    def from_query(cls, query: QueryDict, choices: ModelChoices) -> ModelListOptions:
        order, page, size = (query.get(name, "") for name in ("order", "page", "rows"))
        return cls(
            filter=query.get("q", "").strip(),
            order=order if order.removeprefix("-") in ORDERS else DEFAULT_ORDER,
            choices=choices,
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
            page_size=int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0],
        )


@dataclass(frozen=True, slots=True)
class ModelList:
    """`all_count`: of models (or prompts) that there are, whatever is asked for."""

    options: ModelListOptions
    rows: list[ModelRow]
    page: Page
    all_count: int = 0
    facets: list[Facet] = field(default_factory=list)
    error: SearchSyntaxError | None = None

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def order(self) -> list[str]:
        return [self.options.order]

    @property
    def is_filtered(self) -> bool:
        return bool(self.options.filter) or self.options.choices.is_any


def model_list(user, options: ModelListOptions) -> ModelList:
    """A page of models: thirteen statements, however many there are."""
    everything = _readable(user, ModelChoices(kind=options.choices.kind).condition())
    try:
        found = compile_model_filter(options.filter)
    except SearchSyntaxError as error:
        return ModelList(options, [], Paginator((), PAGE_SIZES[0]).get_page(1), _count(everything), error=error)
    where = _readable(user, all_of([options.choices.condition(), found]))
    page = Paginator(range(_count(where)), options.page_size).get_page(options.page)
    pks = _pks(where, options, limit=options.page_size, offset=(page.number - 1) * options.page_size)
    facets = model_facets(_readable(user, found), options.choices) if page.paginator.count <= MOST_COUNTED else []
    return ModelList(options, model_rows(pks), page, _count(everything), facets)


def all_model_rows(user, options: ModelListOptions) -> Iterator[ModelRow]:
    """Every row that matches, a piece at a time. SearchSyntaxError comes before the first."""
    where = _readable(user, all_of([options.choices.condition(), compile_model_filter(options.filter)]))
    pks = _pks(where, options, limit=MOST_ROWS)
    return (row for at in range(0, len(pks), ROWS_AT_ONCE) for row in model_rows(pks[at : at + ROWS_AT_ONCE]))


def _readable(user, where: Sql) -> Sql:
    readable = RegisteredModel.objects.visible_to(user)
    if not readable.query.where:
        return where
    sql, params = readable.values("pk").query.sql_with_params()
    return all_of([where, Sql(f"{MODEL}.id IN ({sql})", params)])


def _count(where: Sql) -> int:
    return fetch_all(f"SELECT COUNT(*) FROM {MODEL} WHERE {where.text}", where.params)[0][0]


def _pks(where: Sql, options: ModelListOptions, *, limit: int, offset: int = 0) -> list[int]:
    name = options.order.removeprefix("-")
    column = text_order(ORDERS[name]) if name in TEXTS else ORDERS[name]
    direction = "DESC NULLS LAST" if options.order.startswith("-") else "ASC NULLS LAST"
    rows = fetch_all(
        f"SELECT {MODEL}.id FROM {MODEL} WHERE {where.text}"
        f" ORDER BY {column} {direction}, {text_order(f'{MODEL}.name')} LIMIT %s OFFSET %s",
        (*where.params, limit, offset),
    )
    return [pk for (pk,) in rows]
