"""The audit list: of everything, or of one experiment."""

import json

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.queries.audit import AuditOptions, audit_entries, audit_page
from runs.queries.experiment_list import experiment_row
from runs.views.run_sets import visible_experiment
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page

COLUMNS = columns(
    time="time",
    user="text",
    action="text",
    subject_kind="text",
    subject_id="text",
    experiment="text",
    detail="text",
)


@require_safe
@gzip_page
def audit(request):
    return _page(request, None)


@require_safe
@gzip_page
def experiment_audit(request, experiment_id):
    return _page(request, visible_experiment(request, experiment_id))


@require_safe
def audit_file(request, form):
    return _file(request, None, form)


@require_safe
def experiment_audit_file(request, experiment_id, form):
    return _file(request, visible_experiment(request, experiment_id), form)


def _page(request, experiment):
    options = AuditOptions.from_query(request.GET, experiment=experiment and experiment.pk)
    context = {"audit": audit_page(request.user, options), "experiment": experiment}
    if experiment is not None:
        context["row"] = experiment_row(experiment)
    return render_page(request, "runs/audit.html", context)


def _file(request, experiment, form):
    options = AuditOptions.from_query(request.GET, experiment=experiment and experiment.pk)
    rows = (
        (
            entry.time,
            entry.user_id,
            entry.action,
            entry.subject_kind,
            entry.subject_id,
            None if entry.experiment_id is None else str(entry.experiment_id),
            json.dumps(entry.detail, ensure_ascii=False),
        )
        for entry in audit_entries(request.user, options)
    )
    return export_response(request, Table("audit", COLUMNS, rows, filter=request.GET.urlencode()), form)
