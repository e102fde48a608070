"""How versions are called: by number, stage and alias, and as `models:/` addresses; and what is said of none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.models import Stage
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten

LATEST = "latest"
LARGEST_VERSION = 2**31 - 1

_STAGES = {stage.value.lower(): stage for stage in Stage}
_URI = re.compile(
    r"models:/(?:(?P<model_id>m-[0-9a-f]{32})|(?P<aliased>[^/:@]+)@(?P<alias>[\w-]+)|(?P<name>[^/:]+)/(?P<suffix>[^/:]+))"
)


@dataclass(frozen=True, slots=True)
class ModelUri:
    """What a `models:/` address names: a logged model by its id, or a version by one of number, stage and alias.

    Of the latest version, and of a logged model, all of those are unset.
    """

    name: str = ""
    version: int | None = None
    stage: Stage | None = None
    alias: str = ""
    model_id: str = ""


def model_uri(text: str) -> ModelUri:
    """`models:/Name/3`, `/Name/Production`, `/Name/latest`, `models:/Name@alias` or `models:/m-…`.

    Raises InvalidParameterValue for others. Looks nothing up.
    """
    found = _URI.fullmatch(text)
    if found is None:
        raise InvalidParameterValue(
            f"Invalid model URI '{shorten(text)}'. It must be models:/<name>/<version or stage>, "
            "models:/<name>/latest, models:/<name>@<alias> or models:/<model_id>."
        )
    if found["model_id"]:
        return ModelUri(model_id=found["model_id"])
    if found["alias"]:
        return ModelUri(name=found["aliased"], alias=found["alias"])
    suffix = found["suffix"]
    if suffix.lower() == LATEST:
        return ModelUri(name=found["name"])
    if suffix.isascii() and suffix.isdigit():
        return ModelUri(name=found["name"], version=version_number(suffix))
    return ModelUri(name=found["name"], stage=canonical_stage(suffix))


def canonical_stage(text: str) -> Stage:
    """A stage in any case of letters."""
    stage = _STAGES.get(text.lower())
    if stage is None:
        valid = ", ".join(stage.value for stage in Stage)
        raise InvalidParameterValue(f"Invalid Model Version stage: {shorten(text)}. Value must be one of {valid}.")
    return stage


def version_number(version: str | int) -> int:
    """The number of a version, which travels as text. One no version can have is 0: there is none of it either."""
    text = str(version)
    if not (text.isascii() and text.isdigit() and len(text) < 310):
        raise InvalidParameterValue(f"Parameter 'version' must be an integer, got '{shorten(text)}'.")
    number = int(text)
    return number if number <= LARGEST_VERSION else 0


def model_not_found(name: str) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"Registered Model with name={shorten(name)} not found")


def version_not_found(name: str, version: str | int) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"Model Version (name={shorten(name)}, version={shorten(version)}) not found")


def alias_not_found(alias: str) -> InvalidParameterValue:
    """Of the same kind as MLflow's: its clients look for it."""
    return InvalidParameterValue(f"Registered model alias {shorten(alias)} not found.")
