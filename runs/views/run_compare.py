"""Runs side by side. The address names them; the baseline among them, else the first, is the reference."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.charts.series import LineChart
from runs.charts.svg import svg_chart
from runs.charts.theme import svg_dash
from runs.models import Run
from runs.queries.chart_subject import ChartSubject
from runs.queries.comparison import Comparison, comparison
from runs.queries.comparison_data import ComparedRun, comparison_data
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_parts import Sentence
from runs.queries.comparison_runs import FEWEST, MOST, ComparedRuns, compared_runs, runs_offered
from runs.queries.comparison_sides import two_sides
from runs.queries.metric_panel import metric_panel
from runs.queries.panel_options import PanelOptions
from runs.queries.seed_groups import seed_comparison
from runs.views.chart_files import chart_file, split_form
from runs.views.compare_runs import asked_runs, no_comparison, to_comparison, too_many, with_added
from runs.views.figures import chart_page_context
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Table
from trackui.http import render_page
from trackui.snippets import run_ids_filter

CHARTS_A_PAGE = 6
RUNS_A_SHEET = 6


@require_safe
@gzip_page
def run_compare(request: HttpRequest) -> HttpResponse:
    options = ComparisonOptions.from_query(request.GET)
    if "add" in request.GET:
        return with_added(request, options)
    if len(request.GET.getlist("runs")) > 1:
        return to_comparison(options)
    if len(options.run_ids) > MOST:
        return no_comparison(request, options, ComparedRuns([]), reason=too_many(options), status=400)
    compared = compared_runs(options, user=request.user)
    if len(compared.runs) < FEWEST:
        return no_comparison(request, options, compared)
    data = comparison_data(compared.runs, user=request.user)
    if request.GET.get("print") == "1":
        return printed(request, over_seeds(comparison(data, options, whole=True), compared.runs), compared)
    found = over_seeds(comparison(data, options), compared.runs)
    panel = PanelOptions.from_query(request.GET)
    find = request.GET.get("find")
    context = {
        "comparison": found,
        "compared": compared,
        "options": options,
        "panel": panel,
        "chart_query": chart_query(options, panel),
        "charts": Paginator(found.charted, CHARTS_A_PAGE).get_page(request.GET.get("charts")),
        "experiment": compared.runs[0].experiment if found.same_experiment else None,
        "columns": columns(found),
        "find": find,
        "offered": [] if find is None else runs_offered(find.replace("\0", "")[:200], compared.runs),
        "tab": "values",
        "as_groups": as_groups(found, two_sides(data)),
    }
    return render_page(request, "runs/run_compare.html", context, fragment="runs/_run_compare.html")


def printed(request: HttpRequest, found: Comparison, compared: ComparedRuns) -> HttpResponse:
    panel = PanelOptions.from_query(request.GET)
    charts = [metric_panel(compared.runs, row.key, panel) for row in found.charted[:CHARTS_A_PAGE]]
    experiment = compared.runs[0].experiment if found.same_experiment else None
    return print_page(request, found, charts, {"compared": compared, "experiment": experiment})


def print_page(request: HttpRequest, found: Comparison, charts: Sequence[LineChart], context: dict) -> HttpResponse:
    """A few runs a table, the reference first in each, so that they fit on paper."""
    described = [{"run": run, "position": at, "dash": svg_dash(at)} for at, run in enumerate(found.runs)]
    others = range(1, len(described))
    sheets = [[0, *others[start : start + RUNS_A_SHEET - 1]] for start in range(0, len(others), RUNS_A_SHEET - 1)]
    context |= {
        "comparison": found,
        "options": found.options,
        "sheets": [{"positions": sheet, "columns": [described[at] for at in sheet]} for sheet in sheets],
        "charts": [(chart, svg_chart(chart)) for chart in charts],
    }
    return render_page(request, "runs/run_compare_print.html", context)


def over_seeds(found: Comparison, runs: Sequence[Run]) -> Comparison:
    """With what the runs that are alike but for their seeds say of the first metric that is spoken of."""
    by_id = {run.run_id: run for run in runs}
    return replace(found, sentences=tuple(with_seeds(one, runs[0], by_id[one.run.run_id]) for one in found.sentences))


def with_seeds(sentence: Sentence, reference: Run, run: Run) -> Sentence:
    metric = sentence.metrics[0].key if sentence.metrics else ""
    seeds = seed_comparison(reference, run, metric=metric)
    if seeds is None:
        return sentence
    page = f"{reverse('runs:group_compare', args=[run.experiment_id])}{seeds.address}"
    return replace(sentence, over_seeds=seeds.sentence, seeds_page=page)


def as_groups(found: Comparison, sides: tuple[list[str], list[str]] | None) -> str:
    """The address that tests one side against the other; empty where the runs are not two groups of one experiment."""
    if sides is None or not found.same_experiment:
        return ""
    filters = {f"{name}_q": run_ids_filter(run_ids) for name, run_ids in zip("ab", sides, strict=True)}
    return f"{reverse('runs:group_compare', args=[found.reference.experiment_id])}?{urlencode(filters)}"


def chart_query(options: ComparisonOptions, panel: PanelOptions) -> str:
    """What a chart's own address says: the runs, and how it is drawn."""
    return "&".join(filter(None, [options.only_runs, panel.query()]))


