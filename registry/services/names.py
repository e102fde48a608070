"""What names, aliases, tags and descriptions in the registry may be."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from registry.models import PROMPT_TAG
from runs.artifacts.paths import CONTROL_CHARACTER
from runs.ingest.limits import check_count, check_key, check_length
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import missing

MAX_MODEL_NAME_LENGTH = 256
MAX_DESCRIPTION_LENGTH = 5000
MAX_TAG_VALUE_LENGTH = 100_000
MAX_ALIAS_LENGTH = 255
MAX_RUN_LINK_LENGTH = 500

_ALIAS = re.compile(r"[\w-]+")
_RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)


def check_model_name(name: str, field: str = "name") -> str:
    """A name that stays itself in a path and in an address."""
    if not check_text(name).strip():
        raise missing(field)
    check_length(field, name, MAX_MODEL_NAME_LENGTH)
    if problem := _name_problem(name):
        raise InvalidParameterValue(f"Invalid model name '{shorten(name)}': {problem}.")
    return name


def _name_problem(name: str) -> str | None:
    if "/" in name or ":" in name:
        return "it must not have a '/' or a ':'"
    if CONTROL_CHARACTER.search(name):
        return "it has a control character"
    if posixpath.normpath(name) != name or name in (".", ".."):
        return "as a path it would name something else"
    if unquote(name, errors="replace") != name:
        return "percent-decoded it would be another name"
    return None


def check_alias(alias: str) -> str:
    if not alias:
        raise missing("alias")
    check_length("alias", alias, MAX_ALIAS_LENGTH)
    if not _ALIAS.fullmatch(check_text(alias)):
        raise InvalidParameterValue(
            f"Invalid alias name: '{shorten(alias)}'. It may have letters, digits, underscores (_) and dashes (-) only."
        )
    if _RESERVED_ALIAS.fullmatch(alias):
        reason = "'latest' always is the newest version" if alias.lower() == "latest" else "it reads as a version"
        raise InvalidParameterValue(f"Invalid alias name: '{shorten(alias)}'. It is reserved: {reason}.")
    return alias


def check_tag(key: str, value: str) -> None:
    check_key(check_text(key))
    check_length("value", check_text(value), MAX_TAG_VALUE_LENGTH)


def check_tags(tags: Mapping[str, str]) -> None:
    check_count("tags", len(tags))
    for key, value in tags.items():
        check_tag(key, value)


def check_description(text: str, what: str = "description") -> str:
    """Of a note too."""
    return check_length(what, check_text(text), MAX_DESCRIPTION_LENGTH)


def says_prompt(tags: Mapping[str, str]) -> bool:
    return tags.get(PROMPT_TAG, "").lower() == "true"
