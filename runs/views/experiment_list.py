"""Experiments: the list, and its data."""

import json

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.queries.experiment_list import ExperimentListOptions, all_experiment_rows, experiment_list
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page

COLUMNS = columns(
    experiment_id="text",
    name="text",
    lifecycle_stage="text",
    creation_time="time",
    runs="integer",
    running="integer",
    last_activity="time",
    note="text",
    tags="text",
)


@require_safe
@gzip_page
def experiments(request):
    listing = experiment_list(request.user, ExperimentListOptions.from_query(request.GET))
    context = {"list": listing, "server_address": request.build_absolute_uri("/").rstrip("/")}
    status = 400 if listing.error else 200
    return render_page(
        request, "runs/experiment_list.html", context, fragment="runs/_experiment_table.html", status=status
    )


@require_safe
def experiments_file(request, form):
    """`runs` beyond 10,000 is an estimate; `tags` are a JSON object."""
    rows = map(_values, all_experiment_rows(request.user, ExperimentListOptions.from_query(request.GET)))
    return export_response(request, Table("experiments", COLUMNS, rows, filter=request.GET.get("q", "")), form)


def _values(row):
    experiment = row.experiment
    return (
        experiment.experiment_id,
        experiment.name,
        experiment.lifecycle_stage,
        experiment.creation_time,
        row.runs.rounded,
        row.running_count,
        row.last_activity,
        row.note,
        json.dumps(dict(row.tags), ensure_ascii=False),
    )
