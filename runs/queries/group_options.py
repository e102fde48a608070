"""What an address of the group table says beside which runs are meant and how they are grouped."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from runs.queries.run_columns import split_specs
from runs.queries.run_table_options import PAGE_SIZES

# Of a metric in a group, as addresses name them.
STATISTICS = ("n", "mean", "std", "se", "low", "high", "min", "max", "median")
SIZE = "runs"
MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class GroupTableOptions:
    """`sort`: `-metrics.val_acc.mean`, `runs`, `params.lr`; `open`: keys of groups whose runs are shown;
    `reference`: the key of the group that others are measured against; `is_full`: every statistic of every metric.
    """

    columns: tuple[str, ...] = ()
    sort: str = ""
    page: int = 1
    page_size: int = PAGE_SIZES[0]
    open: tuple[str, ...] = ()
    reference: str = ""
    is_full: bool = False

    @classmethod
    def from_query(cls, query: QueryDict) -> GroupTableOptions:
        page, size = query.get("page", ""), query.get("rows", "")
        return cls(
            columns=split_specs(query.getlist("columns")),
            sort=query.get("sort", "").strip()[:600],
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
            page_size=int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0],
            open=split_specs(query.getlist("open"))[:MOST_OPEN],
            reference=query.get("reference", "").strip()[:80],
            is_full=query.get("detail") == "all",
        )


@dataclass(frozen=True, slots=True)
class GroupSort:
    """By a field, by the number of runs (`field` is "runs"), or by a statistic of the metric with this spec."""

    field: str
    statistic: str = ""
    is_descending: bool = False

    @property
    def clause(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.name}"

    @property
    def name(self) -> str:
        return f"{self.field}.{self.statistic}" if self.statistic else self.field


def asked_sort(text: str) -> GroupSort:
    name = text.removeprefix("-")
    field, _, statistic = name.rpartition(".")
    if name.startswith("metrics.") and statistic in STATISTICS and field.partition(".")[2]:
        return GroupSort(field, statistic, text.startswith("-"))
    return GroupSort(name, "", text.startswith("-"))
