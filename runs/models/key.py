"""Names of params, metrics and tags, held once, and which of them an experiment uses."""

from django.db import models

from runs.models.fields import big_table_key


class Key(models.Model):
    name = models.CharField(max_length=250, unique=True)

    def __str__(self) -> str:
        return self.name


class KeyKind(models.IntegerChoices):
    METRIC = 1
    PARAM = 2
    TAG = 3


class ExperimentKey(models.Model):
    """How many runs of an experiment have a key: column picker and completion read this."""

    pk = models.CompositePrimaryKey("experiment", "kind", "key")
    experiment = models.ForeignKey("runs.Experiment", on_delete=models.CASCADE, db_index=False, related_name="keys")
    kind = models.SmallIntegerField(choices=KeyKind)
    key = big_table_key("runs.Key")
    run_count = models.BigIntegerField(default=0)
    # Of params, those whose value reads as a number. Metrics are numbers, tags are text.
    numeric_count = models.BigIntegerField(default=0)
