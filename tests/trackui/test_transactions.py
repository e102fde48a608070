"""Writes that PostgreSQL undid are done again; a commit of unknown outcome is not."""

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection

from runs.models import Key
from tests.factories import make_run
from trackui.db import fetch_all, fetch_object
from trackui.db_faults import Conflict, ConnectionLost
from trackui.errors import InvalidParameterValue, RequestLimitExceeded, TemporarilyUnavailable
from trackui.transactions import REPEATS, all_or_none, transactional


def failing(times, error):
    """A write that fails so many times, and the list of its calls."""
    calls = []

    @transactional
    def write():
        calls.append(Key.objects.create(name=f"try {len(calls)}").name)
        if len(calls) <= times:
            raise error

    return write, calls


def conflict():
    error = OperationalError("could not serialize access")
    error.__cause__ = psycopg.errors.SerializationFailure()
    return error


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", range(REPEATS + 1))
def test_what_others_undid_is_done_again_from_the_start(times):
    write, calls = failing(times, conflict())

    write()

    assert len(calls) == times + 1
    assert list(Key.objects.values_list("name", flat=True)) == [f"try {times}"]


@pytest.mark.django_db(transaction=True)
def test_after_three_repeats_it_is_told_as_busy():
    write, calls = failing(99, conflict())

    with pytest.raises(Conflict) as raised:
        write()

    assert (raised.value.status, len(calls)) == (429, REPEATS + 1)
    assert not Key.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [InvalidParameterValue("no"), RequestLimitExceeded("busy"), ZeroDivisionError()])
def test_what_another_try_would_not_mend_is_tried_once(error):
    write, calls = failing(99, error)

    with pytest.raises(type(error)):
        write()

    assert len(calls) == 1


# --- PostgreSQL itself -------------------------------------------------------------------------


def end_session(pid):
    """Ends the session of a backend as an administrator would, and waits until it is gone."""
    database = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    with psycopg.connect(
        host=database["HOST"], user=database["USER"], dbname=database["NAME"], autocommit=True
    ) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def own_backend():
    return fetch_all("SELECT pg_backend_pid()")[0][0]


@pytest.mark.postgres_only
def test_a_connection_lost_before_the_commit_is_replaced(transactional_db):
    calls = []

    @transactional
    def write():
        calls.append(own_backend())
        Key.objects.create(name="once")
        if len(calls) == 1:
            end_session(calls[0])
        Key.objects.create(name="and another")

    write()

    assert len(calls) == 2
    assert set(Key.objects.values_list("name", flat=True)) == {"once", "and another"}


@pytest.mark.postgres_only
def test_a_connection_that_is_lost_again_and_again_is_told(transactional_db):
    calls = []

    @transactional
    def write():
        calls.append(own_backend())
        end_session(calls[-1])
        Key.objects.create(name="never")

    with pytest.raises(ConnectionLost) as raised:
        write()

    assert (raised.value.status, len(calls)) == (503, REPEATS + 1)
    assert not Key.objects.exists()


@pytest.fixture
def _commits_end_the_session(transactional_db):
    """A trigger at the end of each transaction that made a key, within its COMMIT."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER end_session AFTER INSERT ON runs_key DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION end_session()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION end_session CASCADE")


@pytest.mark.postgres_only
@pytest.mark.usefixtures("_commits_end_the_session")
def test_a_connection_lost_in_the_commit_leaves_the_outcome_unknown_and_is_not_repeated():
    write, calls = failing(0, None)

    with pytest.raises(TemporarilyUnavailable, match="unknown") as raised:
        write()

    assert (raised.value.status, len(calls)) == (503, 1)
    assert not isinstance(raised.value, ConnectionLost)


@pytest.mark.postgres_only
def test_two_writers_that_wait_for_each_other_both_succeed(transactional_db):
    runs = [make_run(), make_run()]
    both_hold_one = threading.Barrier(2, timeout=10)
    calls, failures = [], []

    @transactional
    def hold(first, second):
        calls.append(threading.get_ident())
        fetch_object(type(first), "id = %s", [first.pk], lock="FOR UPDATE")
        if calls.count(threading.get_ident()) == 1:
            both_hold_one.wait()
        fetch_object(type(second), "id = %s", [second.pk], lock="FOR UPDATE")

    def work(pair):
        try:
            hold(*pair)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(pair,)) for pair in (runs, runs[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(calls) == 3


@pytest.mark.postgres_only
def test_a_read_on_a_connection_that_broke_is_repeated_on_another(transactional_db):
    Key.objects.create(name="kept")
    end_session(own_backend())

    assert [key.name for key in Key.objects.all()] == ["kept"]

    end_session(own_backend())

    assert fetch_all("SELECT name FROM runs_key") == [("kept",)]


@pytest.mark.postgres_only
def test_a_change_outside_of_a_transaction_is_not_repeated(transactional_db):
    end_session(own_backend())

    with pytest.raises(OperationalError):
        Key.objects.filter(name="x").update(name="y")
    connection.close()


@transactional
def add_key(name):
    Key.objects.create(name=name)
    if name == "refused":
        raise InvalidParameterValue("no")


@pytest.mark.django_db(transaction=True)
def test_writes_that_are_joined_are_made_all_or_none():
    @all_or_none
    def add_both(*names):
        for name in names:
            add_key(name)

    add_both("a", "b")
    with pytest.raises(InvalidParameterValue):
        add_both("c", "refused")
    add_key("d")

    assert sorted(Key.objects.values_list("name", flat=True)) == ["a", "b", "d"]


@pytest.mark.django_db(transaction=True)
def test_joined_writes_are_done_again_together():
    first, _ = failing(1, conflict())

    @all_or_none
    def both():
        add_key("before")
        first()

    both()

    assert sorted(Key.objects.values_list("name", flat=True)) == ["before", "try 1"]
