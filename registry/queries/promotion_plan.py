"""What a promotion would change, before it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import ModelAlias, ModelVersion, Stage

ARCHIVING = (Stage.STAGING, Stage.PRODUCTION)


@dataclass(frozen=True, slots=True)
class StageMove:
    version: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AliasMove:
    """`before`, `after`: numbers of versions; None where it points, or pointed, to none."""

    alias: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class PromotionPlan:
    """`archived`: the others, which make room in the stage."""

    stage: StageMove | None
    archived: tuple[StageMove, ...]
    aliases: tuple[AliasMove, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.stage or self.archived or self.aliases)

    @property
    def seal(self) -> str:
        """Tells this plan from another, so that what is done is what was shown."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def promotion_plan(
    version: ModelVersion,
    *,
    stage: str = "",
    archives_others: bool = False,
    aliases: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> PromotionPlan:
    """`stage`: blank leaves it as it is. Two statements at most."""
    pointing = aliases_of(version)
    moves = [AliasMove(alias, pointing.get(alias), version.version) for alias in aliases]
    moves += [AliasMove(alias, pointing[alias], None) for alias in removed if alias in pointing]
    others: tuple[StageMove, ...] = ()
    if archives_others and stage in ARCHIVING:
        others = tuple(StageMove(number, stage, Stage.ARCHIVED.value) for number in versions_in(version, stage))
    return PromotionPlan(
        StageMove(version.version, version.stage, stage) if stage and stage != version.stage else None,
        others,
        tuple(move for move in moves if move.before != move.after),
    )


def aliases_of(version: ModelVersion) -> dict[str, int]:
    """Every alias of the model, with the version it points to. One statement."""
    found = ModelAlias.objects.filter(registered_model=version.registered_model_id).order_by("alias")
    return dict(found.values_list("alias", "model_version__version"))


def versions_in(version: ModelVersion, stage: str) -> list[int]:
    """The other versions of its model in a stage. One statement."""
    others = ModelVersion.objects.filter(registered_model=version.registered_model_id, stage=stage)
    return list(others.exclude(pk=version.pk).order_by("-version").values_list("version", flat=True))
