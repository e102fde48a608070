"""Blocks of points, and in each summary what is not in sealed blocks yet: so far, that is everything.

Raw SQL for the columns: on SQLite the table of summaries has no rowid, which Django would give it back. The bytes
of blocks are compressed already, so PostgreSQL need not try.
"""

import django.db.models.deletion
from django.db import migrations, models

from trackui.db import CreateClusteredModel

COLUMNS = (("next_block", "integer"), ("unsealed_count", "bigint"))


def add_columns(apps, schema_editor):
    for name, kind in COLUMNS:
        schema_editor.execute(f"ALTER TABLE runs_metricsummary ADD COLUMN {name} {kind} DEFAULT 0 NOT NULL")
    schema_editor.execute("UPDATE runs_metricsummary SET unsealed_count = count")


def drop_columns(apps, schema_editor):
    for name, _ in COLUMNS:
        schema_editor.execute(f"ALTER TABLE runs_metricsummary DROP COLUMN {name}")


def store_as_they_are(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE runs_metricblockdata ALTER COLUMN data SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0005_run_facets_index"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_columns, drop_columns)],
            state_operations=[
                migrations.AddField(
                    model_name="metricsummary",
                    name="next_block",
                    field=models.IntegerField(db_default=0, default=0),
                ),
                migrations.AddField(
                    model_name="metricsummary",
                    name="unsealed_count",
                    field=models.BigIntegerField(db_default=0, default=0),
                ),
            ],
        ),
        CreateClusteredModel(
            name="MetricBlock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "key", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("is_sealed", models.BooleanField()),
                ("count", models.IntegerField()),
                ("nan_count", models.IntegerField()),
                ("plus_inf_count", models.IntegerField()),
                ("minus_inf_count", models.IntegerField()),
                ("distinct_steps", models.IntegerField()),
                ("first_step", models.BigIntegerField()),
                ("first_timestamp", models.BigIntegerField()),
                ("first_value", models.FloatField(null=True)),
                ("last_step", models.BigIntegerField()),
                ("last_timestamp", models.BigIntegerField()),
                ("last_value", models.FloatField(null=True)),
                ("min_value", models.FloatField(null=True)),
                ("min_step", models.BigIntegerField(null=True)),
                ("min_timestamp", models.BigIntegerField(null=True)),
                ("max_value", models.FloatField(null=True)),
                ("max_step", models.BigIntegerField(null=True)),
                ("max_timestamp", models.BigIntegerField(null=True)),
                ("earliest", models.BigIntegerField()),
                ("latest", models.BigIntegerField()),
                ("is_time_ordered", models.BooleanField()),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="runs.key",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="metric_blocks",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MetricBlockData",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "key", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("data", models.BinaryField()),
                ("checksum", models.BigIntegerField()),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="runs.key",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="metric_block_data",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        migrations.RunPython(store_as_they_are, migrations.RunPython.noop),
    ]
