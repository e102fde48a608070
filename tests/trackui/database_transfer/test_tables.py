"""The tables a transfer carries are those of the schema, all of them and whole."""

import pytest
from django.db import connection

from trackui.database_transfer.tables import all_tables


@pytest.mark.django_db
def test_every_table_and_column_of_the_database_is_carried():
    with connection.cursor() as cursor:
        stored = {
            name: {column.name for column in connection.introspection.get_table_description(cursor, name)}
            for name in connection.introspection.table_names(cursor)
            if not name.startswith("sqlite_")  # SQLite's own, such as its statistics
        }

    carried = {table.name: {column.name for column in table.columns} for table in all_tables()}

    # Each database keeps by itself what was applied to it.
    del stored["django_migrations"]
    assert carried == stored


def test_a_row_gives_its_key_in_the_order_of_the_primary_key():
    table = next(table for table in all_tables() if table.name == "runs_experimentkey")
    row = tuple(column.name for column in table.columns)

    assert table.key_of(row) == ("experiment_id", "kind", "key_id")
