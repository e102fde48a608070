"""Orders to walk: minimum, maximum and mean of a metric; numbers of params with their text; attributes of runs.

Raw SQL for the tables without a rowid, as in 0004. A number has its text beside it, which decides between
`1` and `1.0`.
"""

from django.db import migrations, models
from django.db.models import F

from runs.models.fields import IndexedText

METRICS = ("min", "max", "mean")
TEXT = {"sqlite": "SUBSTR(value, 1, 100)", "postgresql": '(SUBSTR(value, 1, 100) COLLATE "C")'}


def create_indexes(apps, schema_editor):
    for name in METRICS:
        columns = f"experiment_id, key_id, {name}_value, run_id"
        schema_editor.execute(f"CREATE INDEX metric_{name} ON runs_metricsummary ({columns})")
    index_numbers(schema_editor, f"number, {TEXT[schema_editor.connection.vendor]}")


def drop_indexes(apps, schema_editor):
    for name in METRICS:
        schema_editor.execute(f"DROP INDEX metric_{name}")
    index_numbers(schema_editor, "number")


def index_numbers(schema_editor, columns):
    columns = f"experiment_id, key_id, {columns}, run_id"
    schema_editor.execute("DROP INDEX param_number")
    schema_editor.execute(f"CREATE INDEX param_number ON runs_param ({columns}) WHERE number IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("runs", "0006_metric_blocks")]

    operations = [
        migrations.RunPython(create_indexes, drop_indexes),
        migrations.AddIndex(
            "run", models.Index(F("experiment"), F("lifecycle_stage"), IndexedText("name"), F("id"), name="run_name")
        ),
        migrations.AddIndex(
            "run", models.Index(F("experiment"), F("lifecycle_stage"), IndexedText("user_id"), F("id"), name="run_user")
        ),
        migrations.AddIndex(
            "run", models.Index(fields=["experiment", "lifecycle_stage", "end_time", "id"], name="run_ended")
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                F("experiment"), F("lifecycle_stage"), F("end_time") - F("start_time"), F("id"), name="run_duration"
            ),
        ),
    ]
