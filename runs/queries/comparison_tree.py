"""Rows of a section as a tree: keys that start alike stand under a head of their own, which folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_parts import MetricRow, Row
from runs.queries.run_params import prefixes


@dataclass(frozen=True)
class Head:
    """Stands over the rows whose keys start with `key`; `count` of them. `toggled`: the address with it turned."""

    is_head: ClassVar[bool] = True

    key: str
    label: str
    depth: int
    count: int
    is_folded: bool
    toggled: str


def as_tree(
    section: str, rows: Sequence[Row | MetricRow], options: ComparisonOptions
) -> Iterator[Row | MetricRow | Head]:
    """The rows under heads, those below a folded head left out; a search opens all.

    Only what at least two keys share is worth a head, and nothing that all of them share. `rows` come in two blocks
    of sorted keys, those that differ before the others: a head can stand in each.
    """
    shared = Counter(prefix for row in rows for prefix in prefixes(row.key))
    worth = {prefix for prefix, count in shared.items() if 1 < count < len(rows)}
    open_heads: list[str] = []
    for at, row in enumerate(rows):
        heads = [prefix for prefix in prefixes(row.key) if prefix in worth]
        starts_block = at and row.differs != rows[at - 1].differs
        common = 0 if starts_block else shared_length(heads, open_heads)
        fold = next((depth for depth, head in enumerate(heads) if is_folded(section, head, options)), len(heads))
        for depth in range(common, min(len(heads), fold + 1)):
            above = heads[depth - 1] if depth else ""
            yield Head(
                key=heads[depth],
                label=heads[depth][len(above) :],
                depth=depth,
                count=shared[heads[depth]],
                is_folded=depth == fold,
                toggled=options.with_fold(f"{section}:{heads[depth]}"),
            )
        open_heads = heads
        if fold == len(heads):
            yield replace(row, label=row.key[len(heads[-1]) :] if heads else row.key, depth=len(heads))


def shared_length(heads: list[str], others: list[str]) -> int:
    length = 0
    while length < min(len(heads), len(others)) and heads[length] == others[length]:
        length += 1
    return length


def is_folded(section: str, head: str, options: ComparisonOptions) -> bool:
    return not options.q and f"{section}:{head}" in options.folded
