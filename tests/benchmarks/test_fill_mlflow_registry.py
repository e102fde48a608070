import sqlite3

from benchmarks.fill_mlflow_registry import TABLES, fill


def test_every_table_of_the_registry_is_filled(tmp_path):
    path = tmp_path / "mlflow.db"
    with sqlite3.connect(path) as connection:
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")

    fill(str(path), models=10, versions=4, seed=1)

    counts = {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in TABLES}
    aliases = counts.pop("registered_model_aliases")
    assert counts == {
        "registered_models": 10,
        "registered_model_tags": 20,
        "model_versions": 40,
        "model_version_tags": 80,
    }
    assert 0 < aliases <= 10
