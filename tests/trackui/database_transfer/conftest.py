"""A PostgreSQL server beside SQLite, whichever of the two the other tests run on."""

import shutil
from pathlib import Path

import psycopg
import pytest

from tests.postgres import PostgresServer
from tests.trackui.database_transfer.databases import manage, numbers


@pytest.fixture(scope="session")
def postgres():
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def empty_postgres(postgres) -> str:
    """The URL of a database of its own."""
    name = f"transfer_{next(numbers)}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres.url.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """A SQLite file without runs, to be copied."""
    data = tmp_path_factory.mktemp("migrated")
    done = manage("migrate", "--verbosity=0", "--skip-checks", data=data)
    output = done.communicate()[0]
    assert done.returncode == 0, output
    return data / "trackui.sqlite3"


@pytest.fixture
def source(migrated, tmp_path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "source.sqlite3"))
