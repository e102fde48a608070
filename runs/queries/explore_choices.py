"""What the address of a figure over runs asks for: its keys, found, and its settings; what it leaves out is chosen."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict

from runs.models import KeyKind
from runs.queries.explore_kinds import SETTINGS, Field, Kind, Wants
from runs.queries.run_columns import (
    Column,
    KeyUse,
    find_columns,
    key_uses,
    most_telling,
    sampled_values,
    split_specs,
)
from runs.search.identifiers import AGGREGATES, LAST
from trackui.formats import reads_as_number

MOST_AXES = 16
DEFAULT_AXES = 6
MOST_OFFERED = 200
ATTRIBUTES = ("duration", "start_time", "status", "user_id")
NUMBERS = ("duration", "start_time")


@dataclass(frozen=True)
class Offers:
    """The keys of an experiment that a form offers, the most used first: three statements."""

    experiment_id: int

    @cached_property
    def metrics(self) -> list[KeyUse]:
        """Those of the machine last."""
        uses = key_uses(self.experiment_id, kind=KeyKind.METRIC, at_most=MOST_OFFERED)
        telling = most_telling(uses)
        return [*telling, *(use for use in uses if use not in telling)]

    @cached_property
    def params(self) -> list[KeyUse]:
        """Those with several values among the newest runs before the others."""
        return sorted(self._used_params, key=lambda use: len(self._sampled[use.key_id] - {None}) < 2)

    @cached_property
    def numbers(self) -> list[str]:
        """Varying params that are numbers where they are set among the newest runs, those of most values first."""
        values = self._sampled
        found = {
            use.field: len(texts)
            for use in self.varying
            if (texts := values[use.key_id] - {None}) and all(map(reads_as_number, texts))
        }
        return sorted(found, key=lambda spec: (spec.endswith("seed"), -min(found[spec], 4)))

    @cached_property
    def _used_params(self) -> list[KeyUse]:
        return key_uses(self.experiment_id, kind=KeyKind.PARAM, at_most=MOST_OFFERED)

    @cached_property
    def _sampled(self) -> dict[int, set[str | None]]:
        return sampled_values(self.experiment_id, self._used_params)

    @cached_property
    def varying(self) -> list[KeyUse]:
        """Those that all runs have before those that some lack; what only tells repeats apart comes last."""
        several = [use for use in self._used_params if len(self._sampled[use.key_id]) > 1]
        return sorted(
            several,
            key=lambda use: (
                use.name.endswith("seed"),
                len(self._sampled[use.key_id] - {None}) == 1,
                None in self._sampled[use.key_id],
            ),
        )

    def specs(self, wants: Wants) -> list[str]:
        attributes = {Wants.ANY: ATTRIBUTES, Wants.NUMBER: NUMBERS}.get(wants, ())
        metrics = [] if wants is Wants.PARAM else self.metrics
        params = [] if wants is Wants.METRIC else self.params
        return [*(use.field for use in (*metrics, *params)), *attributes]


@dataclass(frozen=True)
class Choices:
    """`columns`: by name of the field; `problems`: what the address names and there is not; `asked`: fields that it
    says something of.
    """

    kind: Kind
    columns: Mapping[str, tuple[Column, ...]]
    settings: Mapping[str, str]
    problems: tuple[str, ...] = ()
    offers: Offers | None = field(default=None, compare=False)
    asked: frozenset[str] = frozenset()

    def one(self, name: str) -> Column | None:
        columns = self.columns.get(name, ())
        return columns[0] if columns else None

    @property
    def all_columns(self) -> list[Column]:
        """Each once."""
        return list(dict.fromkeys(column for columns in self.columns.values() for column in columns))

    @property
    def missing(self) -> list[Field]:
        """Fields that the figure cannot do without, and that have no key to show."""
        return [one for one in self.kind.fields if not one.is_optional and not self.columns.get(one.name)]


def choices(experiment_id: int, kind: Kind, query: QueryDict) -> Choices:
    """At most six statements."""
    offers = Offers(experiment_id)
    asked = {one.name: _asked(one, query) for one in kind.fields}
    named = find_columns(experiment_id, [spec for specs in asked.values() for spec in specs])
    found = {column.spec: column for column in named}
    columns: dict[str, tuple[Column, ...]] = {}
    problems: list[str] = []
    for one in kind.fields:
        specs = asked[one.name]
        columns[one.name] = tuple(found[spec] for spec in map(_canonical(found), specs) if spec in found)
        problems += [_unknown(one, spec, offers) for spec in specs if _canonical(found)(spec) not in found]
        unfit = [column for column in columns[one.name] if not _is_fit(one.wants, column)]
        if unfit:
            problems.append(f"{one.name}: {unfit[0].spec} has no numbers to draw.")
            columns[one.name] = tuple(column for column in columns[one.name] if column not in unfit)
    defaults = _defaults(kind, columns, asked, offers)
    columns |= {name: tuple(find_columns(experiment_id, specs)) for name, specs in defaults.items()}
    return Choices(
        kind, columns, _settings(kind, query, problems), tuple(problems), offers, frozenset(filter(asked.get, asked))
    )


def _asked(one: Field, query: QueryDict) -> tuple[str, ...]:
    """`x=metrics.loss&x_stat=min` is `metrics.loss.min`."""
    texts = [text[:1000] for text in query.getlist(one.name) if "\0" not in text]
    if one.is_many:
        return split_specs(texts)[:MOST_AXES]
    spec, stat = next((text.strip() for text in texts if text.strip()), ""), query.get(f"{one.name}_stat", "")
    if spec.startswith("metrics.") and stat in AGGREGATES and stat != LAST:
        spec = f"{spec}.{stat}"
    return (spec,) if spec else ()


def _canonical(found: Mapping[str, Column]):
    """`metrics.loss.last` is the column that calls itself `metrics.loss`."""

    def spec_of(spec: str) -> str:
        plain = spec.removesuffix(f".{LAST}")
        return spec if spec in found or plain not in found else plain

    return spec_of


def _unknown(one: Field, spec: str, offers: Offers) -> str:
    near = difflib.get_close_matches(spec, offers.specs(one.wants), n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{one.name}: no run here has {spec[:120]}.{hint}"


def _is_fit(wants: Wants, column: Column) -> bool:
    match wants:
        case Wants.METRIC:
            return column.kind == KeyKind.METRIC
        case Wants.PARAM:
            return column.kind == KeyKind.PARAM
        case Wants.NUMBER:
            return column.kind in (KeyKind.METRIC, KeyKind.PARAM) or column.spec in (*NUMBERS, "end_time")
    return True


def _defaults(
    kind: Kind, columns: Mapping[str, Sequence[Column]], asked: Mapping[str, Sequence[str]], offers: Offers
) -> dict[str, list[str]]:
    """What a field shows that the address says nothing of: metrics upwards, params across."""
    used = {column.spec for chosen in columns.values() for column in chosen}
    metrics = [use.field for use in offers.metrics if use.field not in used]
    params = [use.field for use in offers.varying if use.field not in used]
    defaults: dict[str, list[str]] = {}
    for one in sorted(kind.fields, key=lambda one: one.name != "z"):
        if columns[one.name] or asked[one.name]:
            continue
        if one.is_many:
            defaults[one.name] = [*params[:DEFAULT_AXES], *metrics[:1]]
        elif kind.name == "parallel":
            defaults[one.name] = metrics[:1]
        elif not one.is_optional:
            pool = _pool(kind, one, metrics=metrics, params=params, numbers=offers.numbers)
            defaults[one.name] = pool[:1]
            used_up = pool[:1]
            metrics, params = ([spec for spec in specs if spec not in used_up] for specs in (metrics, params))
    return defaults


def _pool(
    kind: Kind, one: Field, *, metrics: Sequence[str], params: Sequence[str], numbers: Sequence[str]
) -> list[str]:
    """From which a field takes its default: the first of it."""
    if one.wants is Wants.PARAM:
        return list(params)
    if one.wants is Wants.METRIC:
        return list(metrics)
    if kind.name == "pareto" and one.name == "x":
        return ["duration"]
    if kind.name == "scatter" and one.name == "x":
        return [*(spec for spec in numbers if spec in params), *params, *metrics, "start_time"]
    if kind.name == "contour" and one.name in ("x", "y"):
        # Two params that only some runs have are seldom had by the same ones.
        return [*params, *metrics, "start_time"]
    if one.name == "by":
        return [*(spec for spec in params if spec not in numbers), *params, "status"]
    return [*metrics, *params, "duration"]


def _settings(kind: Kind, query: QueryDict, problems: list[str]) -> dict[str, str]:
    settings = {}
    for name in kind.settings:
        _, allowed = SETTINGS[name]
        value = query.get(name, "") or allowed[0]
        if value not in allowed:
            problems.append(f"{name}: {value[:40]} is none of {', '.join(allowed)}.")
            value = allowed[0]
        settings[name] = value
    return settings
