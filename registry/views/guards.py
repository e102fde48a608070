"""What a page of the registry is about, or the page that says it is not there."""

from django.http import HttpRequest

from registry.models import ModelVersion, RegisteredModel
from trackui.errors import ResourceDoesNotExist, shorten


def visible_model(request: HttpRequest, name: str) -> RegisteredModel:
    """One statement."""
    model = None
    if "\0" not in name:
        model = RegisteredModel.objects.visible_to(request.user).filter(name=name).first()
    if model is None:
        raise ResourceDoesNotExist(f"There is no model {shorten(name, 80)} here. It may have been renamed or deleted.")
    return model


def visible_version(request: HttpRequest, name: str, version: int) -> ModelVersion:
    """With its model; two statements."""
    model = visible_model(request, name)
    found = model.versions.filter(version=version).first() if version < 2**31 else None
    if found is None:
        raise ResourceDoesNotExist(f"There is no version {version} of {shorten(name, 80)}. It may have been deleted.")
    found.registered_model = model
    return found
