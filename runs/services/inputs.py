"""Datasets a run read, and logged models it read or made."""

from collections.abc import Mapping, Sequence
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
from trackui.db import ROWS_A_STATEMENT, fetch_all, insert_rows, placeholders
from trackui.transactions import transactional

MAX_MODELS_PER_REQUEST = 1000
DATASET_COLUMNS = ("experiment_id", "name", "digest", "source_type", "source", "schema", "profile")


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

    @transactional
    def write() -> None:
        run = run_for_writing(run_id, user=user)
        _link_datasets(run, datasets)
        insert_rows(
            "runs_modelinput",
            ("run_id", "model_id"),
            [(run.pk, model_id) for model_id in model_ids],
            on_conflict="DO NOTHING",
        )

    write()


def log_outputs(run_id: str, models: Sequence[tuple[str, int]], *, user) -> None:
    """Record (model_id, step) of logged models a run made; whether they exist is not checked."""
    check_count("models", len(models), MAX_MODELS_PER_REQUEST)
    for model_id, _ in models:
        check_length("model_id", model_id, 256)

    @transactional
    def write() -> None:
        run = run_for_writing(run_id, user=user)
        insert_rows(
            "runs_modeloutput",
            ("run_id", "model_id", "step"),
            [(run.pk, model_id, step) for model_id, step in models],
            on_conflict="DO NOTHING",
        )

    write()


def _link_datasets(run: Run, entries: Sequence[DatasetEntry]) -> None:
    """Four statements for some hundred datasets. Of two uploads of one the first counts, here and ever after."""
    firsts: dict[tuple[str, str], DatasetEntry] = {}
    for entry in entries:
        firsts.setdefault((entry.name, entry.digest), entry)
    ids = _dataset_ids(run.experiment_id, firsts)
    by_id = {ids[identity]: entry for identity, entry in firsts.items()}
    new = insert_rows(
        "runs_runinput",
        ("run_id", "dataset_id"),
        [(run.pk, dataset) for dataset in by_id],
        on_conflict="(run_id, dataset_id) DO NOTHING",
        returning="id, dataset_id",
    )
    insert_rows(
        "runs_inputtag",
        ("run_input_id", "name", "value"),
        [(run_input, key, value) for run_input, dataset in new for key, value in by_id[dataset].tags.items()],
    )


def _dataset_ids(experiment: int, entries: Mapping[tuple[str, str], DatasetEntry]) -> dict[tuple[str, str], int]:
    """By name and digest; those that are new are stored."""
    # Sorted, so that two runs that bring the same datasets do not wait for each other in a circle.
    rows = [
        (experiment, entry.name, entry.digest, entry.source_type, entry.source, entry.schema, entry.profile)
        for _, entry in sorted(entries.items())
    ]
    insert_rows("runs_dataset", DATASET_COLUMNS, rows, on_conflict="(experiment_id, name, digest) DO NOTHING")
    found: dict[tuple[str, str], int] = {}
    identities = list(entries)
    for start in range(0, len(identities), ROWS_A_STATEMENT):
        chunk = identities[start : start + ROWS_A_STATEMENT]
        of_chunk = fetch_all(
            "SELECT name, digest, id FROM runs_dataset WHERE experiment_id = %s "
            f"AND (name, digest) IN (VALUES {placeholders(len(chunk), 2)})",
            [experiment, *(text for identity in chunk for text in identity)],
        )
        found |= {(name, digest): pk for name, digest, pk in of_chunk}
    return found
