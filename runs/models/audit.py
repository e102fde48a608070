"""What people changed: an entry a change, never edited."""

from __future__ import annotations

from django.db import models


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, user) -> AuditEntryQuerySet:
        """Entries the caller may read. Without accounts: all of them."""
        return self


class AuditEntry(models.Model):
    """`action`: what was done, as `run.rename`; `subject`: to which, as `run` and its run_id.

    `detail`: a JSON object with what a reader needs, such as `{"before": ..., "after": ...}`, or of a bulk action its
    filter and how many runs. `time`: milliseconds since the epoch. Names of subjects are kept as text: an entry
    outlives what it is about.
    """

    time = models.BigIntegerField()
    user_id = models.CharField(max_length=256, blank=True)
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=256)
    # Of the experiment it happened in; not a reference, as that may be gone.
    experiment_id = models.BigIntegerField(null=True, blank=True)
    detail = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-time"], name="audit_subject"),
            models.Index(fields=["experiment_id", "-time"], name="audit_experiment"),
            models.Index(fields=["-time"], name="audit_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_id}"
