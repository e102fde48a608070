"""The runs of an experiment: the table, its data, its columns."""

import re

from django.shortcuts import get_object_or_404
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.filters import RunFacets
from runs.models import Experiment
from runs.queries.column_choice import column_choice
from runs.queries.experiment_list import experiment_row
from runs.queries.run_table import run_table
from runs.queries.run_table_lines import run_table_lines
from runs.queries.run_table_options import PAGE_SIZES, RunTableOptions
from trackui.http import csv_response, render_page


@require_safe
@gzip_page
def run_list(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    options = _options(request)
    table = run_table(experiment.pk, options)
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        "table": table,
        "options": options,
        "page_sizes": PAGE_SIZES,
        "server_address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_page(
        request,
        "runs/run_list.html",
        context,
        fragment="runs/_run_table.html",
        status=400 if table.error else 200,
    )


@require_safe
def run_list_csv(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    lines = run_table_lines(experiment.pk, _options(request))
    name = re.sub(r"[^\w.-]+", "-", experiment.name).strip("-") or "runs"
    return csv_response(lines, f"{name[:100]}-runs.csv", address=request.get_full_path())


@require_safe
@gzip_page
def run_columns(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    choice = column_choice(experiment.pk, _options(request).columns, find=request.GET.get("find", "").strip())
    context = {"experiment": experiment, "choice": choice}
    return render_page(request, "runs/run_columns.html", context, fragment="runs/_run_columns.html")


def _experiment(request, experiment_id):
    return get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)


def _options(request):
    return RunTableOptions.from_query(request.GET, RunFacets(request.GET).choices())
