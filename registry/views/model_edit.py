"""Models: create, describe and tag, rename, delete. Each question has its own address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from registry.forms import ConfirmForm, DescriptionForm, ModelForm, RenameForm
from registry.models import RegisteredModel
from registry.queries.model_head import model_head
from registry.services.edits import edit_registered_model
from registry.services.registered_models import (
    create_registered_model,
    delete_registered_model,
    rename_registered_model,
)
from registry.views.guards import visible_model
from registry.views.refusals import own_tags, refused_beside
from runs.forms import changed_tags
from trackui.errors import TrackingError

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def model_create(request: HttpRequest) -> HttpResponse:
    form = ModelForm(request.POST or None, label_suffix="")
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            model = create_registered_model(
                wanted["name"], description=unix(wanted["description"]), tags=wanted["tags"], user=request.user
            )
        except TrackingError as error:
            refused_beside(form, error, "name")
        else:
            messages.success(request, f"Model “{model.name}” created.")
            return redirect("models:model_detail", model.name)
    return _answer(request, "registry/model_create.html", form)


@form_page
def model_edit(request: HttpRequest, name: str) -> HttpResponse:
    model = visible_model(request, name)
    tags = own_tags(model.tags)
    form = DescriptionForm(
        request.POST or None, initial={"description": model.description, "tags": tags}, label_suffix=""
    )
    if form.is_valid():
        wanted = form.cleaned_data
        description = unix(wanted["description"])
        try:
            edit_registered_model(
                model.name,
                description=description if description != model.description else None,
                tags=changed_tags(tags, wanted["tags"]),
                user=request.user,
            )
        except TrackingError as error:
            refused_beside(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("models:model_detail", model.name)
    return _answer(request, "registry/model_edit.html", form, model)


@form_page
def model_rename(request: HttpRequest, name: str) -> HttpResponse:
    model = visible_model(request, name)
    form = RenameForm(request.POST or None, initial={"name": model.name}, label_suffix="")
    if form.is_valid():
        try:
            renamed = rename_registered_model(model.name, form.cleaned_data["name"], user=request.user)
        except TrackingError as error:
            refused_beside(form, error, "name")
        else:
            messages.success(request, f"“{model.name}” is called “{renamed.name}” now.")
            return redirect("models:model_detail", renamed.name)
    return _answer(request, "registry/model_rename.html", form, model, head=model_head(model))


@form_page
def model_delete(request: HttpRequest, name: str) -> HttpResponse:
    model = visible_model(request, name)
    form = ConfirmForm(request.POST or None, expected=model.name, label_suffix="")
    if form.is_valid():
        try:
            delete_registered_model(model.name, user=request.user)
        except TrackingError as error:
            refused_beside(form, error)
        else:
            messages.success(request, f"Model “{model.name}” deleted with its versions. Its runs keep their files.")
            return redirect("models:model_list")
    return _answer(request, "registry/model_delete.html", form, model, head=model_head(model))


def unix(text: str) -> str:
    """Lines as they were before a form sent them."""
    return text.replace("\r\n", "\n")


def _answer(
    request: HttpRequest, template: str, form, model: RegisteredModel | None = None, **context: object
) -> HttpResponse:
    return render(request, template, {"form": form, "model": model, **context}, status=400 if form.errors else 200)
