"""Whether compared runs are two configurations, each run some times: then a test says more than a table."""

from __future__ import annotations

from runs.queries.comparison_data import ComparisonData
from runs.queries.grouping import is_seed_like


def two_sides(data: ComparisonData) -> tuple[list[str], list[str]] | None:
    """Run ids of each side, the reference's first: runs that are alike in all params but seeds. None where they are not
    two such groups, or no more than one run each."""
    sides: dict[tuple, list[str]] = {}
    keys = [key for key in data.params if not is_seed_like(key)]
    for at, run in enumerate(data.runs):
        values = (data.params[key].get(at) for key in keys)
        configuration = tuple(value and (value.text if value.number is None else value.number) for value in values)
        sides.setdefault(configuration, []).append(run.run_id)
    if len(sides) != 2 or len(data.runs) < 3:
        return None
    first, second = sides.values()
    return first, second
