"""Growing the forests that say which params explain a metric."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from runs.importance.features import moving_together
from runs.importance.forest import dependences, explain
from runs.jobs.progress import Progress
from runs.jobs.registry import job
from runs.queries.importance_question import question, unpacked
from runs.queries.run_columns import find_columns
from runs.queries.value_columns import value_columns
from trackui.errors import ResourceDoesNotExist, TrackingError

# Params whose dependence is kept, the most telling first.
MOST_DEPENDENCES = 16
# Of a forest and of dependences, as parts of the whole.
WHOLE, FOREST = 100, 70
DIGITS = 7


@job("importance")
def importance(progress: Progress, *, experiment_id: int, spec: str, runs: str) -> dict:
    """Reads the runs as the page did; what changed since, changes the fingerprint of the next question."""
    progress(0, WHOLE)
    columns = find_columns(experiment_id, [spec])
    if not columns:
        raise ResourceDoesNotExist(f"No run here has {spec} any more.")
    pks = unpacked(runs).tolist()
    asked = question(experiment_id, pks, value_columns(pks, columns)[0])
    if asked.problem:
        raise TrackingError(asked.problem)
    features = asked.features.used
    if not features:
        return {"text": "No param differs between these runs.", "params": [], "r2": None}
    found = explain(features, asked.y, progress=part_of(progress, 0, FOREST))
    order = sorted(range(len(features)), key=lambda at: -found.importances[at].value)
    shown = order[:MOST_DEPENDENCES]
    curves = dependences(features, asked.y, shown, progress=part_of(progress, FOREST, WHOLE))
    associations = [feature.association(asked.y) for feature in features]
    return {
        "text": f"The forest predicts {100 * max(found.r2, 0):.0f} % of {asked.label} over {len(asked.pks):,} runs.",
        "n": len(asked.pks),
        "r2": found.r2,
        "drawn_in": found.drawn_in,
        "constant": asked.features.constant,
        "named": asked.features.named,
        "together": [list(pair) for pair in moving_together(features)[:20]],
        "params": [
            {
                "spec": features[at].spec,
                "name": features[at].name,
                "value": found.importances[at].value,
                "deviation": found.importances[at].deviation,
                "association": asdict(associations[at]),
            }
            for at in order
        ],
        "dependence": {
            features[at].spec: rounded(asdict(curve)) | {"categories": list(features[at].categories)}
            for at, curve in zip(shown, curves, strict=True)
        },
    }


def part_of(progress: Progress, start: int, end: int):
    """Progress of one part of the work."""

    def tell(done: int, total: int | None) -> None:
        progress(start + round((end - start) * done / (total or 1)), WHOLE)

    return tell


def rounded(curve: dict) -> dict:
    """Seven digits are more than a forest knows; NaN, which JSON lacks, becomes None."""

    def short(value):
        if isinstance(value, list):
            return [short(one) for one in value]
        if isinstance(value, float):
            return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
        return value

    return {name: short(value) for name, value in curve.items()}
