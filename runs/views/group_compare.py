"""Two groups of runs side by side: whether one is better, by how much, and whether chance would do the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.charts.strip_plot import Strip, strip_plot
from runs.models import Experiment
from runs.queries.compared_groups import ComparedMetric, compared_groups
from runs.queries.group_files import compared_file
from runs.queries.group_members import members
from runs.queries.group_metric_columns import MOST_SHOWN_METRICS, metric_columns
from runs.queries.group_options import GroupTableOptions
from runs.queries.group_sides import Side, changed_params, members_word, side_of_filter, side_of_group
from runs.queries.grouping import GroupedRuns, Grouping, group_keys, grouped_runs
from runs.queries.run_set import RunSet, run_set
from runs.views.group_list import FORMS, asked_grouping, file_name
from runs.views.run_sets import asked_run_set, table_options, visible_experiment
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.exports.responses import export_response
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError

SIDES = ("a", "b")
# Strips are drawn of so many metrics.
MOST_DRAWN = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """`problems`: why a side is missing, in words."""

    sides: dict[str, Side]
    problems: list[str]
    runs: str = "runs"

    @property
    def is_whole(self) -> bool:
        return len(self.sides) == len(SIDES) and all(side.size for side in self.sides.values())


@require_safe
@gzip_page
def group_compare(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    if "pick" in request.GET:
        return HttpResponseRedirect(f"?{with_picks(request.GET).urlencode()}")
    asked = asked_sides(request, experiment)
    context = {"experiment": experiment, "asked": asked, "addresses": CompareAddresses(request.GET, experiment, asked)}
    if not asked.is_whole:
        return render_page(request, "runs/group_compare_empty.html", context, status=400 if asked.problems else 200)
    a, b = asked.sides["a"], asked.sides["b"]
    compared = compare(request, a, b)
    shown = [one for one in compared if one.sides.of_a.n or one.sides.of_b.n]
    drawn = [one for one in shown if one.sides.of_a.n and one.sides.of_b.n][:MOST_DRAWN]
    context |= {
        "forms": FORMS,
        "a": a,
        "b": b,
        "compared": shown,
        "without": len(compared) - len(shown),
        "headline": headline(shown),
        "sentence": headline(shown).sentence(asked.runs) if shown else "",
        "tests": sum(one.sides.welch is not None for one in shown),
        "changed": changed_params(a, b),
        "common": len(set(a.pks) & set(b.pks)),
        "strips": [(one, strips(one, a, b)) for one in drawn],
    }
    return render_page(request, "runs/group_compare.html", context)


@require_safe
def group_compare_file(request: HttpRequest, experiment_id: int, form: str) -> HttpResponseBase:
    experiment = visible_experiment(request, experiment_id)
    asked = asked_sides(request, experiment)
    if not asked.is_whole:
        raise ResourceDoesNotExist(" ".join(asked.problems) or "Two groups are compared, and one is missing or empty.")
    a, b = asked.sides["a"], asked.sides["b"]
    table = compared_file(a, b, compare(request, a, b), name=file_name(experiment))
    return export_response(request, table, form)


def with_picks(query: QueryDict) -> QueryDict:
    """Two ticks in the group table as the sides of an address."""
    query = query.copy()
    picks = [key for key in dict.fromkeys(query.pop("pick")) if key]
    for name, key in zip(SIDES, picks, strict=False):
        query[name] = key
    if len(picks) > len(SIDES):
        query["picked"] = str(len(picks))
    return query


def compare(request: HttpRequest, a: Side, b: Side) -> list[ComparedMetric]:
    specs = GroupTableOptions.from_query(request.GET).columns
    metrics = metric_columns(a.members.experiments, specs, at_most=MOST_SHOWN_METRICS)
    return compared_groups(a.pks, b.pks, metrics, experiments=a.members.experiments)


def headline(compared: list[ComparedMetric]) -> ComparedMetric | None:
    """The first that both sides have and that has a direction, else the first that both have."""
    of_both = [one for one in compared if one.sides.of_a.n and one.sides.of_b.n]
    return next((one for one in of_both if one.direction.direction), next(iter([*of_both, *compared]), None))


def strips(one: ComparedMetric, a: Side, b: Side) -> SafeString:
    drawn = [
        Strip(side.label, values[np.isfinite(values)], found.mean, found.low, found.high)
        for side, values, found in ((a, one.sides.a, one.sides.of_a), (b, one.sides.b, one.sides.of_b))
    ]
    return strip_plot(one.name, drawn)


# --- Which groups -------------------------------------------------------------------------------


def asked_sides(request: HttpRequest, experiment: Experiment) -> Asked:
    """`a` and `b`: keys of groups of the runs meant; `a_q` and `b_q`: filters in their place."""
    return _Sides(request, experiment).asked()


class _Sides:
    def __init__(self, request: HttpRequest, experiment: Experiment) -> None:
        self.request, self.experiment = request, experiment
        self.grouping = asked_grouping(request)
        self.problems: list[str] = []
        self.grouped: GroupedRuns | None = None

    def asked(self) -> Asked:
        sides = {}
        try:
            for name in SIDES:
                if (side := self.side(name)) is not None:
                    sides[name] = side
        except InvalidParameterValue as error:
            self.problems.append(error.message)
        left_out = self.grouped.keys.left_out if self.grouped else self.seeds()
        return Asked(sides, self.problems, members_word(left_out))

    def seeds(self) -> tuple[str, ...]:
        return group_keys([self.experiment.pk], Grouping.of_configurations()).left_out

    def side(self, name: str) -> Side | None:
        query = self.request.GET
        key, text = query.get(name, "").strip(), query.get(f"{name}_q", "").strip()
        if text:
            return self.of_filter(name, text)
        if not key:
            return None
        if self.grouped is None:
            found = asked_run_set(self.request, self.experiment)
            if isinstance(found, SearchSyntaxError):
                self.problems.append(f"The filter cannot be read: {found.message}")
                return None
            self.run_set: RunSet = found
            self.grouped = grouped_runs(found, self.grouping)
        group = self.grouped.find(key)
        if group is None:
            self.problems.append(f"No group of these runs has the key {shorten(key, 40)!r} ({name}).")
            return None
        is_named = bool(self.run_set.chosen) or self.run_set.top is not None
        return side_of_group(self.grouped, group, written=self.run_set.options.filter, is_named=is_named)

    def of_filter(self, name: str, text: str) -> Side | None:
        found = run_set(self.experiment.pk, replace(table_options(self.request), filter=text))
        if isinstance(found, SearchSyntaxError):
            self.problems.append(f"The filter {name}_q cannot be read: {found.message}")
            return None
        side = side_of_filter(text, members(found))
        if not side.size:
            self.problems.append(f"No run matches {name}_q: {shorten(text, 120)}")
        return side


@dataclass(frozen=True)
class CompareAddresses:
    query: QueryDict
    experiment: Experiment
    asked: Asked

    @property
    def swapped(self) -> str:
        query = self.query.copy()
        for one, other in (("a", "b"), ("a_q", "b_q")):
            mine, theirs = query.pop(one, None), query.pop(other, None)
            for name, values in ((one, theirs), (other, mine)):
                if values:
                    query.setlist(name, values)
        return f"?{query.urlencode()}"

    @property
    def groups(self) -> str:
        """The group table that the address comes from."""
        query = self.query.copy()
        for name in ("a", "b", "a_q", "b_q", "picked"):
            query.pop(name, None)
        return f"{reverse('runs:group_list', args=[self.experiment.pk])}?{query.urlencode()}"

    @property
    def charts(self) -> str:
        """Charts of both groups as means; empty where no filter says which runs they have."""
        filters = [side.filter for side in self.asked.sides.values()]
        if len(filters) < len(SIDES) or None in filters:
            return ""
        query = self.query.copy()
        for name in ("a", "b", "a_q", "b_q", "picked", "columns"):
            query.pop(name, None)
        query["q"] = " OR ".join(f"({text})" for text in filters)
        query.setdefault("group", "all")
        return f"{reverse('runs:experiment_charts', args=[self.experiment.pk])}?{query.urlencode()}"

    def of_runs(self, name: str) -> str:
        side = self.asked.sides.get(name)
        if side is None or side.filter is None:
            return ""
        query = QueryDict(mutable=True)
        query["q"] = side.filter
        return f"{reverse('runs:run_list', args=[self.experiment.pk])}?{query.urlencode()}"

    @property
    def runs_of_a(self) -> str:
        return self.of_runs("a")

    @property
    def runs_of_b(self) -> str:
        return self.of_runs("b")
