"""Freeze a comparison, and show what was frozen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from runs.charts.series import LineChart
from runs.charts.svg import svg_chart
from runs.charts.theme import svg_dash
from runs.models import Experiment, Run, Snapshot
from runs.queries.comparison import Comparison, comparison
from runs.queries.comparison_content import canonical, charts_of, content_of, data_of
from runs.queries.comparison_data import comparison_data
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_runs import FEWEST
from runs.queries.metric_panel import metric_panel
from runs.queries.panel_options import PanelOptions
from runs.queries.snapshots import Frozen, changes_since, snapshot_by_slug, snapshots_of
from runs.services.snapshots import freeze
from runs.views.compare_runs import asked_runs
from runs.views.run_compare import file_table, over_seeds, print_page
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page

CHARTS_KEPT = 6
# Points of lines are for eyes: so many in a snapshot at most.
POINTS_KEPT = 60_000
NARROWEST_CHART, WIDEST_CHART = 50, 300


@require_POST
def freeze_comparison(request: HttpRequest) -> HttpResponse:
    """The fields are the parameters of the page: `runs`, `baseline`, and how it was looked at."""
    options = ComparisonOptions.from_query(request.POST)
    runs = asked_runs(request, options).runs
    if len(runs) < FEWEST:
        raise InvalidParameterValue("One of the runs is here; it takes two to freeze a comparison.")
    data = comparison_data(runs, user=request.user)
    found = over_seeds(comparison(data, options, whole=True), runs)
    charts = kept_charts(runs, [row.key for row in found.charted[:CHARTS_KEPT]])
    said = {one.run.run_id: one.over_seeds for one in found.sentences if one.over_seeds}
    content = canonical(content_of(data, charts, over_seeds=said))
    snapshot = freeze(
        content,
        title=title_of(runs),
        query=options.query(),
        experiments=list({run.experiment_id: run.experiment for run in runs}.values()),
        user=request.user,
    )
    messages.success(request, "Frozen: this address keeps these values.")
    return HttpResponseRedirect(reverse("runs:frozen", args=[snapshot.slug]))


def kept_charts(runs: Sequence[Run], keys: Sequence[str]) -> list[LineChart]:
    pixels = POINTS_KEPT // (2 * len(runs) * max(1, len(keys)))
    options = PanelOptions(pixels=min(max(pixels, NARROWEST_CHART), WIDEST_CHART))
    return [metric_panel(runs, key, options) for key in keys]


def title_of(runs: Sequence[Run]) -> str:
    named = ", ".join(shorten(str(run), 60) for run in runs[:3])
    return f"{named} and {len(runs) - 3} more" if len(runs) > 3 else named


def asked_snapshot(request: HttpRequest, slug: str) -> Frozen:
    frozen = snapshot_by_slug(slug, user=request.user)
    if frozen is None:
        raise ResourceDoesNotExist(f"Nothing was frozen at {shorten(slug, 64)}.")
    return frozen


@require_safe
@gzip_page
def frozen_comparison(request: HttpRequest, slug: str) -> HttpResponse:
    frozen = asked_snapshot(request, slug)
    options = ComparisonOptions.from_query(request.GET)
    on_paper = request.GET.get("print") == "1"
    found = with_kept_words(comparison(data_of(frozen.content), options, whole=on_paper), frozen)
    ids = {run.experiment_id for run in found.runs}
    experiment = Experiment.objects.visible_to(request.user).filter(pk__in=ids).first() if len(ids) == 1 else None
    charts = charts_of(frozen.content)
    if on_paper:
        return print_page(request, found, charts, {"snapshot": frozen.snapshot, "experiment": experiment})
    context = {
        "frozen": frozen,
        "snapshot": frozen.snapshot,
        "comparison": found,
        "options": options,
        "columns": [{"run": run, "position": at, "dash": svg_dash(at)} for at, run in enumerate(found.runs)],
        "charts": [(chart, svg_chart(chart)) for chart in charts],
        "changes": changes_since(frozen.content, user=request.user),
        "experiment": experiment,
        "is_frozen": True,
    }
    return render_page(request, "runs/frozen.html", context)


def with_kept_words(found: Comparison, frozen: Frozen) -> Comparison:
    """With what was said over seeds then: those runs are not in the snapshot."""
    said = frozen.content["over_seeds"]
    return replace(
        found, sentences=tuple(replace(one, over_seeds=said.get(one.run.run_id, "")) for one in found.sentences)
    )


@require_safe
def frozen_content(request: HttpRequest, slug: str) -> HttpResponse:
    """The very bytes that the hash is of: `curl … | sha256sum` tells."""
    frozen = asked_snapshot(request, slug)
    response = HttpResponse(frozen.raw, content_type="application/json")
    response["ETag"] = f'"{frozen.snapshot.digest}"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def frozen_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    frozen = asked_snapshot(request, slug)
    found = comparison(data_of(frozen.content), ComparisonOptions.from_query(request.GET), whole=True)
    return export_response(request, file_table(found), form)


@require_safe
def frozen_list(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)
    context = {"experiment": experiment, "snapshots": snapshots_of(experiment)}
    return render_page(request, "runs/frozen_list.html", context)


@require_safe
def frozen_list_file(request: HttpRequest, experiment_id: int, form: str) -> HttpResponseBase:
    experiment = get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)
    described = columns(title="text", slug="text", sha256="text", frozen="time", by="text")
    return export_response(request, Table("frozen", described, snapshot_rows(snapshots_of(experiment))), form)


def snapshot_rows(snapshots: Sequence[Snapshot]) -> Iterator[list[object]]:
    return ([one.title, one.slug, one.digest, one.creation_time, one.created_by] for one in snapshots)
