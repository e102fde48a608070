"""Statements reach SQLite as Django's own backend would hand them on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trackui.sqlite3.base import LONGEST_REMEMBERED

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

LONG = " " * LONGEST_REMEMBERED


@pytest.mark.parametrize("padding", ["", LONG], ids=["short", "long"])
def test_placeholders_and_percent_signs_are_told_apart(padding):
    with connection.cursor() as cursor:
        for number in (1, 2):
            cursor.execute(f"SELECT %s, '%%s', 5 %% 3, '%%'{padding}", [number])
            assert cursor.fetchone() == (number, "%s", 2, "%")


def test_parameters_may_be_named_and_left_out():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(a)s + %(b)s", {"a": 1, "b": 2})
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT '%s'")
        assert cursor.fetchone() == ("%s",)


def test_statements_can_still_be_counted():
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        cursor.execute("SELECT %s", [1])

    assert len(queries) == 1
