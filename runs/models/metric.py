"""Metrics: a summary a (run, key), and the points behind it. Only `runs.metrics` writes these tables."""

from __future__ import annotations

import math

from django.db import models

from runs.models.fields import big_table_key, run_key


class MetricSummary(models.Model):
    """What is known of one metric of one run. Tables, sorting and filters read this, never the points.

    NaN cannot be ordered or stored alike by both databases: its value is 0 and a flag is set, as
    MLflow does. Infinities are stored as they are.

    - last, first: the points with the greatest and least (step, timestamp, value);
    - min, max: over all values but NaN, None when there is no other; their step is the least one
      that has the value;
    - count: all points, with NaN and infinities;
    - sum: of finite values, kept with the rounding error it has gathered (Neumaier 1974), so that
      the mean does not drift however many requests brought the points.
    """

    pk = models.CompositePrimaryKey("run", "key")
    run = run_key("metrics")
    key = big_table_key("runs.Key")
    experiment = big_table_key("runs.Experiment")
    last_value = models.FloatField()
    last_is_nan = models.BooleanField()
    last_step = models.BigIntegerField()
    last_timestamp = models.BigIntegerField()
    first_value = models.FloatField()
    first_is_nan = models.BooleanField()
    first_step = models.BigIntegerField()
    first_timestamp = models.BigIntegerField()
    min_value = models.FloatField(null=True)
    min_step = models.BigIntegerField(null=True)
    max_value = models.FloatField(null=True)
    max_step = models.BigIntegerField(null=True)
    count = models.BigIntegerField()
    nan_count = models.BigIntegerField()
    plus_inf_count = models.BigIntegerField()
    minus_inf_count = models.BigIntegerField()
    sum = models.FloatField()
    sum_error = models.FloatField()
    # Of all values but NaN; None when there is no other, and when both infinities occur.
    mean_value = models.FloatField(null=True)
    # Points not in sealed blocks, in rows and in small blocks; and the number of the next block.
    unsealed_count = models.BigIntegerField(default=0, db_default=0)
    next_block = models.IntegerField(default=0, db_default=0)

    @property
    def last(self) -> float:
        return math.nan if self.last_is_nan else self.last_value

    @property
    def first(self) -> float:
        return math.nan if self.first_is_nan else self.first_value


class MetricPoint(models.Model):
    """A point that is in no block yet."""

    pk = models.CompositePrimaryKey("run", "key", "step", "timestamp", "value", "is_nan")
    run = run_key("metric_points")
    key = big_table_key("runs.Key")
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    value = models.FloatField()
    is_nan = models.BooleanField()


class MetricBlock(models.Model):
    """The head of a block of points of one (run, key): what can be known of them without unpacking them.

    Unsealed ones came as they are in one batch, and wait to be merged. Blocks may overlap: points that come
    late are in a later block. `first` and `last` are by (step, timestamp, value); their value is None for
    NaN. `min` and `max` are over finite values, each the earliest of equals; None where there is none.
    """

    pk = models.CompositePrimaryKey("run", "key", "number")
    run = run_key("metric_blocks")
    key = big_table_key("runs.Key")
    number = models.IntegerField()
    is_sealed = models.BooleanField()
    count = models.IntegerField()
    nan_count = models.IntegerField()
    plus_inf_count = models.IntegerField()
    minus_inf_count = models.IntegerField()
    distinct_steps = models.IntegerField()
    first_step = models.BigIntegerField()
    first_timestamp = models.BigIntegerField()
    first_value = models.FloatField(null=True)
    last_step = models.BigIntegerField()
    last_timestamp = models.BigIntegerField()
    last_value = models.FloatField(null=True)
    min_value = models.FloatField(null=True)
    min_step = models.BigIntegerField(null=True)
    min_timestamp = models.BigIntegerField(null=True)
    max_value = models.FloatField(null=True)
    max_step = models.BigIntegerField(null=True)
    max_timestamp = models.BigIntegerField(null=True)
    earliest = models.BigIntegerField()
    latest = models.BigIntegerField()
    # Whether timestamps never fall as steps rise: then the order by time is the order by step.
    is_time_ordered = models.BooleanField()


class MetricBlockData(models.Model):
    """The points of a block (`runs.metrics.codec`), apart from its head: a chart of a long run reads heads alone.

    `checksum`: CRC-32 of the bytes and of whose they are (`runs.metrics.blocks.checksum`).
    """

    pk = models.CompositePrimaryKey("run", "key", "number")
    run = run_key("metric_block_data")
    key = big_table_key("runs.Key")
    number = models.IntegerField()
    data = models.BinaryField()
    checksum = models.BigIntegerField()


class Direction(models.TextChoices):
    HIGHER = "higher", "higher is better"
    LOWER = "lower", "lower is better"


class MetricDirection(models.Model):
    """Whether more is better, declared by a person: for one experiment, or for all where it is empty."""

    experiment = models.ForeignKey("runs.Experiment", null=True, blank=True, on_delete=models.CASCADE)
    key = models.ForeignKey("runs.Key", on_delete=models.CASCADE)
    direction = models.CharField(max_length=6, choices=Direction)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="one_direction_a_key", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_direction_display()}"
