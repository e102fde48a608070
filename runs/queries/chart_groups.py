"""Which groups of runs the charts of an experiment draw, whole groups up to numbers that are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runs.charts.theme import svg_dash
from runs.models import Run
from runs.queries.chart_subject import ChartGroup
from runs.queries.grouping import Grouping, grouped_runs
from runs.queries.panel_groups import colours_of
from runs.queries.run_set import RunSet
from trackui.errors import InvalidParameterValue
from trackui.formats import count

MOST_GROUPS = 12
# A mean is of all runs of its group: one that does not fit is not drawn.
MOST_GROUPED = 1_000


@dataclass(frozen=True, slots=True)
class GroupLegendLine:
    """A group of the charts, and what its line looks like."""

    group: ChartGroup
    colour: str
    dash: str


@dataclass(frozen=True, slots=True)
class ChartGroups:
    """`total`: of groups there are; `note`: what of them is not drawn, and why; `refused`: why there are none."""

    groups: tuple[ChartGroup, ...] = ()
    total: int = 0
    run_count: int = 0
    note: str = ""
    refused: str = ""
    hidden: int = 0

    @property
    def legend(self) -> list[GroupLegendLine]:
        return [
            GroupLegendLine(group, colour, svg_dash(at))
            for at, (group, colour) in enumerate(zip(self.groups, colours_of(self.groups), strict=True))
        ]


def chart_groups(run_set: RunSet, grouping: Grouping, *, hidden: Sequence[str] = ()) -> ChartGroups:
    """The first groups in the order of their values, but for those whose keys are `hidden`."""
    try:
        found = grouped_runs(run_set, grouping)
    except InvalidParameterValue as error:
        return ChartGroups(refused=error.message)
    if found.keys.unknown and not found.keys.keys:
        return ChartGroups(refused=f"No run here has {', '.join(found.keys.unknown)[:200]}.")
    left_out = {at for key in hidden if (at := found.find(key)) is not None}
    chosen, room, too_large = [], MOST_GROUPED, 0
    for at in range(len(found)):
        if at in left_out:
            continue
        if len(chosen) == MOST_GROUPS:
            break
        if int(found.counts[at]) > room:
            too_large += 1
        else:
            chosen.append(at)
            room -= int(found.counts[at])
    found.read_texts(chosen)
    runs = Run.objects.in_bulk([pk for at in chosen for pk in found.pks(at)])
    groups = tuple(
        ChartGroup(found.key(at), found.label(at), tuple(runs[pk] for pk in found.pks(at) if pk in runs))
        for at in chosen
    )
    notes = []
    if too_large:
        notes.append(
            f"{count(too_large)} group{'s are' if too_large > 1 else ' is'} not drawn:"
            f" means are of at most {count(MOST_GROUPED)} runs in all"
        )
    if found.keys.unknown:
        notes.append(f"no run here has {', '.join(found.keys.unknown)[:200]}")
    return ChartGroups(groups, len(found), len(runs), "; ".join(notes), hidden=len(left_out))
