from django.db import migrations, models


class Migration(migrations.Migration):
    """Which runs read a model is asked by the model."""

    dependencies = [("runs", "0009_webhooks")]

    operations = [
        migrations.AddIndex(
            model_name="modelinput",
            index=models.Index(fields=["model_id"], name="model_readers"),
        ),
    ]
