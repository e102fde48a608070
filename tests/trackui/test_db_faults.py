"""Each fault of a database as it is told: whether it is worth another try, and whether anything was done."""

import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, InternalError, OperationalError
from psycopg_pool import PoolTimeout

from runs.models import Key
from tests.clients import parse
from trackui.db import write_transaction
from trackui.db_faults import Conflict, ConnectionLost, Fault, fault_of, told
from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable
from trackui.page_errors import PageErrorsMiddleware


def raised(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    """As Django wraps what a driver raises."""
    error = kind(*cause.args)
    error.__cause__ = cause
    return error


def sqlite(code: int, message: str) -> Exception:
    cause = sqlite3.OperationalError(message)
    cause.sqlite_errorcode = code
    return raised(cause)


def postgres(state: str) -> Exception:
    return raised(psycopg.errors.lookup(state)("the server's words"))


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (sqlite(sqlite3.SQLITE_BUSY, "database is locked"), Fault.LOCKED),
        (sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT, "database is locked"), Fault.LOCKED),
        (sqlite(sqlite3.SQLITE_FULL, "database or disk is full"), Fault.FULL),
        (sqlite(sqlite3.SQLITE_READONLY, "attempt to write a readonly database"), Fault.READ_ONLY),
        (sqlite(sqlite3.SQLITE_READONLY_DIRECTORY, "attempt to write a readonly database"), Fault.READ_ONLY),
        (sqlite(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error"), Fault.OTHER),
        (postgres("40P01"), Fault.CONFLICT),
        (postgres("40001"), Fault.CONFLICT),
        (postgres("55P03"), Fault.LOCKED),
        (postgres("57014"), Fault.SLOW),
        (postgres("53100"), Fault.FULL),
        (postgres("57P01"), Fault.LOST),
        (postgres("57P03"), Fault.LOST),
        (postgres("53300"), Fault.LOST),
        (postgres("08006"), Fault.LOST),
        (postgres("58030"), Fault.OTHER),
        (raised(psycopg.errors.ReadOnlySqlTransaction("no"), InternalError), Fault.READ_ONLY),
        (raised(psycopg.OperationalError("the connection is closed")), Fault.LOST),
        (raised(psycopg.OperationalError("connection refused")), Fault.LOST),
        (raised(PoolTimeout("couldn't get a connection after 5.00 sec")), Fault.UNREACHABLE),
        (OperationalError("of nobody knows where"), Fault.OTHER),
    ],
)
def test_a_fault_is_known_by_the_code_of_the_database(error, fault):
    assert fault_of(error) is fault


@pytest.mark.parametrize(
    ("state", "kind", "status"),
    [
        ("40P01", Conflict, 429),
        ("55P03", RequestLimitExceeded, 429),
        ("57P01", ConnectionLost, 503),
        ("53100", TemporarilyUnavailable, 503),
        ("57014", TemporarilyUnavailable, 503),
    ],
)
def test_what_is_told_says_when_to_come_back_and_nothing_of_the_server(state, kind, status):
    error = told(postgres(state))

    assert type(error) is kind
    assert error.status == status
    assert error.retry_after in (range(1, 6) if status == 429 else range(5, 31))
    assert "server's words" not in error.message


@pytest.mark.django_db(transaction=True)
def test_a_fault_within_a_write_is_told_and_the_write_undone():
    def fill_the_disk():
        with write_transaction():
            Key.objects.create(name="undone")
            raise postgres("53100")

    with pytest.raises(TemporarilyUnavailable, match="disk of the database is full"):
        fill_the_disk()

    assert not Key.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_database_refuses_is_no_fault():
    Key.objects.create(name="taken")

    with pytest.raises(IntegrityError), write_transaction():
        Key.objects.create(name="taken")


def test_a_page_tells_of_a_fault_too(rf):
    response = PageErrorsMiddleware(None).process_exception(rf.get("/"), postgres("57P01"))

    assert response.status_code == 503
    assert "connection to the database was lost" in parse(response).select_one(".empty p").get_text()
    assert int(response["Retry-After"]) >= 5
