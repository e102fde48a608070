"""The experiment "0", named Default: clients that chose none log to it."""

import time

from django.db import migrations


def create_default_experiment(apps, schema_editor):
    now = time.time_ns() // 1_000_000
    apps.get_model("runs", "Experiment").objects.get_or_create(
        pk=0,
        defaults={
            "name": "Default",
            "artifact_location": "mlflow-artifacts:/0",
            "lifecycle_stage": "active",
            "creation_time": now,
            "last_update_time": now,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]

    operations = [migrations.RunPython(create_default_experiment, migrations.RunPython.noop)]
