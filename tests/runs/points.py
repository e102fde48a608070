"""Points of metrics for tests."""

from collections.abc import Iterable, Sequence

from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.metrics.points import Columns
from runs.models import Run


def log_points(run: Run, key: str, points: Sequence[tuple[int, int, float]]) -> None:
    """Log (step, timestamp, value), NaN among them."""
    columns = Columns(*([point[place] for point in points] for place in range(3)))
    log_batch(run.run_id, Batch(points={key: columns} if columns.steps else {}), user=None)


def log_line(run: Run, key: str, values: Iterable[float], *, since: int | None = None) -> None:
    """A value a step and a second, from the start of the run on."""
    since = run.start_time if since is None else since
    log_points(run, key, [(step, since + 1000 * step, float(value)) for step, value in enumerate(values)])
