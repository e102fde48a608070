"""Editing a run: name and note, tags, delete and restore. Each question is a page with an address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from runs.forms import RunForm
from runs.models import Run, RunTag
from runs.models.experiment import NOTE_TAG
from runs.services.runs import delete_run, rename_run, restore_run
from runs.services.tags import delete_tag, set_note, set_tag
from runs.views.guards import visible_run
from trackui.errors import TrackingError
from trackui.http import render_page


@require_http_methods(["GET", "HEAD", "POST"])
def edit_run(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    before = {"name": run.name, "note": note_of(run)}
    form = RunForm(request.POST or None, initial=before, label_suffix="")
    if request.method == "POST" and form.is_valid() and saved(form, run, before, request.user):
        messages.success(request, "Saved.")
        return redirect("runs:run_detail", run.run_id)
    return question(request, "runs/run_edit.html", run, form=form)


def note_of(run: Run) -> str:
    return RunTag.objects.filter(run=run, key__name=NOTE_TAG).values_list("value", flat=True).first() or ""


def saved(form: RunForm, run: Run, before: dict, user) -> bool:
    """Write what differs; what the services refuse is said beside its field."""
    name = form.cleaned_data["name"]
    note = form.cleaned_data["note"].replace("\r\n", "\n")
    field = "name"
    try:
        if name != before["name"]:
            rename_run(run.run_id, name, user=user)
        field = "note"
        if note.strip() != before["note"].strip():
            set_note(run.run_id, note, user=user)
    except TrackingError as error:
        form.add_error(field, error.message)
        return False
    return True


@require_POST
def set_run_tag(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key, value = request.POST.get("key", "").strip(), request.POST.get("value", "")
    attempt(request, lambda: set_tag(run.run_id, key, value, user=request.user), f"Tag {key[:80]} set.")
    return to_tags(run)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_run_tag(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method == "POST":
        attempt(request, lambda: delete_tag(run.run_id, key, user=request.user), f"Tag {key[:80]} deleted.")
        return to_tags(run)
    value = RunTag.objects.filter(run=run, key__name=key).values_list("value", flat=True).first()
    if value is None:
        return to_tags(run)
    return question(request, "runs/run_tag_delete.html", run, key=key, value=value)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_run_page(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    if request.method == "POST":
        done = attempt(
            request, lambda: delete_run(run.run_id, user=request.user), f"{run} deleted. It can be restored."
        )
        if done:
            return redirect("runs:run_detail", run.run_id)
    children = Run.objects.filter(parent=run).active().count()
    return question(request, "runs/run_delete.html", run, children=children)


@require_http_methods(["GET", "HEAD", "POST"])
def restore_run_page(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)

    def restore() -> None:
        restore_run(run.run_id, user=request.user)

    if request.method == "POST" and attempt(request, restore, f"{run} restored."):
        return redirect("runs:run_detail", run.run_id)
    return question(request, "runs/run_restore.html", run)


def attempt(request: HttpRequest, write, done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        write()
    except TrackingError as error:
        messages.error(request, error.message)
        return False
    messages.success(request, done)
    return True


def to_tags(run: Run) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("runs:run_tags", args=[run.run_id]))


def question(request: HttpRequest, template: str, run: Run, **context: object) -> HttpResponse:
    return render_page(request, template, {"run": run, "experiment": run.experiment, **context})
