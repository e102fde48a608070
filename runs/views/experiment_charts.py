"""The charts of an experiment: sections of cards, and one metric at an address of its own."""

import hashlib
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import Experiment, Run
from runs.queries.baseline import Baseline, find_baseline
from runs.queries.chart_groups import chart_groups
from runs.queries.chart_runs import CHOICES, MOST_DRAWN, chart_runs
from runs.queries.chart_subject import ChartSubject
from runs.queries.chart_values import value_bars
from runs.queries.experiment_charts import ChartPageOptions
from runs.queries.experiment_charts import experiment_charts as charts_of
from runs.queries.experiment_list import experiment_row
from runs.queries.grouping import Grouping
from runs.queries.key_pattern import key_pattern
from runs.queries.panel_options import PanelOptions
from runs.queries.run_choices import full_filter
from runs.queries.run_set import RunSet
from runs.templatetags.runs import run_set_parameters
from runs.views.chart_files import split_form, subject_file
from runs.views.figures import chart_page_context
from runs.views.run_sets import asked_run_set, table_options, visible_experiment
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError

MOST_HIDDEN = 500


@require_safe
@gzip_page
def experiment_charts(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    run_set = asked_run_set(request, experiment)
    panel = PanelOptions.from_query(request.GET)
    baseline = baseline_of(request, experiment)
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "options": panel,
        "filter": table_options(request).filter,
        "baseline": baseline,
    }
    if isinstance(run_set, SearchSyntaxError):
        context["error"] = run_set
        return render_page(request, "runs/experiment_charts.html", context, status=400)
    page = ChartPageOptions.from_query(request.GET)
    pattern = key_pattern(page.find)
    drawn = Drawn(request, run_set, baseline)
    charts = charts_of(experiment.pk, drawn.members, page, pattern)
    subject = drawn.subject("")
    context |= {
        **drawn.context,
        "values": value_bars(subject.runs, subject.groups, charts.single_keys, experiment.pk),
        "page": page,
        "pattern": pattern,
        "charts": charts,
        "chart_query": chart_query(request.GET, panel),
        "state": drawn.state,
        "run_ids": [run.run_id for run in drawn.members],
        "top_choices": CHOICES,
        "most_drawn": MOST_DRAWN,
    }
    return render_page(request, "runs/experiment_charts.html", context, fragment="runs/_experiment_charts.html")


def baseline_of(request: HttpRequest, experiment: Experiment) -> Baseline | None:
    return find_baseline(request.GET.get("baseline", ""), user=request.user, experiment=experiment)


def chart_query(query: QueryDict, panel: PanelOptions) -> str:
    """What a chart's own address says: which runs, and how they are drawn."""
    runs = run_set_parameters(query)
    if "hide" in query:
        runs.setlist("hide", query.getlist("hide"))
    return "&".join(filter(None, [runs.urlencode(), panel.query()]))


class Drawn:
    """What the address says of the lines: runs, or groups of runs and the baseline beside them."""

    def __init__(self, request: HttpRequest, run_set: RunSet, baseline: Baseline | None) -> None:
        self.baseline = baseline.run if baseline else None
        self.grouping = Grouping.from_query(request.GET)
        self.groups = self.runs = None
        hidden = request.GET.getlist("hide")[:MOST_HIDDEN]
        if self.grouping.is_empty:
            self.runs = chart_runs(run_set, self.baseline, hidden=hidden)
        else:
            self.groups = chart_groups(run_set, self.grouping, hidden=hidden)
        self.filter = full_filter(run_set.options)

    @property
    def context(self) -> dict[str, object]:
        return {
            "drawn": self.runs,
            "groups": self.groups,
            "grouping": self.grouping,
            "member_count": len(self.members),
            "hidden_count": (self.groups or self.runs).hidden,
        }

    @property
    def lines(self) -> Sequence[Run]:
        if self.runs is not None:
            return self.runs.lines
        return (self.baseline,) if self.baseline else ()

    @property
    def members(self) -> list[Run]:
        return self.subject("").members

    def subject(self, key: str) -> ChartSubject:
        return ChartSubject.of(
            key,
            self.lines,
            groups=self.groups.groups if self.groups else (),
            baseline=self.baseline.run_id if self.baseline else "",
            filter=self.filter,
        )

    @property
    def state(self) -> str:
        """Changes when other runs are drawn: the charts of a page that stays open are then fetched again."""
        ids = ",".join(f"{run.pk} {run.name} {run.colour}" for run in self.members)
        return hashlib.sha256(ids.encode()).hexdigest()[:12]


@require_safe
def experiment_chart(request: HttpRequest, experiment_id: int, key: str) -> HttpResponseBase:
    """One metric of the runs that the address means: its page, or its file by the ending of the address."""
    experiment = visible_experiment(request, experiment_id)
    key, form = split_form(key)
    run_set = asked_run_set(request, experiment)
    if isinstance(run_set, SearchSyntaxError):
        raise InvalidParameterValue(f"The filter cannot be read: {run_set.message}")
    baseline = baseline_of(request, experiment)
    drawn = Drawn(request, run_set, baseline)
    if drawn.groups and drawn.groups.refused:
        raise InvalidParameterValue(drawn.groups.refused)
    if form:
        return subject_file(request, drawn.subject(key), form)
    context = chart_page_context(request, drawn.subject(key))
    if not context["points"]:
        raise ResourceDoesNotExist(f"None of these runs has a metric {shorten(key)}.")
    context |= {
        **drawn.context,
        "experiment": experiment,
        "row": experiment_row(experiment),
        "baseline": baseline,
        "chart_query": chart_query(request.GET, context["options"]),
    }
    return render_page(request, "runs/experiment_chart.html", context)
