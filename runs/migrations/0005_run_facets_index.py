from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0004_search_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["experiment", "lifecycle_stage", "status", "user_id"], name="run_facets"),
        ),
    ]
