"""Experiments: create, edit, delete, restore. Each question has its own address."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from runs.forms import ExperimentForm, changed_tags
from runs.models import Experiment
from runs.models.experiment import NOTE_TAG
from runs.queries.experiment_list import experiment_row
from runs.services.edits import edit_experiment
from runs.services.experiments import create_experiment, delete_experiment, restore_experiment
from trackui.errors import TrackingError


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_create(request):
    form = ExperimentForm(request.POST or None, label_suffix="")
    if form.is_valid():
        note = {NOTE_TAG: form.cleaned_data["note"]} if form.cleaned_data["note"] else {}
        try:
            experiment = create_experiment(
                form.cleaned_data["name"], tags=form.cleaned_data["tags"] | note, user=request.user
            )
        except TrackingError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Experiment “{experiment.name}” created.")
            return redirect("runs:run_list", experiment.pk)
    return render(request, "runs/experiment_create.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_update(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    row = experiment_row(experiment)
    tags = dict(row.tags)
    initial = {"name": experiment.name, "note": row.note, "tags": tags}
    form = ExperimentForm(request.POST or None, initial=initial, label_suffix="")
    if form.is_valid():
        wanted = changed_tags(tags, form.cleaned_data["tags"])
        note = form.cleaned_data["note"]
        if note != row.note:
            wanted[NOTE_TAG] = note or None
        try:
            edit_experiment(experiment.experiment_id, name=form.cleaned_data["name"], tags=wanted, user=request.user)
        except TrackingError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Saved.")
            return redirect("runs:run_list", experiment.pk)
    context = {"form": form, "experiment": experiment}
    return render(request, "runs/experiment_update.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_delete(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    if request.method == "POST":
        delete_experiment(experiment.experiment_id, user=request.user)
        messages.success(request, f"Experiment “{experiment.name}” deleted with its runs. It can be restored.")
        return redirect("runs:experiment_list")
    return render(request, "runs/experiment_delete.html", {"row": experiment_row(experiment)})


@require_POST
def experiment_restore(request, experiment_id):
    experiment = _experiment(request, experiment_id)
    restore_experiment(experiment.experiment_id, user=request.user)
    messages.success(request, f"Experiment “{experiment.name}” restored with its runs.")
    return redirect("runs:run_list", experiment.pk)


def _experiment(request, experiment_id):
    return get_object_or_404(Experiment.objects.visible_to(request.user), pk=experiment_id)
