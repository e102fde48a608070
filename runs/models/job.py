"""Long work that goes on without the page that asked for it."""

from __future__ import annotations

from django.db import models


class JobState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user) -> JobQuerySet:
        """Jobs the caller may see. Without accounts: all of them."""
        return self

    def under_way(self) -> JobQuerySet:
        return self.filter(state__in=(JobState.WAITING, JobState.RUNNING))


class Job(models.Model):
    """Times are milliseconds since the epoch. `done` of `total` is its progress; a total of None is not known yet.

    `fingerprint`: of what it works on; a job of the same kind and fingerprint that is done has the same result.
    """

    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=500)
    experiment = models.ForeignKey(
        "runs.Experiment", null=True, blank=True, on_delete=models.CASCADE, related_name="jobs"
    )
    user_id = models.CharField(max_length=256, blank=True)
    arguments = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    wants_stop = models.BooleanField(default=False)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    creation_time = models.BigIntegerField()
    start_time = models.BigIntegerField(null=True, blank=True)
    end_time = models.BigIntegerField(null=True, blank=True)
    # When its worker was last heard of.
    beat_time = models.BigIntegerField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "fingerprint", "-creation_time"], name="job_fingerprint"),
            models.Index(fields=["-creation_time"], name="job_newest"),
            models.Index(fields=["state", "creation_time"], name="job_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.STOPPED)
