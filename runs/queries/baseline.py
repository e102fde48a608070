"""The run that others are measured against."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from runs.models import Experiment, LoggedModel, ModelOutput, Run
from trackui.errors import shorten

MODEL_URI = "models:/"
# How other apps read such a URI: (URI, for whom) -> the run it stands for. They add to it when they are ready.
MODEL_RUNS: list[Callable[[str, object], Run | None]] = []
NONE = "none"  # `baseline=none`: no baseline, though the experiment has one


@dataclass(frozen=True, slots=True)
class Baseline:
    """`text`: as it was asked for. Without a run, `problem` says why there is none."""

    text: str
    run: Run | None = None
    problem: str = ""
    is_of_experiment: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """From the baseline to a value. `percent` is None where the baseline is 0 or either is no finite number."""

    absolute: float
    percent: float | None


def find_baseline(text: str, *, user, experiment: Experiment | None = None) -> Baseline | None:
    """What `baseline=` of an address names, else what the experiment has. A statement or two.

    A run_id, or a `models:/` URI, of a logged model (`models:/m-…`) or of what MODEL_RUNS know, which stands for the
    run that made it.
    """
    text = text.strip()
    if text == NONE:
        return None
    is_of_experiment = not text and experiment is not None
    text = experiment.baseline if is_of_experiment else text
    if not text:
        return None
    run = run_of(text, user)
    if run is None:
        return Baseline(text, None, f"The baseline {shorten(text, 80)} is not here.", is_of_experiment)
    if not run.is_active:
        return Baseline(text, None, f"The baseline {shorten(str(run), 80)} is deleted.", is_of_experiment)
    return Baseline(text, run, "", is_of_experiment)


def run_of(text: str, user) -> Run | None:
    runs = Run.objects.visible_to(user)
    if "\0" in text:
        return None
    if not text.startswith(MODEL_URI):
        return runs.filter(run_id=text).first()
    model = LoggedModel.objects.visible_to(user).active().filter(model_id=text.removeprefix(MODEL_URI)).first()
    if model is None:
        return next((run for find in MODEL_RUNS if (run := find(text, user)) is not None), None)
    made = ModelOutput.objects.filter(model_id=model.model_id).values("run")
    return runs.filter(pk__in=made).order_by("start_time").first()


def delta(value: float | None, baseline: float | None) -> Delta | None:
    """None where one of them is missing or NaN."""
    if value is None or baseline is None or math.isnan(value) or math.isnan(baseline):
        return None
    absolute = value - baseline
    if math.isnan(absolute):  # from an infinity to itself
        return Delta(0.0, None)
    if not baseline or math.isinf(absolute) or math.isinf(baseline):
        return Delta(absolute, None)
    percent = 100 * absolute / abs(baseline)
    return Delta(absolute, percent if math.isfinite(percent) else None)
