"""Scoring servers that run, or have run, on this machine."""

from __future__ import annotations

from django.db import models

from registry.models.model_version import ModelVersion


class ModelServer(models.Model):
    """A `serve_model` process. It tells every few seconds that it is there (`beat_time`).

    `uri`: what it was asked to serve, such as models:/Name@champion. `model_version`: what that means now; none for a
    model that is not registered. `socket_path`: where this machine's dashboard asks it for predictions. `run_id`: the
    run with its latency, throughput, errors and input statistics. Times are milliseconds since the epoch.
    """

    uri = models.CharField(max_length=2300)
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="servers"
    )
    address = models.CharField(max_length=300)
    socket_path = models.CharField(max_length=300)
    process_id = models.IntegerField()
    run_id = models.CharField(max_length=32, blank=True, default="")
    start_time = models.BigIntegerField()
    beat_time = models.BigIntegerField()
    end_time = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["end_time", "-beat_time"], name="server_running")]

    def __str__(self) -> str:
        return f"{self.uri} at {self.address}"
