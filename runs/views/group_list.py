"""The runs of an experiment in groups: what each configuration came to over its seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import Experiment, Run
from runs.queries.baseline import find_baseline
from runs.queries.experiment_list import experiment_row
from runs.queries.group_choices import group_choices
from runs.queries.group_files import group_file
from runs.queries.group_filter import group_filter
from runs.queries.group_members import TooManyRuns
from runs.queries.group_options import GroupTableOptions
from runs.queries.group_parts import GroupRow
from runs.queries.group_table import GroupTable, group_table
from runs.queries.grouping import Grouping
from runs.queries.run_set import RunSet
from runs.queries.run_table_options import PAGE_SIZES
from runs.templatetags.runs import CHOICES, RUN_SET
from runs.views.run_sets import asked_run_set, visible_experiment
from trackui.errors import InvalidParameterValue
from trackui.exports.responses import export_response
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError

# Runs of a group that a filter cannot say are named one by one, up to so many.
MOST_NAMED = 50
LONGEST_FILTER = 2_000
FORMS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))


@require_safe
@gzip_page
def group_list(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    grouping = asked_grouping(request)
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "grouping": grouping,
        "filter": request.GET.get("q", "").strip(),
        "page_sizes": PAGE_SIZES,
        "forms": FORMS,
        **_table(request, experiment, grouping),
    }
    status = 400 if context["trouble"] or context["refused"] else 200
    return render_page(request, "runs/group_list.html", context, fragment="runs/_group_table.html", status=status)


@require_safe
def group_list_file(request: HttpRequest, experiment_id: int, form: str) -> HttpResponseBase:
    experiment = visible_experiment(request, experiment_id)
    run_set = asked_run_set(request, experiment)
    if isinstance(run_set, SearchSyntaxError):
        raise run_set
    options = GroupTableOptions.from_query(request.GET)
    table = group_file(run_set, asked_grouping(request), options, name=file_name(experiment))
    return export_response(request, table, form)


def file_name(experiment: Experiment) -> str:
    return re.sub(r"[^\w.-]+", "-", experiment.name).strip("-")[:100] or "runs"


def asked_grouping(request: HttpRequest) -> Grouping:
    """What the address says, else all params but what looks like a seed."""
    grouping = Grouping.from_query(request.GET)
    return Grouping.of_configurations() if grouping.is_empty else grouping


def _table(request: HttpRequest, experiment: Experiment, grouping: Grouping) -> dict:
    """`trouble`: a filter that cannot be read; `refused`: why these runs are not grouped."""
    options = GroupTableOptions.from_query(request.GET)
    context = {"options": options, "trouble": None, "refused": "", "table": None, "lines": [], "choices": None}
    run_set = asked_run_set(request, experiment)
    if isinstance(run_set, SearchSyntaxError):
        return context | {"trouble": run_set}
    baseline = find_baseline(request.GET.get("baseline", ""), user=request.user, experiment=experiment)
    try:
        table = group_table(run_set, grouping, options, baseline=baseline)
    except (TooManyRuns, InvalidParameterValue) as error:
        choices = group_choices(run_set.search.experiments, grouping, None)
        return context | {"refused": error.message, "choices": choices}
    addresses = GroupAddresses(request.GET, experiment, run_set, table)
    return context | {
        "table": table,
        "baseline": baseline,
        "lines": [(row, addresses.of(row)) for row in table.rows],
        "choices": group_choices(run_set.search.experiments, grouping, table.grouped.keys),
        "addresses": addresses,
        "run_options": run_set.options,
        "chosen": run_set.chosen,
    }


@dataclass(frozen=True, slots=True)
class RowAddresses:
    """`runs`: the run table with the runs of a group; empty where no address can say which they are."""

    runs: str
    open: str
    reference: str


@dataclass(frozen=True)
class GroupAddresses:
    """Where the rows of a group table lead."""

    query: QueryDict
    experiment: Experiment
    run_set: RunSet
    table: GroupTable

    def of(self, row: GroupRow) -> RowAddresses:
        opened = self.table.options.open
        others = [key for key in opened if key != row.key]
        return RowAddresses(
            self.runs(row),
            self.with_(open=",".join(others if row.runs else [*opened, row.key])),
            self.with_(reference="" if row.is_reference else row.key),
        )

    @property
    def without_reference(self) -> str:
        return self.with_(reference="")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Pairs for the form that compares two groups: which runs are meant, how they are grouped, what is shown."""
        names = (*RUN_SET, "columns")
        return [
            (name, value)
            for name, values in self.query.lists()
            for value in values
            if name in names or name.startswith(CHOICES)
        ]

    def with_(self, **changed: str) -> str:
        """The address of this page, changed."""
        query = self.query.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @cached_property
    def run_ids(self) -> dict[int, str]:
        """Of the runs of small groups, by primary key. One statement, where an address must name them."""
        groups = [row.group for row in self.table.rows if row.size <= MOST_NAMED]
        pks = [pk for group in groups for pk in self.table.grouped.pks(group)]
        return dict(Run.objects.filter(pk__in=pks).values_list("pk", "run_id"))

    def runs(self, row: GroupRow) -> str:
        query = self.query.copy()
        for name in list(query):
            if name not in RUN_SET and not name.startswith(CHOICES):
                del query[name]
        grouped = self.table.grouped
        if self.run_set.chosen or self.run_set.top is not None:
            text = None
        else:
            known = ((field, field.value_of(int(grouped.firsts[row.group]))) for field in grouped.differing)
            text = group_filter(self.run_set.options.filter, known)
        if text is None or len(text) > LONGEST_FILTER:
            if row.size > MOST_NAMED:
                return ""
            ids = ", ".join(f"'{self.run_ids[pk]}'" for pk in grouped.pks(row.group))
            text = f"run_id IN ({ids})"
        for name in ("runs", "top"):
            query.pop(name, None)
        query["q"] = text
        return f"{reverse('runs:run_list', args=[self.experiment.pk])}?{query.urlencode()}"
