"""The versions of a model as a table: where each comes from, and chosen metrics held against a baseline."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from registry.models import ModelAlias, ModelVersion, ModelVersionTag, RegisteredModel
from registry.queries.choices import VERSION, VersionChoices
from registry.queries.metric_columns import (
    DEFAULT_METRICS,
    MOST_METRICS,
    Sources,
    experiments_of,
    metric_columns,
    metric_table,
    metric_values,
    sources_of,
)
from registry.queries.model_list import PAGE_SIZES
from registry.queries.past_records import PastModel
from registry.queries.past_versions import past_baseline, past_condition
from registry.queries.version_baseline import VersionBaseline, version_baseline
from registry.queries.version_order import DEFAULT_ORDER, order_of
from runs.models import LoggedModel, Run
from runs.queries.run_cells import Cell
from runs.queries.run_columns import Column, split_specs
from runs.queries.run_rows import Head
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of

ROWS_AT_ONCE = 500
MOST_ROWS = 1_000_000
HIDDEN_TAGS = "mlflow."


@dataclass(frozen=True, slots=True)
class VersionTableOptions:
    """What the address of the page says. `metrics`: None where it leaves the choice to us. `past`: as it was then."""

    choices: VersionChoices = field(default_factory=VersionChoices)
    order: str = DEFAULT_ORDER
    metrics: tuple[str, ...] | None = None
    baseline: str = ""
    page: int = 1
    page_size: int = PAGE_SIZES[0]
    past: PastModel | None = None

    @classmethod
    def from_query(
        cls, query: QueryDict, choices: VersionChoices, past: PastModel | None = None
    ) -> VersionTableOptions:
        page, size = query.get("page", ""), query.get("rows", "")
        metrics = [text for text in query.getlist("metrics") if text.strip() and "\0" not in text]
        return cls(
            choices=choices,
            order=query.get("order", "").replace("\0", "") or DEFAULT_ORDER,
            metrics=split_specs(metrics)[:MOST_METRICS] if metrics else None,
            baseline=query.get("baseline", "").strip().replace("\0", "")[:300],
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
            page_size=int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0],
            past=past,
        )


@dataclass(slots=True)
class VersionRow:
    """`run`, `logged`: what it comes from, where that is still here."""

    version: ModelVersion
    run: Run | None = None
    logged: LoggedModel | None = None
    aliases: list[str] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    cells: list[tuple[Head, Cell]] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class VersionTable:
    """`counts`: of all versions of the model by stage. `offered`: metrics to choose from. `problems`: as sentences."""

    options: VersionTableOptions
    rows: list[VersionRow]
    page: Page
    counts: dict[str, int]
    heads: list[Head] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    baseline: VersionBaseline | None = None
    problems: list[str] = field(default_factory=list)
    # Numbers of all versions there are now; asked for where the page is of the past.
    there: frozenset[int] = frozenset()

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def order(self) -> list[str]:
        return [self.options.order]

    @property
    def all_count(self) -> int:
        return sum(self.counts.values())

    @property
    def archived_count(self) -> int:
        return self.counts.get("Archived", 0)

    @property
    def gone(self) -> list[int]:
        """Versions there were then, and are no more: whatever is asked for."""
        return [] if self.options.past is None else sorted(set(self.options.past.state.stages) - self.there)

    @property
    def has_experiments(self) -> bool:
        """Whether the runs are of more than one experiment."""
        return len({row.run.experiment_id for row in self.rows if row.run}) > 1

    @property
    def metrics(self) -> list[str]:
        return [head.column.spec.removeprefix("metrics.") for head in self.heads]


def version_table(user, model: RegisteredModel, options: VersionTableOptions) -> VersionTable:
    """A page of versions: at most sixteen statements, however many there are."""
    where = _where(model, options)
    counts = _counts(model, options)
    total = fetch_all(f"SELECT COUNT(*) FROM {VERSION} WHERE {where.text}", where.params)[0][0]
    page = Paginator(range(total), options.page_size).get_page(options.page)
    order = order_of(options.order)
    pks = _pks(where, order.sql, limit=options.page_size, offset=(page.number - 1) * options.page_size)
    asked = past_baseline(options.past, options.baseline) if options.past else options.baseline
    baseline = version_baseline(model, asked)
    problems = [problem for problem in (order.problem, baseline.problem if baseline else "") if problem]
    versions = _versions(pks)
    base = baseline.version if baseline else None
    is_beside = base is not None and base.pk not in pks
    measured = [*versions, base] if is_beside else versions
    sources = sources_of(measured, user)
    columns, offered = metric_columns(sources.experiments, options.metrics)
    values = metric_values(measured, sources, columns)
    columns, values = _shown(columns, values, options)
    if missing := [name for name in options.metrics or () if f"metrics.{name}" not in {one.spec for one in columns}]:
        problems.append(f"metrics: no run of these versions has {', '.join(missing[:3])[:200]}.")
    at = None if base is None else next(at for at, one in enumerate(measured) if one.pk == base.pk)
    table = metric_table(columns, values, sources, baseline_at=at, is_beside=is_beside)
    rows = _rows(versions, sources, options.past)
    for place, row in enumerate(rows):
        row.cells = (
            [(head, of_row) for head, of_row in zip(table.heads, table.rows[place], strict=True)] if columns else []
        )
        row.is_baseline = place == at
    there = frozenset(model.versions.values_list("version", flat=True)) if options.past else frozenset()
    return VersionTable(options, rows, page, counts, table.heads, offered, baseline, problems, there)


def all_version_rows(
    user, model: RegisteredModel, options: VersionTableOptions
) -> tuple[list[str], Iterator[VersionRow]]:
    """The names of the metrics, and every row that matches with their values, a piece at a time."""
    where = _where(model, options)
    pks = _pks(where, order_of(options.order).sql, limit=MOST_ROWS)
    first = _versions(pks[: options.page_size])
    sources = sources_of(first, user)
    columns, _ = metric_columns(experiments_of(pks, user), options.metrics)
    columns, _ = _shown(columns, metric_values(first, sources, columns), options)

    def rows() -> Iterator[VersionRow]:
        for at in range(0, len(pks), ROWS_AT_ONCE):
            versions = _versions(pks[at : at + ROWS_AT_ONCE])
            sources = sources_of(versions, user)
            values = metric_values(versions, sources, columns)
            for place, row in enumerate(_rows(versions, sources, options.past)):
                row.values = [of_column[place] for of_column in values]
                yield row

    return [column.spec for column in columns], rows()


def _shown(
    columns: Sequence[Column], values: Sequence[list[float | None]], options: VersionTableOptions
) -> tuple[list[Column], list[list[float | None]]]:
    """Left to us, the first few metrics that any of the versions has."""
    pairs = list(zip(columns, values, strict=True))
    if options.metrics is None:
        pairs = [pair for pair in pairs if any(value is not None for value in pair[1])][:DEFAULT_METRICS]
    return [column for column, _ in pairs], [list(of_column) for _, of_column in pairs]


def _where(model: RegisteredModel, options: VersionTableOptions) -> Sql:
    chosen = past_condition(options.past, options.choices) if options.past else options.choices.condition()
    return all_of([Sql(f"{VERSION}.registered_model_id = %s", (model.pk,)), chosen])


def _counts(model: RegisteredModel, options: VersionTableOptions) -> dict[str, int]:
    """Of all versions by stage. One statement."""
    if options.past:
        return dict(Counter(options.past.state.stages.values()))
    return dict(
        fetch_all(f"SELECT stage, COUNT(*) FROM {VERSION} WHERE registered_model_id = %s GROUP BY stage", (model.pk,))
    )


def _pks(where: Sql, order: Sql, *, limit: int, offset: int = 0) -> list[int]:
    rows = fetch_all(
        f"SELECT {VERSION}.id FROM {VERSION} WHERE {where.text} ORDER BY {order.text}, {VERSION}.version DESC"
        " LIMIT %s OFFSET %s",
        (*where.params, *order.params, limit, offset),
    )
    return [pk for (pk,) in rows]


def _versions(pks: Sequence[int]) -> list[ModelVersion]:
    found = ModelVersion.objects.in_bulk(pks) if pks else {}
    return [found[pk] for pk in pks if pk in found]


def _rows(versions: Sequence[ModelVersion], sources: Sources, past: PastModel | None) -> list[VersionRow]:
    """Two statements."""
    if past:
        for one in versions:
            one.stage = past.state.stages[one.version]
    pks = [one.pk for one in versions]
    aliases: dict[int, list[str]] = defaultdict(list)
    for pk, alias in (
        ModelAlias.objects.filter(model_version__in=pks).order_by("alias").values_list("model_version_id", "alias")
    ):
        aliases[pk].append(alias)
    tags: dict[int, list[tuple[str, str]]] = defaultdict(list)
    shown = ModelVersionTag.objects.filter(model_version__in=pks).exclude(key__startswith=HIDDEN_TAGS).order_by("key")
    for pk, key, value in shown.values_list("model_version_id", "key", "value"):
        tags[pk].append((key, value))
    if past:
        aliases = {one.pk: past.version(one.version).aliases for one in versions}
    return [
        VersionRow(one, sources.runs.get(one.run_id), sources.models.get(one.model_id), aliases[one.pk], tags[one.pk])
        for one in versions
    ]
