"""The run that a version comes from: what `models:/name@champion` means where a run is asked for."""

from __future__ import annotations

from registry.queries.found_version import model_version_of
from runs.models import ModelOutput, Run
from trackui.errors import TrackingError


def run_of_version(uri: str, user) -> Run | None:
    """None where there is no such version, or its run is not here. Two statements, three for a logged model's."""
    try:
        version = model_version_of(uri, user=user)
    except TrackingError:
        return None
    runs = Run.objects.visible_to(user)
    run = runs.filter(run_id=version.run_id).first() if version.run_id else None
    if run is None and version.model_id:
        made = ModelOutput.objects.filter(model_id=version.model_id).values("run")
        run = runs.filter(pk__in=made).order_by("start_time").first()
    return run