def columns(found: Comparison) -> list[dict]:
    """A column a run, with the addresses that take it out and make it the reference."""
    options = found.options
    shown = [run.run_id for run in found.runs]
    return [
        {
            "run": run,
            "position": position,
            "dash": svg_dash(position),
            "without": without(options, shown, run.run_id) if len(shown) > FEWEST else "",
            "first": options.query(baseline=run.run_id),
        }
        for position, run in enumerate(found.runs)
    ]


def without(options: ComparisonOptions, shown: Sequence[str], run_id: str) -> str:
    baseline = "" if options.baseline == run_id else options.baseline
    return options.query(runs=",".join(other for other in shown if other != run_id), baseline=baseline)


@require_safe
def run_compare_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The rows that the page shows and those past its limit; values as they are, not as they are written."""
    options = ComparisonOptions.from_query(request.GET)
    compared = asked_runs(request, options)
    found = comparison(comparison_data(compared.runs, user=request.user), options, whole=True)
    return export_response(request, file_table(found), form)


def file_table(found: Comparison) -> Table:
    names = ["section", "key", *column_names(found.runs)]
    return Table("comparison", [Column(name) for name in names], file_rows(found), filter=found.options.q)


def column_names(runs: Sequence[ComparedRun]) -> list[str]:
    """Names where they tell the runs apart, else their ids."""
    names = [run.name for run in runs]
    are_clear = all(names) and len({*names, "section", "key"}) == len(names) + 2
    return names if are_clear else [run.run_id for run in runs]


def file_rows(found: Comparison) -> Iterator[list[object]]:
    for section in found.sections:
        for row in section.rows:
            yield [section.name, row.key, *(cell.text if cell.value is None else cell.value for cell in row.cells)]


@require_safe
def compare_chart(request: HttpRequest, key: str) -> HttpResponse:
    """One metric of the chosen runs: its page, or its file by the ending of the address."""
    options = ComparisonOptions.from_query(request.GET)
    runs = asked_runs(request, options).runs
    key, form = split_form(key)
    if form:
        return chart_file(request, runs, key, form, baseline=options.baseline)
    context = chart_page_context(request, ChartSubject.of(key, runs, baseline=options.baseline))
    if not context["points"]:
        raise ResourceDoesNotExist(f"None of these runs has a metric {shorten(key)}.")
    panel = context.pop("options")
    context |= {
        "runs": runs,
        "options": options,
        "panel": panel,
        "chart_query": chart_query(options, panel),
        "experiment": runs[0].experiment if len({run.experiment_id for run in runs}) == 1 else None,
    }
    return render_page(request, "runs/compare_chart.html", context)
