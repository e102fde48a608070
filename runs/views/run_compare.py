"""Runs side by side. The address names them: the first is the reference."""

from collections.abc import Iterator
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.charts.svg import svg_chart
from runs.charts.theme import svg_dash
from runs.models import Run
from runs.queries.comparison import FEWEST, MOST, Comparison, compared_runs, comparison
from runs.queries.comparison_options import ComparisonOptions, Pick
from runs.queries.metric_panel import metric_legend, metric_panel
from runs.queries.panel_options import PanelOptions
from runs.views.figures import DRAWN_IN_PAGE, WIDE, chart_file, split_form
from runs.views.run_tables import file_of
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.http import render_page

CHARTS_A_PAGE = 6


@require_safe
def run_compare(request: HttpRequest) -> HttpResponse:
    options = ComparisonOptions.from_query(request.GET)
    if request.GET.get("add"):
        options = with_added(request, options)
    if "add" in request.GET or len(request.GET.getlist("runs")) > 1:
        return HttpResponseRedirect(f"{reverse('runs:run_compare')}?{options.query()}")
    if len(options.run_ids) > MOST:
        return no_comparison(
            request, options, f"At most {MOST} runs can be compared; the address names {len(options.run_ids)}.", 400
        )
    runs = compared_runs(request.user, options.run_ids)
    if len(runs) < FEWEST:
        return no_comparison(request, options, runs=runs)
    found = comparison(runs, options)
    panel = PanelOptions.from_query(request.GET)
    context = {
        "comparison": found,
        "options": options,
        "panel": panel,
        "chart_query": chart_query(options, panel),
        "picks": list(Pick),
        "charts": Paginator(found.charted, CHARTS_A_PAGE).get_page(request.GET.get("charts")),
        "experiment": runs[0].experiment if found.same_experiment else None,
        "columns": columns(found),
    }
    return render_page(request, "runs/run_compare.html", context, fragment="runs/_run_compare.html")


def chart_query(options: ComparisonOptions, panel: PanelOptions) -> str:
    """What a chart's own address says: the runs, and how it is drawn."""
    return "&".join(filter(None, [options.only_runs, panel.query()]))


def with_added(request: HttpRequest, options: ComparisonOptions) -> ComparisonOptions:
    """The comparison with one more run, by its id or its name."""
    wanted = request.GET["add"].strip().replace("\0", "")
    runs = Run.objects.visible_to(request.user).active()
    first = runs.filter(run_id__in=options.run_ids[:1]).first()
    named = runs.filter(run_id=wanted).first()
    if named is None and first is not None:
        # A name is looked for among the runs of the reference's experiment: newest first.
        named = runs.filter(experiment=first.experiment_id, name=wanted).order_by("-start_time").first()
    if named is None:
        messages.error(request, f"There is no run with the id or name “{shorten(wanted, 80)}”.")
        return options
    return replace(options, run_ids=tuple(dict.fromkeys([*options.run_ids, named.run_id])))


def no_comparison(
    request: HttpRequest, options: ComparisonOptions, reason: str = "", status: int = 200, runs: list[Run] | None = None
) -> HttpResponse:
    context = {
        "options": options,
        "reason": reason,
        "runs": runs or [],
        "missing": len(options.run_ids) - len(runs or []),
    }
    return render_page(request, "runs/run_compare_empty.html", context, status=status)


def columns(found: Comparison) -> list[dict]:
    """A column a run, with the addresses that take it out and make it the reference."""
    ids = found.options.run_ids
    shown = [run.run_id for run in found.runs]
    return [
        {
            "run": run,
            "position": position,
            "dash": svg_dash(position),
            "without": found.options.query(runs=",".join(i for i in shown if i != run.run_id))
            if len(shown) > FEWEST
            else "",
            "first": found.options.query(runs=",".join([run.run_id, *(i for i in ids if i != run.run_id)])),
        }
        for position, run in enumerate(found.runs)
    ]


@require_safe
def compare_range(request: HttpRequest, first: str, second: str) -> HttpResponse:
    """`/compare/A...B`: two runs as people write it."""
    options = ComparisonOptions.from_query(request.GET)
    return HttpResponseRedirect(f"{reverse('runs:run_compare')}?{replace(options, run_ids=(first, second)).query()}")


@require_safe
def run_compare_file(request: HttpRequest, form: str) -> HttpResponse:
    """The table as it is shown, as CSV or JSON: values as they are, not as they are written for people."""
    runs, options = named_runs(request)
    if form not in ("csv", "json"):
        raise Http404
    found = comparison(runs, options, whole=True)
    names = column_names(runs)
    return file_of(("section", "key", *names), file_rows(found, names), form=form, filename="comparison")


def named_runs(request: HttpRequest) -> tuple[list[Run], ComparisonOptions]:
    options = ComparisonOptions.from_query(request.GET)
    if len(options.run_ids) > MOST:
        raise InvalidParameterValue(f"At most {MOST} runs can be compared.")
    runs = compared_runs(request.user, options.run_ids)
    if not runs:
        raise ResourceDoesNotExist("None of the runs that the address names is here.")
    return runs, options


def column_names(runs: list[Run]) -> list[str]:
    """Names where they tell the runs apart, else their ids."""
    names = [run.name for run in runs]
    return names if all(names) and len(set(names)) == len(names) else [run.run_id for run in runs]


def file_rows(found: Comparison, names: list[str]) -> Iterator[dict[str, object]]:
    for section in found.sections:
        for row in section.rows:
            values = [cell.text if cell.value is None else cell.value for cell in row.cells]
            yield {"section": section.name, "key": row.key, **dict(zip(names, values, strict=True))}


@require_safe
def compare_chart(request: HttpRequest, key: str) -> HttpResponse:
    """One metric of the chosen runs: its page, or its file by the ending of the address."""
    runs, options = named_runs(request)
    key, form = split_form(key)
    if form:
        return chart_file(request, runs, key, form)
    panel = replace(PanelOptions.from_query(request.GET), pixels=WIDE.width)
    legend = metric_legend(runs, key)
    counts = [line.summary.count for line in legend if line.summary]
    if not counts:
        raise ResourceDoesNotExist(f"None of these runs has a metric {shorten(key)}.")
    chart = metric_panel(runs, key, panel) if sum(counts) <= DRAWN_IN_PAGE else None
    context = {
        "runs": runs,
        "options": options,
        "panel": panel,
        "key": key,
        "chart_query": chart_query(options, panel),
        "chart": chart,
        "drawing": svg_chart(chart, WIDE) if chart else "",
        "points": sum(counts),
        "without": len(runs) - len(counts),
        "legend": legend,
        "experiment": runs[0].experiment if len({run.experiment_id for run in runs}) == 1 else None,
    }
    return render_page(request, "runs/compare_chart.html", context)
