"""Several changes to one model or version at once: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping

from registry.services.model_versions import delete_version_tag, describe_model_version, set_version_tag
from registry.services.registered_models import (
    delete_model_tag,
    describe_registered_model,
    rename_registered_model,
    set_model_tag,
)
from trackui.transactions import all_or_none

# Tags to set; None removes one, and removing what is not there is fine.
TagChanges = Mapping[str, str | None]


@all_or_none
def edit_registered_model(
    name: str, *, new_name: str | None = None, description: str | None = None, tags: TagChanges, user
) -> None:
    """What is None stays as it is."""
    if description is not None:
        describe_registered_model(name, description, user=user)
    for key, value in tags.items():
        if value is None:
            delete_model_tag(name, key, user=user)
        else:
            set_model_tag(name, key, value, user=user)
    if new_name is not None:
        rename_registered_model(name, new_name, user=user)


@all_or_none
def edit_model_version(
    name: str, version: str | int, *, description: str | None = None, tags: TagChanges, user
) -> None:
    """As edit_registered_model."""
    if description is not None:
        describe_model_version(name, version, description, user=user)
    for key, value in tags.items():
        if value is None:
            delete_version_tag(name, version, key, user=user)
        else:
            set_version_tag(name, version, key, value, user=user)
