import django.db.models.deletion
from django.db import migrations, models

import runs.models.webhook


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0008_views_jobs_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "webhook_id",
                    models.CharField(default=runs.models.webhook.new_id, editable=False, max_length=36, unique=True),
                ),
                ("name", models.CharField(max_length=63)),
                ("description", models.TextField(blank=True)),
                ("url", models.CharField(max_length=2048)),
                ("secret", models.TextField(blank=True, editable=False)),
                ("events", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("DISABLED", "Disabled")], default="ACTIVE", max_length=8
                    ),
                ),
                ("filter", models.TextField(blank=True)),
                ("creation_time", models.BigIntegerField()),
                ("last_updated_time", models.BigIntegerField()),
                (
                    "experiment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="runs.experiment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "delivery_id",
                    models.CharField(default=runs.models.webhook.new_id, editable=False, max_length=36, unique=True),
                ),
                ("entity", models.CharField(max_length=32)),
                ("action", models.CharField(max_length=16)),
                ("payload", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("creation_time", models.BigIntegerField()),
                ("next_attempt_time", models.BigIntegerField(blank=True, null=True)),
                ("last_attempt_time", models.BigIntegerField(blank=True, null=True)),
                ("end_time", models.BigIntegerField(blank=True, null=True)),
                ("response_status", models.IntegerField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="runs.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(fields=["state", "next_attempt_time"], name="delivery_due"),
                    models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
                    models.Index(fields=["webhook", "state", "next_attempt_time"], name="delivery_turn"),
                    models.Index(fields=["end_time"], name="delivery_ended"),
                ],
            },
        ),
    ]
