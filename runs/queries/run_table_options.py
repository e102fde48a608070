"""What an address of the run table says."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from runs.models import LifecycleStage
from runs.queries.run_choices import Choice
from runs.queries.run_columns import split_specs

PAGE_SIZES = (50, 100, 500, 1000)
# Children beneath their parents, their number alone, or all runs in one list.
CHILDREN = ("nested", "folded", "flat")
MOST_NAMED = 200
MOST_PINS = 4
STAGES = {
    "active": (LifecycleStage.ACTIVE,),
    "deleted": (LifecycleStage.DELETED,),
    "all": (LifecycleStage.ACTIVE, LifecycleStage.DELETED),
}


@dataclass(frozen=True, slots=True)
class RunTableOptions:
    """What the address of the page says. Anything it cannot mean is left at its default."""

    filter: str = ""
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    stage: str = "active"
    page: int = 1
    page_size: int = PAGE_SIZES[0]
    choices: tuple[Choice, ...] = ()
    explain: bool = False
    children: str = CHILDREN[0]
    # Run ids of parents whose children are all shown, and of those whose are not.
    opened: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    best_child: str = ""
    # Columns that stay when the table is scrolled sideways, and whether constant ones are shown too.
    pinned: tuple[str, ...] = ()
    shows_constant: bool = False

    @classmethod
    def from_query(cls, query: QueryDict, choices: tuple[Choice, ...] = ()) -> RunTableOptions:
        size = _integer(query.get("rows"), default=PAGE_SIZES[0])
        stage = query.get("view", "active")
        return cls(
            filter=query.get("q", "").strip(),
            columns=split_specs(query.getlist("columns")),
            order=split_specs(query.getlist("order")),
            stage=stage if stage in STAGES else "active",
            page=max(1, _integer(query.get("page"), default=1)),
            page_size=size if size in PAGE_SIZES else PAGE_SIZES[0],
            choices=choices,
            explain=query.get("explain") == "1",
            children=children if (children := query.get("children")) in CHILDREN else CHILDREN[0],
            opened=_names(query, "open"),
            shut=_names(query, "shut"),
            best_child=query.get("best_child", "").strip(),
            pinned=split_specs(query.getlist("pin"))[:MOST_PINS],
            shows_constant=query.get("constant") == "shown",
        )


def _names(query: QueryDict, parameter: str) -> tuple[str, ...]:
    """`a,b` as a, b: run ids, each once."""
    parts = (part.strip() for text in query.getlist(parameter) for part in text[:10_000].split(","))
    return tuple(dict.fromkeys(part for part in parts if part and "\0" not in part))[:MOST_NAMED]


def _integer(text: str | None, *, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
