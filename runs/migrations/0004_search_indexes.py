"""What a search starts from and walks along: the values of one key of one experiment, in order.

Long texts are indexed by their start (`trackui.search.sql.indexed_text`): PostgreSQL takes no more
than a third of a page in an index. Raw SQL, since the tables have no rowid on SQLite and Django
would rebuild them, and since text is compared by code point on both.
"""

from django.db import migrations

VALUES = (
    ("metric_last", "runs_metricsummary", "last_is_nan, last_value", ""),
    ("param_value", "runs_param", "{text}", ""),
    ("param_number", "runs_param", "number", " WHERE number IS NOT NULL"),
    ("tag_value", "runs_runtag", "{text}", ""),
)
TEXT = {"sqlite": "SUBSTR(value, 1, 100)", "postgresql": '(SUBSTR(value, 1, 100) COLLATE "C")'}


def create_indexes(apps, schema_editor):
    text = TEXT[schema_editor.connection.vendor]
    for name, table, columns, condition in VALUES:
        columns = f"experiment_id, key_id, {columns.format(text=text)}, run_id"
        schema_editor.execute(f"CREATE INDEX {name} ON {table} ({columns}){condition}")


def drop_indexes(apps, schema_editor):
    for name, *_ in VALUES:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("runs", "0003_stored_artifact")]

    operations = [migrations.RunPython(create_indexes, drop_indexes)]
