import django.db.models.deletion
from django.db import migrations, models

from trackui.db import CreateClusteredModel


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=250, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=500, unique=True)),
                ("artifact_location", models.CharField(max_length=2048)),
                (
                    "lifecycle_stage",
                    models.CharField(
                        choices=[("active", "Active"), ("deleted", "Deleted")], default="active", max_length=8
                    ),
                ),
                ("creation_time", models.BigIntegerField()),
                ("last_update_time", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["lifecycle_stage", "-creation_time", "id"], name="experiment_newest")],
            },
        ),
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=500)),
                ("digest", models.CharField(max_length=36)),
                ("source_type", models.CharField(max_length=36)),
                ("source", models.TextField()),
                ("schema", models.TextField(blank=True)),
                ("profile", models.TextField(blank=True)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="datasets",
                        to="runs.experiment",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="ExperimentTag",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "experiment", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.TextField()),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="runs.experiment",
                    ),
                ),
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
            ],
        ),
        CreateClusteredModel(
            name="ExperimentKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "experiment", "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.SmallIntegerField(choices=[(1, "Metric"), (2, "Param"), (3, "Tag")])),
                ("run_count", models.BigIntegerField(default=0)),
                ("numeric_count", models.BigIntegerField(default=0)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="runs.experiment",
                    ),
                ),
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
            ],
        ),
        migrations.CreateModel(
            name="LoggedModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model_id", models.CharField(max_length=34, unique=True)),
                ("name", models.CharField(max_length=500)),
                ("model_type", models.CharField(blank=True, max_length=500)),
                ("source_run_id", models.CharField(blank=True, db_index=True, max_length=256)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("LOGGED_MODEL_PENDING", "Pending"),
                            ("LOGGED_MODEL_READY", "Ready"),
                            ("LOGGED_MODEL_UPLOAD_FAILED", "Failed"),
                        ],
                        default="LOGGED_MODEL_PENDING",
                        max_length=26,
                    ),
                ),
                ("status_message", models.CharField(blank=True, max_length=1000)),
                ("artifact_uri", models.CharField(max_length=2200)),
                ("creation_time", models.BigIntegerField()),
                ("last_updated_time", models.BigIntegerField()),
                ("deleted_time", models.BigIntegerField(blank=True, null=True)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logged_models",
                        to="runs.experiment",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="LoggedModelMetric",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "model",
                        "key",
                        "step",
                        "timestamp",
                        "value",
                        "is_nan",
                        "run_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.CharField(max_length=32)),
                ("key", models.CharField(max_length=250)),
                ("step", models.BigIntegerField()),
                ("timestamp", models.BigIntegerField()),
                ("value", models.FloatField()),
                ("is_nan", models.BooleanField()),
                ("dataset_name", models.CharField(blank=True, max_length=500)),
                ("dataset_digest", models.CharField(blank=True, max_length=36)),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="metrics",
                        to="runs.loggedmodel",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="LoggedModelParam",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "model", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                ("value", models.TextField()),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="params",
                        to="runs.loggedmodel",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="LoggedModelTag",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "model", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                ("value", models.TextField()),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="runs.loggedmodel",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MetricDirection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "higher is better"), ("lower", "lower is better")], max_length=6
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="runs.experiment"
                    ),
                ),
                ("key", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="runs.key")),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run_id", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=8000)),
                ("user_id", models.CharField(blank=True, max_length=256)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("RUNNING", "Running"),
                            ("SCHEDULED", "Scheduled"),
                            ("FINISHED", "Finished"),
                            ("FAILED", "Failed"),
                            ("KILLED", "Killed"),
                        ],
                        default="RUNNING",
                        max_length=9,
                    ),
                ),
                ("start_time", models.BigIntegerField()),
                ("end_time", models.BigIntegerField(blank=True, null=True)),
                (
                    "lifecycle_stage",
                    models.CharField(
                        choices=[("active", "Active"), ("deleted", "Deleted")], default="active", max_length=8
                    ),
                ),
                ("deleted_time", models.BigIntegerField(blank=True, null=True)),
                ("artifact_uri", models.CharField(max_length=2200)),
                ("colour", models.CharField(blank=True, max_length=7)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="runs.experiment",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="Param",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.TextField()),
                ("number", models.FloatField(null=True)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="runs.experiment",
                    ),
                ),
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
                        related_name="params",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="ModelOutput",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "model_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("model_id", models.CharField(max_length=256)),
                ("step", models.BigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="model_outputs",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="ModelInput",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "model_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("model_id", models.CharField(max_length=256)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="model_inputs",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="MetricSummary",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("last_value", models.FloatField()),
                ("last_is_nan", models.BooleanField()),
                ("last_step", models.BigIntegerField()),
                ("last_timestamp", models.BigIntegerField()),
                ("first_value", models.FloatField()),
                ("first_is_nan", models.BooleanField()),
                ("first_step", models.BigIntegerField()),
                ("first_timestamp", models.BigIntegerField()),
                ("min_value", models.FloatField(null=True)),
                ("min_step", models.BigIntegerField(null=True)),
                ("max_value", models.FloatField(null=True)),
                ("max_step", models.BigIntegerField(null=True)),
                ("count", models.BigIntegerField()),
                ("nan_count", models.BigIntegerField()),
                ("plus_inf_count", models.BigIntegerField()),
                ("minus_inf_count", models.BigIntegerField()),
                ("sum", models.FloatField()),
                ("sum_error", models.FloatField()),
                ("mean_value", models.FloatField(null=True)),
                (
                    "experiment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="runs.experiment",
                    ),
                ),
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
                        related_name="metrics",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="MetricPoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run",
                        "key",
                        "step",
                        "timestamp",
                        "value",
                        "is_nan",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("step", models.BigIntegerField()),
                ("timestamp", models.BigIntegerField()),
                ("value", models.FloatField()),
                ("is_nan", models.BooleanField()),
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
                        related_name="metric_points",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RunInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inputs", to="runs.dataset"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inputs",
                        to="runs.run",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="InputTag",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_input", "name", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("value", models.CharField(max_length=500)),
                (
                    "run_input",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="runs.runinput",
                    ),
                ),
            ],
        ),
        CreateClusteredModel(
            name="RunTag",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.TextField()),
                (
                    "experiment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="runs.experiment",
                    ),
                ),
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
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="runs.run"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(fields=("experiment", "name", "digest"), name="dataset_identity"),
        ),
        migrations.AddIndex(
            model_name="loggedmodel",
            index=models.Index(fields=["experiment", "-creation_time", "model_id"], name="logged_model_newest"),
        ),
        migrations.AddConstraint(
            model_name="metricdirection",
            constraint=models.UniqueConstraint(
                fields=("experiment", "key"), name="one_direction_a_key", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["experiment", "lifecycle_stage", "-start_time", "run_id"], name="run_newest"),
        ),
        migrations.AddConstraint(
            model_name="runinput",
            constraint=models.UniqueConstraint(fields=("run", "dataset"), name="dataset_once_a_run"),
        ),
    ]
