from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0002_default_experiment"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredArtifact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("earlier_size", models.BigIntegerField(null=True)),
                ("earlier_sha256", models.CharField(blank=True, max_length=64)),
                ("stored_time", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("path",), name="stored_artifact_path")],
            },
        ),
    ]
