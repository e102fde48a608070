"""The charts of an experiment: which sections are open, and the cards on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Sum
from django.http import QueryDict

from runs.keys import key_ids
from runs.models import MetricSummary, Run
from runs.queries.chart_keys import SYSTEM_METRICS, Section, metric_keys, sections_of
from runs.queries.key_pattern import KeyPattern
from runs.queries.run_metrics import page_key

CARDS_A_PAGE = 12
# Where the address does not say which sections are open, the first are, until they have so many cards.
CARDS_AT_FIRST = 12
MOST_PANELS = 100
MOST_COLUMNS = 4
LONGEST_FIND = 200


@dataclass(frozen=True, slots=True)
class ChartPageOptions:
    """`open`: prefixes of unfolded sections, None where the address does not say; `section`: the one shown alone.

    `metrics`: panels chosen by hand, in their order, instead of sections; `columns`: cards side by side.
    """

    find: str = ""
    open: tuple[str, ...] | None = None
    section: str | None = None
    page: int = 1
    metrics: tuple[str, ...] = ()
    columns: int | None = None

    columns_choices = (None, *range(1, MOST_COLUMNS + 1))

    @classmethod
    def from_query(cls, query: QueryDict) -> ChartPageOptions:
        columns, page = query.get("cols", ""), query.get("page", "")
        return cls(
            find=query.get("find", "").strip()[:LONGEST_FIND].replace("\0", ""),
            open=tuple(query.getlist("open")) if "open" in query else None,
            section=query.get("section"),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
            metrics=tuple(dict.fromkeys(key for key in query.getlist("metrics") if key and "\0" not in key))[
                :MOST_PANELS
            ],
            columns=int(columns) if columns in map(str, range(1, MOST_COLUMNS + 1)) else None,
        )


@dataclass(frozen=True, slots=True)
class ChartCard:
    """A metric of the runs that are drawn; `points` of all of them, `longest` those of one."""

    key: str
    points: int = 0
    longest: int = 0
    nan_count: int = 0
    having: int = 0

    @property
    def page_key(self) -> str:
        """As the address of the chart's page has it."""
        return page_key(self.key)


@dataclass(frozen=True, slots=True)
class ShownSection:
    prefix: str
    title: str
    count: int
    is_open: bool
    cards: tuple[ChartCard, ...] = ()
    page: Page | None = None

    @property
    def rest(self) -> int:
        """How many of it are not on the page."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class ExperimentCharts:
    """`total`: of metrics of the experiment; `found`: of those, how many the search leaves."""

    sections: list[ShownSection]
    total: int
    found: int
    panels: tuple[ChartCard, ...] = ()

    @property
    def single_keys(self) -> list[str]:
        """Of the cards, those whose runs have one value each."""
        cards = [*self.panels, *(card for section in self.sections for card in section.cards)]
        return [card.key for card in cards if card.longest == 1]

    @property
    def open_prefixes(self) -> list[str]:
        return [section.prefix for section in self.sections if section.is_open]


def experiment_charts(
    experiment_pk: int, runs: Sequence[Run], options: ChartPageOptions, pattern: KeyPattern
) -> ExperimentCharts:
    """Two statements, however many metrics: their names, and the summaries of those that are shown."""
    keys = metric_keys(experiment_pk)
    if options.metrics:
        return ExperimentCharts([], len(keys), len(options.metrics), tuple(cards_of(runs, options.metrics).values()))
    sections = sections_of(keys, pattern.matches if pattern.text else None)
    pages = {
        section.prefix: Paginator(section.keys, CARDS_A_PAGE).get_page(
            options.page if options.section == section.prefix else 1
        )
        for section in sections
        if section.prefix in open_of(sections, options)
    }
    cards = cards_of(runs, [key for page in pages.values() for key in page.object_list])
    shown = [
        ShownSection(
            prefix=section.prefix,
            title=section.title,
            count=len(section.keys),
            is_open=section.prefix in pages,
            cards=tuple(cards[key] for key in pages[section.prefix].object_list) if section.prefix in pages else (),
            page=pages.get(section.prefix),
        )
        for section in sections
    ]
    return ExperimentCharts(shown, len(keys), sum(section.count for section in shown))


def open_of(sections: Sequence[Section], options: ChartPageOptions) -> set[str]:
    known = [section.prefix for section in sections]
    if options.section in known:
        return {options.section}
    if options.open is not None:
        return set(options.open) & set(known)
    wanted = [section for section in sections if section.prefix != SYSTEM_METRICS] or sections
    opened, cards = set(), 0
    for section in sections if options.find else wanted:
        if cards < CARDS_AT_FIRST:
            opened.add(section.prefix)
            cards += min(len(section.keys), CARDS_A_PAGE)
    return opened


def cards_of(runs: Sequence[Run], keys: Sequence[str]) -> dict[str, ChartCard]:
    """A card a key, in their order. One statement."""
    ids = key_ids(keys)
    names = {pk: name for name, pk in ids.items()}
    rows = (
        MetricSummary.objects.filter(run__in=[run.pk for run in runs], key__in=list(names))
        .values("key_id")
        .annotate(points=Sum("count"), longest=Max("count"), nans=Sum("nan_count"), having=Count("run_id"))
        .order_by()
    )
    found = {
        names[row["key_id"]]: ChartCard(
            names[row["key_id"]], int(row["points"]), row["longest"], int(row["nans"]), row["having"]
        )
        for row in rows
    }
    return {key: found.get(key, ChartCard(key)) for key in keys}
