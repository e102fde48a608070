"""The list of models as it was at a moment: stages and aliases of then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from registry.models import RegisteredModel
from registry.queries.as_of import ModelThen, models_at
from registry.queries.model_facts import SHOWN_STAGES, InStage
from registry.queries.model_list import ModelListOptions
from registry.queries.past_records import PastModel, past_models


@dataclass(frozen=True, slots=True)
class PastRow:
    """`now`: what the model is called now; blank where it has been deleted since."""

    past: PastModel
    now: str

    @property
    def stages(self) -> list[InStage]:
        return stages_then(self.past)

    @property
    def aliases(self) -> list[tuple[str, int]]:
        return list(self.past.aliases.items())

    @property
    def latest(self) -> int | None:
        return max(self.past.state.stages, default=None)


@dataclass(frozen=True, slots=True)
class PastModelList:
    as_of: int
    options: ModelListOptions
    rows: list[PastRow]
    page: Page

    @property
    def total(self) -> int:
        return self.page.paginator.count


def stages_then(past: PastModel) -> list[InStage]:
    latest, then = past.latest_versions, list(past.state.stages.values())
    return [InStage(stage, latest[stage], then.count(stage)) for stage in SHOWN_STAGES if stage in latest]


def past_model_list(user, options: ModelListOptions, as_of: int) -> PastModelList:
    """By name. Words of the filter search names, stages and `unaliased` narrow as they do now. Three statements."""
    found = _found(user, options, as_of)
    page = Paginator(found, options.page_size).get_page(options.page)
    return PastModelList(as_of, options, _rows(list(page), as_of), page)


def all_past_rows(user, options: ModelListOptions, as_of: int) -> Iterator[PastRow]:
    return iter(_rows(_found(user, options, as_of), as_of))


def _found(user, options: ModelListOptions, as_of: int) -> list[ModelThen]:
    """What is no model but a prompt now is left out; of what is gone nobody knows."""
    words = options.filter.lower().split()
    prompts = set(RegisteredModel.objects.filter(is_prompt=True).values_list("pk", flat=True))
    found = [
        model
        for model in models_at(as_of, user=user)
        if model.registered_model_id not in prompts and all(word in model.name.lower() for word in words)
    ]
    choices = options.choices
    if not (choices.stages or choices.is_unaliased):
        return found
    return [
        model
        for model, past in zip(found, past_models(found, as_of), strict=True)
        if (not choices.stages or set(choices.stages) & set(past.state.stages.values()))
        and not (choices.is_unaliased and past.aliases)
    ]


def _rows(models: list[ModelThen], as_of: int) -> list[PastRow]:
    pks = [model.registered_model_id for model in models if model.registered_model_id is not None]
    names = dict(RegisteredModel.objects.filter(pk__in=pks).values_list("pk", "name"))
    pasts = past_models(models, as_of)
    return [PastRow(past, names.get(model.registered_model_id, "")) for model, past in zip(models, pasts, strict=True)]
