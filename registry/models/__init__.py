from registry.models.model_event import EventKind, ModelEvent
from registry.models.model_server import ModelServer
from registry.models.model_version import ModelVersion, ModelVersionTag, Stage, VersionStatus
from registry.models.registered_model import PROMPT_TAG, ModelAlias, RegisteredModel, RegisteredModelTag

__all__ = [
    "PROMPT_TAG",
    "EventKind",
    "ModelAlias",
    "ModelEvent",
    "ModelServer",
    "ModelVersion",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelTag",
    "Stage",
    "VersionStatus",
]
