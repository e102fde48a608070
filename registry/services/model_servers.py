"""Scoring servers write down that they are there."""

from __future__ import annotations

from registry.models import ModelServer, ModelVersion
from trackui.clock import now_ms
from trackui.transactions import transactional

# A server tells that it is there every few seconds. One that was silent for so long has died without a word.
BEAT_SECONDS = 5.0
DEAD_AFTER = 10 * 60 * 1000  # milliseconds


@transactional
def start_server(
    *, uri: str, version: ModelVersion | None, address: str, socket_path: str, process_id: int, run_id: str = ""
) -> ModelServer:
    now = now_ms()
    return ModelServer.objects.create(
        uri=uri,
        model_version=version,
        address=address,
        socket_path=socket_path,
        process_id=process_id,
        run_id=run_id,
        start_time=now,
        beat_time=now,
    )


@transactional
def beat(server: ModelServer) -> None:
    ModelServer.objects.filter(pk=server.pk).update(beat_time=now_ms())


@transactional
def serve_version(server: ModelServer, version: ModelVersion | None) -> None:
    """It answers with this version from now on."""
    ModelServer.objects.filter(pk=server.pk).update(model_version=version, beat_time=now_ms())


@transactional
def end_server(server: ModelServer) -> None:
    ModelServer.objects.filter(pk=server.pk).update(end_time=now_ms())


@transactional
def end_dead_servers() -> list[ModelServer]:
    """Those that ended without saying so; answers them, with the time they were last heard of as their end."""
    dead = list(ModelServer.objects.filter(end_time=None, beat_time__lt=now_ms() - DEAD_AFTER))
    for server in dead:
        server.end_time = server.beat_time
    ModelServer.objects.bulk_update(dead, ["end_time"])
    return dead
