"""Points of metrics for tests."""

from collections.abc import Iterable

from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.models import Run


def log_points(run: Run, key: str, points: Iterable[tuple[int, int, float]]) -> None:
    """Log (step, timestamp, value), NaN among them."""
    stored = [(key, step, time, 0.0 if value != value else value, value != value) for step, time, value in points]
    log_batch(run.run_id, Batch(points=stored), user=None)


def log_line(run: Run, key: str, values: Iterable[float], *, since: int | None = None) -> None:
    """A value a step and a second, from the start of the run on."""
    since = run.start_time if since is None else since
    log_points(run, key, [(step, since + 1000 * step, float(value)) for step, value in enumerate(values)])
