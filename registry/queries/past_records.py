"""Models and versions at a moment, with what programs are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import RegisteredModel, Stage
from registry.queries.as_of import ModelThen, StateThen, models_at, state_at, states_at
from trackui.errors import ResourceDoesNotExist, shorten


@dataclass(frozen=True, slots=True)
class PastModel:
    """`latest_versions`: the highest number in each stage."""

    state: StateThen
    as_of: int

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def aliases(self) -> dict[str, int]:
        return dict(sorted(self.state.aliases.items()))

    @property
    def version_count(self) -> int:
        return len(self.state.stages)

    @property
    def latest_versions(self) -> dict[str, int]:
        stages = self.state.stages
        return {
            stage: max(version for version in stages if stages[version] == stage)
            for stage in sorted(Stage.values)
            if stage in stages.values()
        }

    def versions(self) -> list[PastVersion]:
        """The highest number first."""
        return [self.version(number) for number in sorted(self.state.stages, reverse=True)]

    def version(self, number: int) -> PastVersion:
        aliases = [alias for alias, version in self.aliases.items() if version == number]
        return PastVersion(self.name, number, self.as_of, self.state.stages[number], aliases)


@dataclass(frozen=True, slots=True)
class PastVersion:
    name: str
    version: int
    as_of: int
    stage: str
    aliases: list[str]


def past_models(models: Sequence[ModelThen], as_of: int) -> list[PastModel]:
    """One statement."""
    return [PastModel(state, as_of) for state in states_at(models, as_of) if state is not None]


def past_model(name: str, as_of: int, *, user) -> PastModel:
    """What is called so now, as it was then; else what was called so then. ResourceDoesNotExist for neither."""
    model = RegisteredModel.objects.visible_to(user).filter(name=name).first()
    state = model and state_at(model, as_of)
    if state is None:
        then = [model for model in models_at(as_of, user=user) if model.name == name]
        state = states_at(then, as_of)[0] if then else None
    if state is None:
        raise ResourceDoesNotExist(f"There was no model '{shorten(name)}' at that time.")
    return PastModel(state, as_of)
