"""The controls of a figure over runs: selects of keys and settings, and ranges to narrow the runs by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runs.charts.axes import Brush
from runs.models import KeyKind
from runs.queries.explore import Explored
from runs.queries.explore_choices import ATTRIBUTES, NUMBERS, Choices
from runs.queries.explore_kinds import SETTINGS, Field, Wants
from runs.queries.narrowing import filter_name
from runs.queries.run_columns import ATTRIBUTE_LABELS, WORDS, Column
from runs.search.identifiers import AGGREGATES, LAST

STATS = (LAST, *(name for name in AGGREGATES if name != LAST))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class OptionGroup:
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """`stats`: which number of the metric that is chosen."""

    name: str
    label: str
    groups: tuple[OptionGroup, ...]
    stats: tuple[Option, ...] = ()
    is_many: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class ExploreForm:
    controls: tuple[Control, ...]
    settings: tuple[Control, ...]
    ranges: tuple[Brush, ...]

    @property
    def names(self) -> list[str]:
        """Parameters that the form sets itself."""
        names = [control.name for control in (*self.controls, *self.settings)]
        return [*names, *(f"{control.name}_stat" for control in self.controls)]


def explore_form(choices: Choices, shown: Explored) -> ExploreForm:
    return ExploreForm(
        tuple(_control(choices, one) for one in choices.kind.fields),
        tuple(_setting(choices, name) for name in choices.kind.settings),
        tuple(_ranges(choices, shown)),
    )


def _control(choices: Choices, one: Field) -> Control:
    chosen = choices.columns.get(one.name, ())
    bases = {base_spec(column): column for column in chosen}
    offers, groups = choices.offers, []
    for kind, uses in ((KeyKind.METRIC, offers.metrics), (KeyKind.PARAM, offers.params)):
        if one.wants in (Wants.METRIC, Wants.PARAM) and (one.wants is Wants.METRIC) != (kind is KeyKind.METRIC):
            continue
        names = dict.fromkeys([use.name for use in uses])
        names |= dict.fromkeys([column.key for column in chosen if column.kind == kind])
        options = tuple(Option(f"{WORDS[kind]}.{name}", name, f"{WORDS[kind]}.{name}" in bases) for name in names)
        groups.append(OptionGroup(WORDS[kind].capitalize(), options))
    attributes = {Wants.ANY: ATTRIBUTES, Wants.NUMBER: NUMBERS}.get(one.wants, ())
    if attributes:
        options = tuple(Option(name, ATTRIBUTE_LABELS[name], name in bases) for name in attributes)
        groups.append(OptionGroup("Run", options))
    tags = tuple(Option(column.spec, column.key, True) for column in chosen if column.kind == KeyKind.TAG)
    groups += [OptionGroup("Tags", tags)] if tags else []
    column = chosen[0] if chosen else None
    stats = ()
    if not one.is_many and column is not None and column.kind == KeyKind.METRIC:
        stats = tuple(Option(stat, stat, stat == column.stat) for stat in STATS)
    return Control(
        one.name, one.label, tuple(group for group in groups if group.options), stats, one.is_many, one.is_optional
    )


def base_spec(column: Column) -> str:
    """Without the number of a metric that is meant."""
    return f"{WORDS[column.kind]}.{column.key}" if column.kind is not None else column.key


def _setting(choices: Choices, name: str) -> Control:
    label, allowed = SETTINGS[name]
    chosen = choices.settings[name]
    options = tuple(Option(value, value, value == chosen) for value in allowed)
    return Control(name, label, (OptionGroup("", options),))


def _ranges(choices: Choices, shown: Explored) -> Iterator[Brush]:
    """For the axes of the figure that is drawn."""
    for axis in getattr(shown.chart, "brushes", ()):
        column = next((column for column in choices.all_columns if column.spec == axis.spec), None)
        if column is not None and filter_name(column) is not None:
            yield axis
