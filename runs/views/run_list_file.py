"""A run table as a file: all runs that match, with its columns."""

import re
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.queries.run_choices import full_filter
from runs.queries.run_columns import Experiments
from runs.queries.run_scope import scope_of
from runs.queries.run_table_lines import run_table_file
from runs.views.run_sets import chosen_experiments, table_options, visible_experiment
from trackui.exports.responses import export_response


@require_safe
def run_list_file(request: HttpRequest, experiment_id: int, form: str) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    name = re.sub(r"[^\w.-]+", "-", experiment.name).strip("-") or "runs"
    return _file(request, experiment.pk, form, f"{name[:100]}-runs")


@require_safe
def all_run_list_file(request: HttpRequest, form: str) -> HttpResponse:
    return _file(request, scope_of(chosen_experiments(request).pks), form, "runs")


def _file(request: HttpRequest, experiments: Experiments, form: str, name: str) -> HttpResponse:
    options = table_options(request)
    table = run_table_file(experiments, options, is_typed=form != "csv")
    return export_response(request, replace(table, name=name, filter=full_filter(options)), form)
