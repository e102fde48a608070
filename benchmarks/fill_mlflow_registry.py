"""Fill the registry of an MLflow server's SQLite file with what `manage.py seed_registry` makes up, past the server.

    .venv/bin/python -m benchmarks.fill_mlflow_registry /tmp/mlflow.db --models 5000 --versions 20

The server has made the file, and is not running.
"""

import argparse
import sqlite3
from collections.abc import Iterator

import benchmarks.own_database  # noqa: F401 - before models are imported
from registry.seeding.history import CHAMPION, SeededModel, seeded_models
from trackui.clock import now_ms

TABLES = {
    "registered_models": ("name", "creation_time", "last_updated_time", "description"),
    "registered_model_tags": ("name", "key", "value"),
    "registered_model_aliases": ("name", "alias", "version"),
    "model_versions": (
        *("name", "version", "creation_time", "last_updated_time", "user_id", "current_stage", "source", "run_id"),
        *("status", "storage_location"),
    ),
    "model_version_tags": ("name", "version", "key", "value"),
}


def rows(model: SeededModel) -> Iterator[tuple[str, tuple]]:
    """Tables and the rows they get."""
    yield "registered_models", (model.name, model.created, model.updated, model.description)
    for key, value in model.tags.items():
        yield "registered_model_tags", (model.name, key, value)
    for version in model.versions:
        source = f"runs:/{version.run_id}/model"
        yield (
            "model_versions",
            (
                *(model.name, version.number, version.created, version.updated, version.user),
                *(version.stage.value, source, version.run_id, "READY", source),
            ),
        )
        for key, value in version.tags.items():
            yield "model_version_tags", (model.name, version.number, key, value)
    if model.champion is not None:
        yield "registered_model_aliases", (model.name, CHAMPION, model.champion)


def fill(path: str, *, models: int, versions: int, seed: int) -> None:
    statements = {
        table: f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for table, columns in TABLES.items()
    }
    with sqlite3.connect(path) as connection:
        for model in seeded_models(1, models, versions=versions, days=300, end=now_ms(), seed=seed):
            for table, row in rows(model):
                connection.execute(statements[table], row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--models", type=int, default=5_000)
    parser.add_argument("--versions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fill(options.database, models=options.models, versions=options.versions, seed=options.seed)


if __name__ == "__main__":
    main()
