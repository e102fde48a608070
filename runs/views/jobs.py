"""Background jobs: the list, one of them, and its stop."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from runs.models import Job
from runs.queries.jobs import all_jobs, job_list, job_row
from runs.services.jobs import stop_job
from trackui.errors import InvalidParameterValue
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page


@require_safe
@gzip_page
def jobs(request):
    listing = job_list(request.user, before=_number(request, "before"))
    return render_page(request, "runs/job_list.html", {"list": listing}, fragment="runs/_job_table.html")


@require_safe
def jobs_file(request, form):
    kinds = columns(
        job="integer",
        kind="text",
        title="text",
        state="text",
        user="text",
        experiment="text",
        done="integer",
        total="integer",
        created="time",
        started="time",
        ended="time",
        error="text",
    )
    rows = (
        (
            job.pk,
            job.kind,
            job.title,
            job.state,
            job.user_id,
            None if job.experiment_id is None else str(job.experiment_id),
            job.done,
            job.total,
            job.creation_time,
            job.start_time,
            job.end_time,
            job.error,
        )
        for job in all_jobs(request.user)
    )
    return export_response(request, Table("jobs", kinds, rows), form)


@require_safe
@gzip_page
def job_detail(request, job_id):
    row = job_row(_job(request, job_id))
    return render_page(request, "runs/job_detail.html", {"row": row, "job": row.job}, fragment="runs/_job.html")


@require_POST
def job_stop(request, job_id):
    job = _job(request, job_id)
    if job.is_over:
        messages.info(request, "It was over before it could be stopped.")
    else:
        stop_job(job)
    return redirect("runs:job_detail", job.pk)


def _job(request, job_id) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("experiment"), pk=job_id)


def _number(request, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidParameterValue(f"'{name}' must be the number of a job.")
    return int(text)
