"""Values to narrow the run table by, each with the number of runs it would leave.

Among up to 10,000 runs that match, numbers are counted. Among more, the newest of them stand for all, and
the table says shares of those: the page costs the same however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import Dataset, KeyKind
from runs.queries.facet_counts import TABLES, Counted, FacetConditions, FacetCounter, Values
from runs.queries.run_choices import DATASET, Choice
from runs.queries.run_columns import KeyUse, key_uses, sampled_values
from runs.queries.run_scope import RunScope
from runs.search.run_search import Condition, Total

ATTRIBUTES = {"status": "Status", "user_id": "User"}
SOURCE_TAG = "mlflow.source.name"
LABELS = {**ATTRIBUTES, DATASET: "Dataset", f"tags.{SOURCE_TAG}": "Source"}
# A key with more different values than this among the newest runs is no facet.
MOST_VALUES = 8
# Longer ones are no names to choose by. Less than what their index holds of them.
LONGEST_VALUE = 90
MOST_FACETS = {KeyKind.PARAM: 6, KeyKind.TAG: 3}
CANDIDATES = 16
STATUS_WORDS = {
    "FINISHED": "finished",
    "RUNNING": "running",
    "FAILED": "failed",
    "KILLED": "killed",
    "SCHEDULED": "scheduled",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    share: float  # of the largest count in its facet, in percent
    percent: float | None  # of the newest runs, where not all were counted
    is_chosen: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`field` is the parameter of the address that holds the chosen values.

    `counted` runs were looked at: all that match, or the newest of them.
    """

    field: str
    label: str
    values: list[FacetValue]
    counted: Counted


def run_facets(
    scope: RunScope, condition: Condition, choices: FacetConditions, *, stages: Sequence[str], total: Total
) -> list[Facet]:
    """Facets with counts: status and user, then params and tags with few values among the newest runs.

    Each counts the runs that satisfy everything but its own choice. Four statements to know the keys, a few for
    all counts, and as many for each facet that has a choice. `total`: how many runs satisfy all.
    """
    keyed = {use.field: use for kind in TABLES for use in few_valued_keys(scope, kind)}
    counter = FacetCounter(scope, condition, choices, tuple(map(str, stages)), keyed)
    fields = [*ATTRIBUTES, *keyed]
    if has_datasets(scope):
        fields.insert(len(ATTRIBUTES), DATASET)
    chosen = {choice.field for choice in choices.choices}
    counted = counter.counts([field for field in fields if field not in chosen], but="", total=total)
    for field in fields:
        if field in chosen:
            counted |= counter.counts([field], but=field)
    facets = (_facet(field, counted[field], choices.choices) for field in fields)
    return [facet for facet in facets if facet is not None]


def few_valued_keys(scope: RunScope, kind: KeyKind) -> list[KeyUse]:
    uses = key_uses(scope, kind=kind, at_most=CANDIDATES)
    uses = [use for use in uses if not use.name.startswith("mlflow.") or use.name == SOURCE_TAG]
    values = sampled_values(scope, uses)
    return [use for use in uses if _is_facet(values[use.key_id])][: MOST_FACETS[kind]]


def has_datasets(scope: RunScope) -> bool:
    """Whether runs read datasets of several names, and of few."""
    names = Dataset.objects.filter(experiment__in=scope.experiments).values_list("name", flat=True).distinct()
    return 2 <= len(names[: MOST_VALUES + 1]) <= MOST_VALUES


# --- Showing ----------------------------------------------------------------------------------


def _facet(field: str, found: tuple[Values, Counted], choices: Sequence[Choice]) -> Facet | None:
    """None where there is nothing to choose: no value, or one attribute that all runs share.

    What is chosen is shown even when it counts nothing.
    """
    chosen = _values(field, choices, is_excluded=False)
    excluded = _values(field, choices, is_excluded=True)
    values, counted = found
    counts = {value: count for value, count in values.items() if count and value}
    shown = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_VALUES]
    shown += [value for value in (*chosen, *excluded) if value not in shown]
    if len(shown) < (1 if field not in ATTRIBUTES else 2) and not chosen and not excluded:
        return None
    most = max((counts.get(value, 0) for value in shown), default=0) or 1
    words = STATUS_WORDS if field == "status" else {}
    return Facet(
        field,
        LABELS.get(field, field),
        [
            FacetValue(
                value=value,
                label=words.get(value, value),
                count=counts.get(value, 0),
                share=round(100 * counts.get(value, 0) / most, 1),
                percent=None if counted.is_all else 100 * counts.get(value, 0) / counted.runs,
                is_chosen=value in chosen,
                is_excluded=value in excluded,
            )
            for value in shown
        ],
        counted,
    )


def _values(field: str, choices: Sequence[Choice], *, is_excluded: bool) -> tuple[str, ...]:
    of_field = (choice for choice in choices if choice.field == field and choice.is_excluded is is_excluded)
    return next((choice.values for choice in of_field), ())


def _is_facet(values: set[str | None]) -> bool:
    """Of the values among the newest runs, None for having none: some to choose between, few, and short."""
    texts = values - {None}
    return 2 <= len(texts) <= MOST_VALUES and all(len(text) <= LONGEST_VALUE for text in texts)
