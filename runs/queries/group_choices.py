"""What runs can be grouped by: params, tags and attributes, those with few values first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.models import KeyKind
from runs.queries.grouping import Grouping, GroupKeys, is_seed_like
from runs.queries.run_columns import KeyUse, key_uses, sampled_values

MOST_PARAMS, MOST_TAGS = 60, 12
ATTRIBUTES = (("user", "User"), ("status", "Status"))


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """`values`: how many different ones the newest runs have; `is_chosen`: groups are made by it."""

    field: str
    label: str
    run_count: int | None
    values: int | None
    is_chosen: bool
    is_seed: bool = False


@dataclass(frozen=True, slots=True)
class GroupChoices:
    """`others`: params chosen to be left out, or grouped by, that are not offered."""

    params: list[KeyChoice]
    tags: list[KeyChoice]
    attributes: list[KeyChoice]
    left_out: tuple[str, ...]


def group_choices(experiments: Sequence[int], grouping: Grouping, found: GroupKeys | None) -> GroupChoices:
    """Four statements. `found`: what the grouping in force came to."""
    chosen = {key.field for key in found.keys} if found else set()
    params = key_uses(experiments, kind=KeyKind.PARAM, at_most=MOST_PARAMS)
    tags = [use for use in key_uses(experiments, kind=KeyKind.TAG) if not use.name.startswith("mlflow.")][:MOST_TAGS]
    return GroupChoices(
        _choices(experiments, params, chosen),
        _choices(experiments, tags, chosen),
        [KeyChoice(field, label, None, None, field in chosen) for field, label in ATTRIBUTES],
        found.left_out if found else (),
    )


def _choices(experiments: Sequence[int], uses: Sequence[KeyUse], chosen: set[str]) -> list[KeyChoice]:
    """Those with two values or more first, the fewest of them first; then constants."""
    values = sampled_values(experiments, uses)
    counts = {use.key_id: len(values[use.key_id]) for use in uses}
    ranked = sorted(uses, key=lambda use: (counts[use.key_id] < 2, counts[use.key_id], use.name))
    return [
        KeyChoice(use.field, use.name, use.run_count, counts[use.key_id], use.field in chosen, is_seed_like(use.name))
        for use in ranked
    ]
