"""Experiments: the list, and its data."""

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.queries.experiment_list import ExperimentListOptions, all_experiment_rows, experiment_list
from trackui.formats import absolute_time
from trackui.http import csv_response, render_page


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
def experiments_csv(request):
    rows = all_experiment_rows(request.user, ExperimentListOptions.from_query(request.GET))
    return csv_response(_lines(rows), "experiments.csv", address=request.get_full_path())


def _lines(rows):
    yield ["experiment_id", "name", "lifecycle_stage", "creation_time", "runs", "running", "last_activity", "note"]
    for row in rows:
        experiment = row.experiment
        yield [
            experiment.experiment_id,
            experiment.name,
            experiment.lifecycle_stage,
            absolute_time(experiment.creation_time),
            row.runs.rounded,
            row.running_count,
            "" if row.last_activity is None else absolute_time(row.last_activity),
            row.note,
        ]
