"""What would make a search quicker, in words."""

from __future__ import annotations

from runs.search.compiler import Condition, Conjunct
from runs.search.identifiers import AGGREGATES
from runs.search.leads import AnyOf, Lead, OneOf, Rows
from runs.search.ordering import Ordering

# Further down than this, what lies before a page is most of its cost.
DEEP = 10_000


def advice(condition: Condition, ordering: Ordering, *, offset: int) -> list[str]:
    """Nothing where the indexes serve."""
    said = []
    leading = ordering.fields[0] if ordering.fields else None
    if leading is not None and not leading.walks:
        said.append(advice_on_order(leading.terms))
    unindexed = [conjunct for conjunct in condition.conjuncts if not can_start(conjunct)]
    if unindexed and len(unindexed) == len(condition.conjuncts):
        said.append(
            "No condition has an index to start from: patterns, !=, NOT, datasets and words in names are tried run"
            " by run. One with =, < or > beside them, joined with AND, would lead the search."
        )
    if offset >= DEEP:
        said.append(
            f"{offset:,} runs are passed over before this page. Turn the order round, narrow the filter, or take"
            " the file."
        )
    return said


def advice_on_order(terms: tuple) -> str:
    if any(term.source is not None and term.source.table == "runs_metricsummary" for term in terms):
        indexed = ", ".join(name for name, aggregate in AGGREGATES.items() if aggregate.index)
        others = ", ".join(f".{name}" for name, aggregate in AGGREGATES.items() if not aggregate.index)
        return f"Of a metric the {indexed} have an index to walk; by {others} all runs that match are sorted."
    return "No index has this order, so all runs that match are sorted."


def can_start(conjunct: Conjunct) -> bool:
    return conjunct.lead is not None and is_indexed(conjunct.lead)


def is_indexed(lead: Lead) -> bool:
    match lead:
        case AnyOf(leads=leads):
            return all(map(is_indexed, leads))
        case OneOf(leads=leads):
            return any(map(is_indexed, leads))
        case Rows():
            return lead.is_indexed
