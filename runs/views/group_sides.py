"""Which two groups an address compares, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from runs.models import Experiment
from runs.queries.group_members import members
from runs.queries.group_sides import Side, members_word, side_of_filter, side_of_group
from runs.queries.grouping import GroupedRuns, Grouping, group_keys, grouped_runs
from runs.queries.run_set import RunSet, run_set
from runs.views.group_list import asked_grouping
from runs.views.run_sets import asked_run_set, table_options
from trackui.errors import InvalidParameterValue, shorten
from trackui.search.errors import SearchSyntaxError

SIDES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Asked:
    """`problems`: why a side is missing, in words."""

    sides: dict[str, Side]
    problems: list[str]
    runs: str = "runs"

    @property
    def is_whole(self) -> bool:
        return len(self.sides) == len(SIDES) and all(side.size for side in self.sides.values())


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
