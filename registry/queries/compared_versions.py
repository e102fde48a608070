"""Which versions an address compares, and which of them is the reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Prefetch, Q
from django.urls import reverse

from registry.models import ModelAlias, ModelVersion
from registry.queries.found_version import model_version_of
from runs.queries.comparison_options import ComparisonOptions, plain
from trackui.errors import TrackingError, shorten

FEWEST, MOST = 2, 10
# No name has a slash, so commas in names part nothing.
NAMED = re.compile(r",?(?P<name>[^/]+)/(?P<version>[0-9]{1,9})(?=,|$)")
LONGEST = 6_000


@dataclass(frozen=True)
class VersionOptions(ComparisonOptions):
    """As of runs; versions are named `Name/3`. `versions=A/3,B/1`, or repeated."""

    parameter: ClassVar[str] = "versions"
    safe: ClassVar[str] = ",:/"

    @classmethod
    def named(cls, parts: Sequence[str]) -> Iterator[str]:
        """What is no version is kept too, so that it can be named on the page."""
        for part in parts:
            text = plain_list(part)
            end = 0
            for found in NAMED.finditer(text):
                if found.start() != end:
                    break
                yield f"{found['name'].strip()}/{int(found['version'])}"
                end = found.end()
            yield plain(text[end:].strip(","))


def plain_list(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


@dataclass(frozen=True, slots=True)
class ComparedVersion:
    """What a comparison says of a version above its column. `run_id`: how the address names it."""

    run_id: str
    name: str
    href: str
    colour: str = ""
    duration: int | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """The reference before the others. `missing`: names of versions that are not here. `problem`: why the reference is
    not the one that was asked for.
    """

    versions: tuple[ModelVersion, ...]
    missing: tuple[str, ...] = ()
    problem: str = ""


def compared_versions(options: VersionOptions, *, user) -> ComparedVersions:
    """With their models and aliases. Three statements."""
    asked = [name for name in options.run_ids if "/" in name]
    where = Q(pk__in=[])
    for name in asked:
        model, _, number = name.rpartition("/")
        where |= Q(registered_model__name=model, version=int(number)) if number.isdigit() else Q(pk__in=[])
    aliases = Prefetch("aliases", ModelAlias.objects.order_by("alias"))
    versions = ModelVersion.objects.visible_to(user).filter(where)
    found = {key_of(one): one for one in versions.select_related("registered_model").prefetch_related(aliases)}
    ordered = [found[name] for name in options.run_ids if name in found]
    missing = tuple(name for name in options.run_ids if name not in found)
    if options.baseline and options.baseline not in found:
        return ComparedVersions(
            tuple(ordered), missing, f"baseline: {shorten(options.baseline, 80)} is not among them."
        )
    ordered.sort(key=lambda one: bool(options.baseline) and key_of(one) != options.baseline)
    return ComparedVersions(tuple(ordered), missing)


def key_of(version: ModelVersion) -> str:
    return f"{version.name}/{version.version}"


def compared_version(version: ModelVersion) -> ComparedVersion:
    href = reverse("models:version_detail", args=[version.name, version.version])
    return ComparedVersion(key_of(version), f"{version.name} {version.version}", href)


def added_version(text: str, *, user) -> ModelVersion | None:
    """A version as people write it: `Name/3`, `Name@alias`, `Name/Production`, with `models:/` before it or not."""
    text = plain(text)
    try:
        return model_version_of(text if text.startswith("models:/") else f"models:/{text}", user=user)
    except TrackingError:
        return None
