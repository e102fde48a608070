"""A version: describe and tag, delete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.forms import ConfirmForm, DescriptionForm
from registry.services.edits import edit_model_version
from registry.services.model_versions import delete_model_version
from registry.views.guards import visible_version
from registry.views.model_edit import form_page, unix
from registry.views.refusals import own_tags, refused_beside
from runs.forms import changed_tags
from trackui.errors import TrackingError


@form_page
def version_edit(request: HttpRequest, name: str, version: int) -> HttpResponse:
    found = visible_version(request, name, version)
    tags = own_tags(found.tags)
    form = DescriptionForm(
        request.POST or None, initial={"description": found.description, "tags": tags}, label_suffix=""
    )
    if form.is_valid():
        description = unix(form.cleaned_data["description"])
        try:
            edit_model_version(
                found.name,
                found.version,
                description=description if description != found.description else None,
                tags=changed_tags(tags, form.cleaned_data["tags"]),
                user=request.user,
            )
        except TrackingError as error:
            refused_beside(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("models:version_detail", found.name, found.version)
    return _answer(request, "registry/version_edit.html", form, found)


@form_page
def version_delete(request: HttpRequest, name: str, version: int) -> HttpResponse:
    found = visible_version(request, name, version)
    expected = f"{found.name}/{found.version}"
    form = ConfirmForm(request.POST or None, expected=expected, label_suffix="")
    if form.is_valid():
        try:
            delete_model_version(found.name, found.version, user=request.user)
        except TrackingError as error:
            refused_beside(form, error)
        else:
            messages.success(request, f"Version {found.version} deleted. Its number is not given again.")
            return redirect("models:model_detail", found.name)
    aliases = list(found.aliases.order_by("alias").values_list("alias", flat=True))
    return _answer(request, "registry/version_delete.html", form, found, aliases=aliases, expected=expected)


def _answer(request: HttpRequest, template: str, form, found, **context: object) -> HttpResponse:
    context |= {"form": form, "model": found.registered_model, "version": found}
    return render(request, template, context, status=400 if form.errors else 200)
