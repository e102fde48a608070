"""The charts of an experiment: sections of cards, and one metric at an address of its own."""

import hashlib

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.baseline import Baseline, find_baseline
from runs.queries.chart_runs import CHOICES, MOST_DRAWN, ChartRuns, chart_runs
from runs.queries.chart_subject import ChartSubject
from runs.queries.experiment_charts import ChartPageOptions
from runs.queries.experiment_charts import experiment_charts as charts_of
from runs.queries.experiment_list import experiment_row
from runs.queries.key_pattern import key_pattern
from runs.queries.panel_options import PanelOptions
from runs.queries.run_choices import full_filter
from runs.templatetags.runs import run_set_parameters
from runs.views.chart_files import chart_file, split_form
from runs.views.figures import chart_page_context
from runs.views.run_sets import asked_run_set, table_options, visible_experiment
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.http import render_page
from trackui.search.errors import SearchSyntaxError


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
    drawn = chart_runs(run_set, baseline.run if baseline else None)
    context |= {
        "page": page,
        "pattern": pattern,
        "drawn": drawn,
        "charts": charts_of(experiment.pk, drawn.lines, page, pattern),
        "chart_query": chart_query(request.GET, panel),
        "state": state_of(drawn),
        "top_choices": CHOICES,
        "most_drawn": MOST_DRAWN,
    }
    return render_page(request, "runs/experiment_charts.html", context, fragment="runs/_experiment_charts.html")


def baseline_of(request: HttpRequest, experiment: Experiment) -> Baseline | None:
    return find_baseline(request.GET.get("baseline", ""), user=request.user, experiment=experiment)


def chart_query(query: QueryDict, panel: PanelOptions) -> str:
    """What a chart's own address says: which runs, and how they are drawn."""
    return "&".join(filter(None, [run_set_parameters(query).urlencode(), panel.query()]))


def state_of(drawn: ChartRuns) -> str:
    """Changes when other runs are drawn: the charts of a page that stays open are then fetched again."""
    ids = ",".join(f"{run.pk} {run.name} {run.colour}" for run in drawn.lines)
    return hashlib.sha256(ids.encode()).hexdigest()[:12]


@require_safe
def experiment_chart(request: HttpRequest, experiment_id: int, key: str) -> HttpResponse:
    """One metric of the runs that the address means: its page, or its file by the ending of the address."""
    experiment = visible_experiment(request, experiment_id)
    key, form = split_form(key)
    run_set = asked_run_set(request, experiment)
    if isinstance(run_set, SearchSyntaxError):
        raise InvalidParameterValue(f"The filter cannot be read: {run_set.message}")
    baseline = baseline_of(request, experiment)
    drawn = chart_runs(run_set, baseline.run if baseline else None)
    more = {
        "baseline": baseline.run.run_id if baseline and baseline.run else "",
        "filter": full_filter(table_options(request)),
    }
    if form:
        return chart_file(request, drawn.lines, key, form, **more)
    context = chart_page_context(request, ChartSubject.of(key, drawn.lines, **more))
    if not context["points"]:
        raise ResourceDoesNotExist(f"None of these runs has a metric {shorten(key)}.")
    context |= {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "drawn": drawn,
        "baseline": baseline,
        "chart_query": chart_query(request.GET, context["options"]),
    }
    return render_page(request, "runs/experiment_chart.html", context)
