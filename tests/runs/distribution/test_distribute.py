"""The command, as text, and run on a PostgreSQL that plays the part of a coordinator."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from runs.distribution.coordinator import references
from runs.distribution.layout import by_path, by_run, copied
from runs.distribution.plan import Reference, as_text, plan
from runs.management.commands import distribute
from tests.factories import make_run
from trackui.db import execute, fetch_all

RUN_REFERENCE = Reference("runs_param", "param_run", "runs_run", "FOREIGN KEY (run_id) REFERENCES runs_run(id)")
TAG_REFERENCE = Reference("runs_inputtag", "tag_input", "runs_runinput", "FOREIGN KEY (run_input_id) REFERENCES …")
FOREIGN = Reference("auth_user_groups", "group_of", "auth_group", "FOREIGN KEY (group_id) REFERENCES auth_group(id)")

# What Citus refuses: a unique key without the column that spreads, and references to tables not yet in place.
COORDINATOR = """
CREATE TABLE placed (name text, spread_by text, beside text);
CREATE FUNCTION refuse_references(moved regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND moved IN (conrelid, confrelid)) THEN
        RAISE 'a reference from or to %', moved;
    END IF;
END $$;
CREATE FUNCTION create_reference_table(moved regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse_references(moved);
    INSERT INTO placed VALUES (moved::text, NULL, NULL);
END $$;
CREATE FUNCTION create_distributed_table(moved regclass, spread_by text, colocate_with text) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse_references(moved);
    IF EXISTS (
        SELECT FROM pg_index JOIN pg_attribute a ON a.attrelid = indrelid AND attname = spread_by
        WHERE indrelid = moved AND indisunique AND attnum <> ALL (indkey)
    ) THEN
        RAISE 'a unique key of % without %', moved, spread_by;
    END IF;
    INSERT INTO placed VALUES (moved::text, spread_by, colocate_with);
END $$;
"""


def play_the_coordinator() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COORDINATOR)


def test_the_sql_is_one_transaction_in_an_order_that_citus_takes():
    text = as_text(plan([RUN_REFERENCE, TAG_REFERENCE, FOREIGN], shards=8))

    ordered = [
        "BEGIN;",
        "SET LOCAL citus.shard_count = 8;",
        "ALTER TABLE runs_param DROP CONSTRAINT param_run;",
        "ALTER TABLE runs_inputtag DROP CONSTRAINT tag_input;",
        "ALTER TABLE runs_run DROP CONSTRAINT runs_run_run_id_key;",
        "ALTER TABLE runs_runinput ADD CONSTRAINT runs_runinput_pkey PRIMARY KEY (run_id, id);",
        "SELECT create_reference_table('runs_key');",
        "SELECT create_distributed_table('runs_run', 'id', colocate_with => 'none');",
        "SELECT create_distributed_table('runs_metricblock', 'run_id', colocate_with => 'runs_run');",
        "INSERT INTO runs_rundirectory (run_id, id) SELECT run_id, id FROM runs_run;",
        "ALTER TABLE runs_param ADD CONSTRAINT param_run FOREIGN KEY (run_id) REFERENCES runs_run(id);",
        "COMMIT;",
    ]
    places = [text.index(statement) for statement in ordered]
    assert places == sorted(places)
    assert text.count("tag_input") == 1
    assert "auth_" not in text


@pytest.mark.django_db
@pytest.mark.sqlite_only
@pytest.mark.parametrize("arguments", [[], ["--print"]])
def test_sqlite_is_told_of_the_way_to_postgresql(arguments):
    with pytest.raises(CommandError, match="transfer command"):
        call_command("distribute", *arguments)


@pytest.mark.django_db
@pytest.mark.postgres_only
def test_a_server_without_citus_is_told_what_is_missing_and_left_alone(capsys):
    with pytest.raises(CommandError, match="does not have the extension citus"):
        call_command("distribute")
    assert len(references()) > 20

    call_command("distribute", "--print", "--shards=64")

    printed = capsys.readouterr()
    assert "SET LOCAL citus.shard_count = 64;" in printed.out
    assert "does not have the extension citus" in printed.err


@pytest.mark.django_db
@pytest.mark.postgres_only
def test_every_table_is_placed_and_keeps_what_it_can(monkeypatch):
    monkeypatch.setattr(distribute, "obstacle", lambda: "")
    play_the_coordinator()
    run = make_run(params={"lr": "1"}, metrics={"loss": 1.0})
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    call_command("distribute")

    spread = {spread.table: spread.column for spread in [*by_run(), by_path()]} | {"runs_rundirectory": "run_id"}
    assert dict(fetch_all("SELECT name, spread_by FROM placed")) == spread | dict.fromkeys(copied())
    beside = {name for (name,) in fetch_all("SELECT name FROM placed WHERE beside = 'runs_run'")}
    assert beside == {spread.table for spread in by_run()} - {"runs_run"}
    assert fetch_all("SELECT run_id, id FROM runs_rundirectory") == [(run.run_id, run.pk)]
    for reference in references():
        assert reference.to not in spread or reference.definition.startswith("FOREIGN KEY (run_id) REFERENCES runs_run")
    assert "runs_param" in {reference.table for reference in references()}


@pytest.mark.django_db
@pytest.mark.postgres_only
def test_the_directory_holds_a_run_id_once(monkeypatch):
    monkeypatch.setattr(distribute, "obstacle", lambda: "")
    play_the_coordinator()
    run = make_run()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("distribute")

    with pytest.raises(IntegrityError), transaction.atomic():
        execute("INSERT INTO runs_rundirectory (run_id, id) VALUES (%s, 7)", [run.run_id])


@pytest.mark.django_db
def test_a_number_of_shards_is_at_least_one():
    with pytest.raises(CommandError, match="--shards"):
        call_command("distribute", "--shards=0")
