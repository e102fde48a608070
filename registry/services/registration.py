"""Register a model: a version, of a model that is made where there is none yet, and an alias for it."""

from __future__ import annotations

from registry.models import ModelVersion, RegisteredModel
from registry.services.aliases import set_alias
from registry.services.model_versions import create_model_version
from registry.services.registered_models import create_registered_model
from trackui.transactions import all_or_none


@all_or_none
def register_version(
    name: str, *, source: str, run_id: str = "", model_id: str = "", description: str = "", alias: str = "", user
) -> ModelVersion:
    """All of it or nothing, as one transaction."""
    if not RegisteredModel.objects.visible_to(user).filter(name=name).exists():
        create_registered_model(name, user=user)
    version = create_model_version(
        name, source=source, run_id=run_id, model_id=model_id, description=description, user=user
    )
    if alias:
        set_alias(name, alias, version.version, user=user)
    return version
