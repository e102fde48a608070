"""Datasets a run read, and logged models it read or made."""

from collections.abc import Sequence
from typing import NamedTuple

from runs.ingest.limits import (
    MAX_DATASET_DIGEST_LENGTH,
    MAX_DATASET_NAME_LENGTH,
    MAX_DATASETS_PER_BATCH,
    check_count,
    check_length,
)
from runs.ingest.writer import run_for_writing
from runs.models import Run
from trackui.db import insert_rows, write_transaction

MAX_MODELS_PER_REQUEST = 1000


class DatasetEntry(NamedTuple):
    name: str
    digest: str
    source_type: str
    source: str
    schema: str
    profile: str
    tags: dict[str, str]


LIMITS = {
    "name": MAX_DATASET_NAME_LENGTH,
    "digest": MAX_DATASET_DIGEST_LENGTH,
    "source_type": 36,
    "source": 65_535,
    "schema": 1_048_575,
    "profile": 16_777_215,
}


def check_dataset(entry: DatasetEntry) -> DatasetEntry:
    for field, limit in LIMITS.items():
        check_length(field, getattr(entry, field), limit)
    check_count("tags", len(entry.tags))
    for key, value in entry.tags.items():
        check_length("key", key, 255)
        check_length("value", value, 500)
    return entry


def log_inputs(run_id: str, *, datasets: Sequence[DatasetEntry], model_ids: Sequence[str], user) -> None:
    """Record what a run read. A dataset keeps its first upload's fields, an edge its first tags."""
    check_count("datasets", len(datasets), MAX_DATASETS_PER_BATCH)
    check_count("models", len(model_ids), MAX_MODELS_PER_REQUEST)
    for entry in datasets:
        check_dataset(entry)
    for model_id in model_ids:
        check_length("model_id", model_id, 256)
    with write_transaction():
        run = run_for_writing(run_id, user=user)
        for entry in datasets:
            _link_dataset(run, entry)
        insert_rows(
            "runs_modelinput",
            ("run_id", "model_id"),
            [(run.pk, model_id) for model_id in model_ids],
            on_conflict="DO NOTHING",
        )


def log_outputs(run_id: str, models: Sequence[tuple[str, int]], *, user) -> None:
    """Record (model_id, step) of logged models a run made; whether they exist is not checked."""
    check_count("models", len(models), MAX_MODELS_PER_REQUEST)
    for model_id, _ in models:
        check_length("model_id", model_id, 256)
    with write_transaction():
        run = run_for_writing(run_id, user=user)
        insert_rows(
            "runs_modeloutput",
            ("run_id", "model_id", "step"),
            [(run.pk, model_id, step) for model_id, step in models],
            on_conflict="DO NOTHING",
        )


def _link_dataset(run: Run, entry: DatasetEntry) -> None:
    identity = {"experiment_id": run.experiment_id, "name": entry.name, "digest": entry.digest}
    about = {field: getattr(entry, field) for field in ("source_type", "source", "schema", "profile")}
    dataset, _ = run.experiment.datasets.get_or_create(**identity, defaults=about)
    run_input, is_new = run.inputs.get_or_create(dataset=dataset)
    if is_new:
        insert_rows(
            "runs_inputtag",
            ("run_input_id", "name", "value"),
            [(run_input.pk, key, value) for key, value in entry.tags.items()],
        )
