"""The command, between a SQLite file and a real PostgreSQL."""

import io
import os
import random
import shutil
import signal
import sqlite3

import psycopg
import pytest
from django.core.management import CommandError, call_command

from tests.trackui.database_transfer.databases import content, fill, manage, schema
from trackui.database_transfer import ranges
from trackui.database_transfer.transfer import Transfer


def transfer(source: str, target: str) -> str:
    output = io.StringIO()
    call_command("transfer", source, target, stdout=output, stderr=output)
    return output.getvalue()


def rows(url: str, sql: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


def change(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


@pytest.fixture
def _small_ranges(monkeypatch):
    monkeypatch.setattr(ranges, "RANGE_ROWS", 256)


@pytest.mark.usefixtures("_small_ranges")
def test_every_value_comes_back_from_postgresql_as_it_was(source, empty_postgres, tmp_path):
    fill(source, 1_000)
    back = tmp_path / "back.sqlite3"

    there = transfer(f"sqlite:///{source}", empty_postgres)
    transfer(empty_postgres, f"sqlite:///{back}")

    assert "rows are equal" in there
    assert content(back) == content(source)
    assert schema(back) == schema(source)


def test_minus_zero_becomes_zero_as_sqlite_has_no_other(source, empty_postgres, tmp_path):
    back = tmp_path / "back.sqlite3"
    fill(source, 2)
    transfer(f"sqlite:///{source}", empty_postgres)
    change(empty_postgres, "UPDATE runs_param SET number = '-0'::float8 WHERE run_id = 1")

    output = transfer(empty_postgres, f"sqlite:///{back}")

    assert "rows are equal" in output
    with sqlite3.connect(back) as connection:
        assert str(connection.execute("SELECT number FROM runs_param WHERE run_id = 1").fetchone()) == "(0.0,)"


def test_postgresql_is_as_if_it_had_been_migrated(source, empty_postgres, postgres):
    fresh = empty_postgres + "_fresh"
    change(postgres.url, f"CREATE DATABASE {fresh.rpartition('/')[2]}")
    process = manage("migrate", "--verbosity=0", "--skip-checks", data=source.parent, TRACKUI_DATABASE_URL=fresh)
    assert process.communicate()[0] == ""
    fill(source, 10)

    transfer(f"sqlite:///{source}", empty_postgres)

    for what in (
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' ORDER BY 1, 2",
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    ):
        assert rows(empty_postgres, what) == rows(fresh, what)


def test_numbers_that_were_given_out_are_not_given_out_again(source, empty_postgres, tmp_path):
    back = tmp_path / "back.sqlite3"
    fill(source, 20)
    with sqlite3.connect(source) as connection:
        connection.execute("DELETE FROM runs_metricdirection WHERE id > 10")

    transfer(f"sqlite:///{source}", empty_postgres)
    change(empty_postgres, "INSERT INTO runs_metricdirection (key_id, direction) VALUES (1, 'higher')")
    change(empty_postgres, "DELETE FROM runs_metricdirection WHERE id > 20")
    transfer(empty_postgres, f"sqlite:///{back}")

    with sqlite3.connect(back) as connection:
        connection.execute("INSERT INTO runs_metricdirection (key_id, direction) VALUES (1, 'higher')")
        assert connection.execute("SELECT id FROM runs_metricdirection WHERE id > 20").fetchall() == [(22,)]


@pytest.mark.parametrize("direction", ["to PostgreSQL", "to SQLite"])
def test_a_transfer_killed_at_any_moment_is_gone_on_with(direction, source, empty_postgres, tmp_path):
    fill(source, 1_500)
    ends = [f"sqlite:///{source}", empty_postgres]
    if direction == "to SQLite":
        transfer(*ends)
        ends = [empty_postgres, f"sqlite:///{tmp_path / 'target.sqlite3'}"]
    # As it makes the tables, and among the ranges; the last ones may be verified ones.
    lines = [random.randint(1, 2), random.randint(3, 100)]

    for count in lines:
        process = manage("transfer", *ends, data=tmp_path)
        for _ in range(count):
            process.stdout.readline()
        process.kill()
        process.communicate()
    process = manage("transfer", *ends, data=tmp_path)
    output = process.communicate()[0]

    assert "rows are equal" in output, output
    if direction == "to SQLite":
        assert content(tmp_path / "target.sqlite3") == content(source)


def test_control_c_stops_cleanly(source, empty_postgres, tmp_path):
    fill(source, 1_500)
    process = manage("transfer", f"sqlite:///{source}", empty_postgres, data=tmp_path)
    for _ in range(random.randint(1, 30)):  # of some 150 lines, and it may be a pipe's fill ahead
        process.stdout.readline()

    os.kill(process.pid, signal.SIGINT)
    output = process.communicate()[0]

    assert process.returncode == 130 and output.endswith("Stopped. The same command goes on from here.\n"), output
    assert "rows are equal" in transfer(f"sqlite:///{source}", empty_postgres)


@pytest.mark.usefixtures("_small_ranges")
def test_a_damaged_row_is_found_by_its_table_and_range(source, empty_postgres, monkeypatch):
    fill(source, 1_000)

    def damage():
        change(empty_postgres, "UPDATE runs_param SET number = number + 1e-9 WHERE run_id = 10")
        change(empty_postgres, "UPDATE runs_param SET value = value || ' ' WHERE run_id = 300")
        change(empty_postgres, "UPDATE runs_runtag SET value = '' WHERE run_id = 5")
        change(empty_postgres, "UPDATE runs_metricsummary SET min_value = 0 WHERE run_id = 3 AND min_value IS NULL")
        change(empty_postgres, "DELETE FROM runs_param WHERE run_id = 600")
        change(empty_postgres, "UPDATE runs_param SET key_id = 5000 WHERE run_id = 1000")

    spoil_before_verifying(monkeypatch, damage)

    told = refusal_with_output(f"sqlite:///{source}", empty_postgres)

    for problem in (
        "runs_param, keys from the first to (256, 256): the target differs from what was copied",
        "runs_param, keys after (256, 256) to (512, 512): the target differs",
        "runs_param, keys after (512, 512) to (768, 768): the target differs from what was copied (255 rows instead",
        "runs_param: the target has 1 rows that were not copied",
        "runs_runtag, keys from the first",
        "runs_metricsummary, keys from the first",
    ):
        assert problem in told
    assert "differ in 7 ranges" in told


def test_a_source_that_is_written_to_is_noticed(source, empty_postgres, monkeypatch):
    fill(source, 10)

    def write():
        with sqlite3.connect(source) as connection:
            connection.execute("UPDATE runs_runtag SET value = 'later' WHERE run_id = 3")
            connection.execute("INSERT INTO runs_key (name) VALUES ('later')")

    spoil_before_verifying(monkeypatch, write)

    told = refusal_with_output(f"sqlite:///{source}", empty_postgres)

    assert "runs_runtag, keys from the first to (10, 10): the source has changed" in told
    assert "runs_key: the source has 1 rows that came after the copy" in told
    assert "stop the server" in told


def spoil_before_verifying(monkeypatch, spoil) -> None:
    verify = Transfer.verify

    def spoiled(self):
        spoil()
        return verify(self)

    monkeypatch.setattr(Transfer, "verify", spoiled)


def refusal_with_output(source: str, target: str) -> str:
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("transfer", source, target, stdout=output, stderr=output)
    return output.getvalue() + str(error.value)


# --- Refusals ----------------------------------------------------------------------------------


def refusal(source: str, target: str) -> str:
    with pytest.raises(CommandError) as error:
        transfer(source, target)
    return str(error.value)


def test_a_target_that_holds_something_is_left_alone(source, migrated, empty_postgres, tmp_path):
    fill(source, 5)
    transfer(f"sqlite:///{source}", empty_postgres)

    assert "The target is not empty" in refusal(f"sqlite:///{source}", empty_postgres)
    assert rows(empty_postgres, "SELECT count(*) FROM runs_run") == [(5,)]
    other = shutil.copy(source, tmp_path / "other.sqlite3")
    before = content(other)
    assert "The target is not empty" in refusal(empty_postgres, f"sqlite:///{other}")
    assert content(other) == before


def test_a_half_done_transfer_from_another_source_is_left_alone(source, empty_postgres, tmp_path, monkeypatch):
    other = shutil.copy(source, tmp_path / "other.sqlite3")
    with sqlite3.connect(other) as connection:
        connection.execute("UPDATE django_migrations SET applied = '2020-01-01 00:00:00' WHERE id = 1")
    monkeypatch.setattr(Transfer, "finish", interrupted)
    with pytest.raises(SystemExit):
        transfer(f"sqlite:///{source}", empty_postgres)

    assert "from another source" in refusal(f"sqlite:///{other}", empty_postgres)


def interrupted(self):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM django_migrations WHERE name = '0005_run_facets_index'", "older trackui (it lacks runs.0005"),
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('runs', '9999_x', 'now')", "has runs.9999_x"),
        ("DROP TABLE django_migrations", "not a database of trackui"),
    ],
)
def test_another_schema_is_refused(change, told, source, empty_postgres):
    with sqlite3.connect(source) as connection:
        connection.execute(change)

    assert told in refusal(f"sqlite:///{source}", empty_postgres)
    assert rows(empty_postgres, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_value_that_the_target_cannot_hold_names_its_table(source, empty_postgres):
    with sqlite3.connect(source) as connection:
        connection.execute("INSERT INTO runs_key (name) VALUES ('a' || char(0))")

    assert "Writing runs_key after None" in refusal(f"sqlite:///{source}", empty_postgres)


def test_a_reference_to_nothing_is_told(source, empty_postgres):
    with sqlite3.connect(source) as connection:
        connection.execute("INSERT INTO runs_modelinput (run_id, model_id) VALUES (77, 'm')")

    assert "(77) is not present" in refusal(f"sqlite:///{source}", empty_postgres)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("sqlite:///a", "sqlite:///b"), "of one kind"),
        (("sqlite:///a", "mysql://b/c"), "A database is named by"),
        (("what", "sqlite:///b"), "A database is named by"),
        (("sqlite:///{folder}/none", "postgres://nobody@127.0.0.1:1/x"), "There is no file"),
        (("postgres://nobody@127.0.0.1:1/x", "sqlite:///b"), "The source cannot be opened"),
        (("sqlite:///{folder}/source.sqlite3", "postgres://nobody@127.0.0.1:1/x"), "The target cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_told(ends, told, source, tmp_path):
    assert told in refusal(*(end.format(folder=tmp_path) for end in ends))
