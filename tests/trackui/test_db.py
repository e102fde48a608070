import threading
import time

import pytest
from django.db import DatabaseError, DataError, connection

from runs.models import Experiment, Key, Run
from tests.factories import make_run
from trackui.db import fetch_all, fetch_object, insert_rows, read_snapshot, update_row, write_transaction
from trackui.errors import RequestLimitExceeded


def write_and_fail(error):
    with write_transaction():
        Key.objects.create(name="undone")
        raise error


# --- write_transaction -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_block_is_kept_whole_or_not_at_all():
    with write_transaction():
        Key.objects.create(name="kept")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(ZeroDivisionError())

    assert list(Key.objects.values_list("name", flat=True)) == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_a_block_inside_a_block_is_a_mistake():
    with write_transaction(), pytest.raises(RuntimeError), write_transaction():
        pass


@pytest.mark.postgres_only  # SQLite has no locks of rows; its writers wait at one lock of ours.
def test_a_row_that_another_holds_too_long_is_told_as_busy(transactional_db):
    run = make_run()
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with write_transaction():
            fetch_object(Run, "id = %s", (run.pk,), lock="FOR UPDATE")
            held.set()
            let_go.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    began = time.monotonic()
    try:
        with pytest.raises(RequestLimitExceeded), write_transaction():
            fetch_object(Run, "id = %s", (run.pk,), lock="FOR UPDATE")
    finally:
        let_go.set()
        holder.join()

    assert 1 < time.monotonic() - began < 5


# --- Rows --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 2, 500, 501, 1200])
def test_any_number_of_rows_is_inserted_and_returned(count):
    rows = [(f"key {number}",) for number in range(count)]

    returned = insert_rows("runs_key", ["name"], rows, returning="name")
    again = insert_rows("runs_key", ["name"], rows, on_conflict="DO NOTHING", returning="name")
    insert_rows("runs_key", ["name"], rows, on_conflict="DO NOTHING")

    assert (returned, again) == (rows, [])
    assert Key.objects.count() == count


@pytest.mark.postgres_only  # SQLite knows no lengths.
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 400])
def test_a_text_too_long_for_its_column_is_refused_and_not_cut(count):
    with pytest.raises(DataError):
        insert_rows("runs_key", ["name"], [(f"{number}{'x' * 300}",) for number in range(count)])


@pytest.mark.django_db
def test_one_object_is_fetched_by_a_condition():
    run = make_run()

    assert fetch_object(Run, "run_id = %s", [run.run_id]) == run
    assert fetch_object(Run, "run_id = %s", ["nobody"]) is None
    assert fetch_object(Experiment, "id = %s", [run.experiment_id]).experiment_id == "0"


@pytest.mark.django_db
def test_columns_of_one_row_are_set():
    run, other = make_run(), make_run()

    update_row("runs_run", run.pk, {"name": "100 %s", "end_time": 5})

    run.refresh_from_db()
    assert (run.name, run.end_time) == ("100 %s", 5)
    assert Run.objects.get(pk=other.pk).end_time is None


@pytest.mark.postgres_only
def test_statements_of_writes_are_prepared_and_those_of_reads_are_planned_anew(transactional_db):
    sql = "SELECT id FROM runs_run WHERE run_id = %s"
    for _ in range(10):
        with write_transaction():
            fetch_all(sql, ["x"])
        fetch_all(sql.replace("id FROM", "name FROM"), ["x"])

    prepared = [text for (text,) in fetch_all("SELECT statement FROM pg_prepared_statements")]

    assert prepared == ["SELECT id FROM runs_run WHERE run_id = $1"]


# --- read_snapshot -----------------------------------------------------------------------------


def keys() -> list[str]:
    return [name for (name,) in fetch_all("SELECT name FROM runs_key ORDER BY name")]


def write_key(name):
    """By another connection, as a thread has its own."""

    def write():
        with write_transaction():
            Key.objects.create(name=name)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_reads_of_a_snapshot_see_one_state_while_others_write():
    write_key("before")

    with read_snapshot():
        first = keys()
        write_key("meanwhile")
        with read_snapshot():
            second = keys()

    assert first == second == ["before"]
    assert keys() == ["before", "meanwhile"]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_leaves_the_connection_as_it_was():
    with pytest.raises(DatabaseError), read_snapshot():
        fetch_all("SELECT nothing")
    with write_transaction():
        Key.objects.create(name="written")

    assert keys() == ["written"]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_nothing_durable_is_written_in_a_snapshot():
    with read_snapshot(), pytest.raises(RuntimeError), write_transaction():
        pass
