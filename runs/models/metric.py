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

    @property
    def last(self) -> float:
        return math.nan if self.last_is_nan else self.last_value

    @property
    def first(self) -> float:
        return math.nan if self.first_is_nan else self.first_value


class MetricPoint(models.Model):
    pk = models.CompositePrimaryKey("run", "key", "step", "timestamp", "value", "is_nan")
    run = run_key("metric_points")
    key = big_table_key("runs.Key")
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    value = models.FloatField()
    is_nan = models.BooleanField()


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
