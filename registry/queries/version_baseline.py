"""The version that the others of a model are measured against."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import ModelVersion, RegisteredModel, Stage
from runs.queries.baseline import NONE
from trackui.errors import shorten

CHAMPION = "champion"
STAGES = {stage.value.lower(): stage for stage in Stage}


@dataclass(frozen=True, slots=True)
class VersionBaseline:
    """`text`: as it was asked for, blank where it is the default. `why`: what makes it the one, such as @champion."""

    text: str
    version: ModelVersion | None = None
    why: str = ""
    problem: str = ""


def version_baseline(model: RegisteredModel, text: str) -> VersionBaseline | None:
    """`3`, `@alias` or `Production`; blank: the champion, else what is in Production; `none`: none.

    A statement, or two.
    """
    if text == NONE:
        return None
    if not text:
        return _aliased(model, "", CHAMPION) or _staged(model, "", Stage.PRODUCTION)
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 10 else 0
        found = model.versions.filter(version=number).first()
        baseline = found and VersionBaseline(text, found)
    elif text.lower() in STAGES:
        baseline = _staged(model, text, STAGES[text.lower()])
    else:
        baseline = _aliased(model, text, text.removeprefix("@"))
    return baseline or VersionBaseline(
        text, problem=f"baseline: there is no version {shorten(text, 80)} of this model."
    )


def _aliased(model: RegisteredModel, text: str, alias: str) -> VersionBaseline | None:
    found = model.versions.filter(aliases__alias=alias).first()
    return found and VersionBaseline(text, found, f"@{alias}")


def _staged(model: RegisteredModel, text: str, stage: Stage) -> VersionBaseline | None:
    found = model.versions.filter(stage=stage).order_by("-version").first()
    return found and VersionBaseline(text, found, stage.value)
