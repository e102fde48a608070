"""Datasets and models that one run read or made."""

from __future__ import annotations

from dataclasses import dataclass

from runs.models import LoggedModel, ModelInput, ModelOutput, Run, RunInput


@dataclass(frozen=True)
class DatasetRow:
    name: str
    digest: str
    source_type: str
    source: str
    context: str


@dataclass(frozen=True)
class ModelRow:
    """A logged model that the run made or read; `model` is None where it is known by its id alone."""

    model_id: str
    model: LoggedModel | None
    step: int | None
    is_output: bool


def datasets_of(run: Run) -> list[DatasetRow]:
    """Two statements."""
    inputs = RunInput.objects.filter(run=run).select_related("dataset").prefetch_related("tags").order_by("pk")
    rows = []
    for one in inputs:
        context = next((tag.value for tag in one.tags.all() if tag.name == "mlflow.data.context"), "")
        data = one.dataset
        rows.append(DatasetRow(data.name, data.digest, data.source_type, data.source, context))
    return rows


def models_of(run: Run) -> list[ModelRow]:
    """Models made, then models read. Three statements."""
    outputs = list(ModelOutput.objects.filter(run=run).order_by("step", "model_id").values_list("model_id", "step"))
    inputs = list(ModelInput.objects.filter(run=run).order_by("model_id").values_list("model_id", flat=True))
    ids = [model_id for model_id, _ in outputs] + inputs
    known = {model.model_id: model for model in LoggedModel.objects.filter(model_id__in=ids)} if ids else {}
    return [ModelRow(model_id, known.get(model_id), step, True) for model_id, step in outputs] + [
        ModelRow(model_id, known.get(model_id), None, False) for model_id in inputs
    ]
