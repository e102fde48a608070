"""What every page of a registered model shows above itself."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import RegisteredModel, Stage
from registry.queries.model_facts import InStage, model_rows


@dataclass(frozen=True, slots=True)
class ModelHead:
    """`aliases`: with the version each points to. `stages`: Production and Staging, where versions are in them."""

    model: RegisteredModel
    version_count: int
    latest: int | None
    stages: list[InStage]
    aliases: list[tuple[str, int]]
    tags: list[tuple[str, str]]
    last_time: int

    @property
    def production(self) -> int | None:
        """The version that is in Production."""
        return next((one.version for one in self.stages if one.stage == Stage.PRODUCTION), None)


def model_head(model: RegisteredModel) -> ModelHead:
    """Six statements."""
    row = model_rows([model.pk])[0]
    return ModelHead(model, row.version_count, row.latest, row.stages, row.aliases, row.tags, row.last_time)
