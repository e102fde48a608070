"""Editing a run: its name, tags, colour and note, one tag, delete and restore. Each question has an address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from runs.forms import MOST_TAGS, SPARE_ROWS, RunForm, changed_tags
from runs.models import Run, RunTag
from runs.models.experiment import NOTE_TAG
from runs.services.edits import edit_run as edit
from runs.services.edits import edit_tag
from runs.services.runs import delete_run, restore_run
from runs.views.guards import visible_run
from trackui.errors import TrackingError
from trackui.http import render_page

SYSTEM_TAGS = "mlflow."


@require_http_methods(["GET", "HEAD", "POST"])
def edit_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """A page; where a script asks, the form alone, whatever is wrong in it, and 204 once it is saved."""
    run = visible_run(request, run_id)
    before = {"name": run.name, "note": note_of(run), "tags": tags_of(run), "colour": run.colour}
    form = RunForm(request.POST or None, initial=before, label_suffix="")
    if request.method == "POST" and form.is_valid() and saved(form, run, before, request.user):
        if request.htmx:
            return HttpResponse(status=204)
        messages.success(request, "Saved.")
        return redirect("runs:run_detail", run.run_id)
    context = {"run": run, "experiment": run.experiment, "form": form}
    status = 400 if form.errors and not request.htmx else 200
    return render_page(request, "runs/run_edit.html", context, fragment="runs/_run_form.html", status=status)


def note_of(run: Run) -> str:
    return RunTag.objects.filter(run=run, key__name=NOTE_TAG).values_list("value", flat=True).first() or ""


def tags_of(run: Run) -> dict[str, str]:
    """Those that people set, as many as the form takes. Text of several lines has its place on the page of tags."""
    own = RunTag.objects.filter(run=run).exclude(key__name__startswith=SYSTEM_TAGS).order_by("key__name")
    found = own.values_list("key__name", "value")[: MOST_TAGS - SPARE_ROWS]
    return {key: value for key, value in found if "\n" not in value and "\r" not in value}


def saved(form: RunForm, run: Run, before: dict, user) -> bool:
    """Write what differs, all of it or nothing; what the service refuses is said above the form.

    What the browser did not send stays as it is.
    """
    wanted = form.cleaned_data
    tags: dict[str, str | None] = {}
    if "tags_key" in form.data:
        tags = changed_tags(before["tags"], wanted["tags"])
    note = wanted["note"].replace("\r\n", "\n")
    if note.strip() != before["note"].strip():
        tags[NOTE_TAG] = note
    try:
        edit(
            run.run_id,
            name=wanted["name"] if wanted["name"] != before["name"] else None,
            tags=tags,
            colour=wanted["colour"] if "colour" in form.data else None,
            user=user,
        )
    except TrackingError as error:
        form.add_error(None, error.message)
        return False
    return True


@require_POST
def set_run_tag(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key, value = request.POST.get("key", "").strip(), request.POST.get("value", "")
    attempt(request, lambda: edit_tag(run.run_id, key, value, user=request.user), f"Tag {key[:80]} set.")
    return to_tags(run)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_run_tag(request: HttpRequest, run_id: str) -> HttpResponse:
    run = visible_run(request, run_id)
    key = request.POST.get("key") or request.GET.get("key", "")
    if request.method == "POST":
        attempt(request, lambda: edit_tag(run.run_id, key, None, user=request.user), f"Tag {key[:80]} deleted.")
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
