"""Params of one run, those whose keys start alike under one head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from runs.ingest.limits import MAX_PARAM_VAL_LENGTH
from runs.models import Param, Run

ROWS_A_PAGE = 200


@dataclass(frozen=True)
class ParamRow:
    """A param, or the head of those whose keys start alike; `depth` says how far to indent.

    Values are cut at `limit` when they are logged, as MLflow does: one that long may be the beginning of a longer.
    """

    limit: ClassVar[int] = MAX_PARAM_VAL_LENGTH

    depth: int
    label: str
    key: str = ""
    value: str = ""

    @property
    def is_group(self) -> bool:
        return not self.key

    @property
    def is_cut(self) -> bool:
        return len(self.value) >= self.limit


def params_of(run: Run, q: str = "") -> QuerySet:
    """(key, value) by key."""
    params = Param.objects.filter(run=run).order_by("key__name").values_list("key__name", "value")
    return params.filter(Q(key__name__icontains=q) | Q(value__icontains=q)) if q else params


def param_page(run: Run, *, q: str, number: object) -> tuple[Page, list[ParamRow]]:
    page = Paginator(params_of(run, q), ROWS_A_PAGE).get_page(number)
    return page, as_tree(page.object_list)


def as_tree(params: Iterable[tuple[str, str]]) -> list[ParamRow]:
    """Rows of sorted keys, those that share the parts before a dot or a slash under a head of their own."""
    params = list(params)
    # Only what at least two keys share is worth a head.
    shared = Counter(prefix for key, _ in params for prefix in prefixes(key))
    rows: list[ParamRow] = []
    open_heads: list[str] = []
    for key, value in params:
        heads = [prefix for prefix in prefixes(key) if shared[prefix] > 1]
        common = 0
        while common < min(len(heads), len(open_heads)) and heads[common] == open_heads[common]:
            common += 1
        for depth in range(common, len(heads)):
            above = heads[depth - 1] if depth else ""
            rows.append(ParamRow(depth, heads[depth][len(above) :]))
        open_heads = heads
        rows.append(ParamRow(len(heads), key[len(heads[-1]) if heads else 0 :], key, value))
    return rows


def prefixes(key: str) -> list[str]:
    """`model.layers/0.units` -> `model.`, `model.layers/`, `model.layers/0.`"""
    return [key[: at + 1] for at, mark in enumerate(key[:-1]) if mark in "./" and at]
