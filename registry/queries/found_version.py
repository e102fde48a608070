"""Which version an address means at the moment."""

from __future__ import annotations

from registry.addressing import ModelUri, alias_not_found, model_not_found, model_uri, version_not_found
from registry.models import ModelVersion, RegisteredModel
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten


def model_version_of(uri: str, *, user) -> ModelVersion:
    """`models:/Name/3`, `models:/Name/Production`, `models:/Name@alias`, `models:/Name/latest`.

    Of a stage, and of all, the one with the highest number. ResourceDoesNotExist when there is no such model or
    version, InvalidParameterValue for an unknown stage, alias or form. One statement, two when nothing is found.
    """
    asked = model_uri(uri)
    if asked.model_id:
        raise InvalidParameterValue(f"'{shorten(uri)}' is a logged model, not a version of a registered one.")
    versions = ModelVersion.objects.visible_to(user).filter(registered_model__name=asked.name)
    if asked.alias:
        versions = versions.filter(aliases__alias=asked.alias)
    elif asked.version is not None:
        versions = versions.filter(version=asked.version)
    elif asked.stage is not None:
        versions = versions.filter(stage=asked.stage)
    found = versions.order_by("-version").first()
    if found is None:
        raise _not_found(asked, user=user)
    return found


def _not_found(asked: ModelUri, *, user) -> ResourceDoesNotExist | InvalidParameterValue:
    if not RegisteredModel.objects.visible_to(user).filter(name=asked.name).exists():
        return model_not_found(asked.name)
    if asked.alias:
        return alias_not_found(asked.alias)
    if asked.version is not None:
        return version_not_found(asked.name, asked.version)
    where = f" in stage {asked.stage.value}" if asked.stage is not None else ""
    return ResourceDoesNotExist(f"Registered Model (name={shorten(asked.name)}) has no version{where}.")
