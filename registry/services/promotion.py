"""Move a version to where it is to be used, stage and aliases at once."""

from __future__ import annotations

from collections.abc import Sequence

from registry.services.aliases import delete_alias, set_alias
from registry.services.model_versions import held_version, transition_stage
from trackui.errors import InvalidParameterValue
from trackui.transactions import all_or_none


def promote(
    name: str,
    version: str | int,
    *,
    stage: str | None = None,
    archive_existing_versions: bool = False,
    aliases: Sequence[str] = (),
    removed_aliases: Sequence[str] = (),
    note: str = "",
    user,
) -> None:
    """All of it or nothing, as one transaction. `note` stands beside each move in the history.

    `stage`: None leaves it as it is. `aliases`: those that point to this version from then on; `removed_aliases`: those
    that are no more, whichever version they pointed to.
    """
    if stage is None and not aliases and not removed_aliases:
        raise InvalidParameterValue("Name a stage, or aliases, that the version is to have.")
    if stage is None and archive_existing_versions:
        raise InvalidParameterValue("'archive_existing_versions' goes with a stage.")

    @all_or_none
    def move() -> None:
        held_version(name, version, user=user)
        if stage is not None:
            transition_stage(
                name, version, stage, archive_existing_versions=archive_existing_versions, note=note, user=user
            )
        for alias in dict.fromkeys(aliases):
            set_alias(name, alias, version, note=note, user=user)
        for alias in dict.fromkeys(removed_aliases):
            delete_alias(name, alias, note=note, user=user)

    move()
