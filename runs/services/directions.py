"""Whether more of a metric is better, as people declare it for an experiment."""

from runs.keys import key_ids
from runs.models import Direction, MetricDirection
from runs.services.audit import record
from runs.services.experiments import active_experiment
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.transactions import transactional


def declare_direction(experiment_id: str, metric: str, direction: Direction | None, *, user) -> None:
    """None: no longer declared, so that it is as all experiments have it, or guessed from the name."""
    key = key_ids([metric]).get(metric)
    if key is None:
        raise ResourceDoesNotExist(f"No run here has a metric {shorten(metric, 80)}.")

    @transactional
    def write() -> None:
        experiment = active_experiment(experiment_id, user=user)
        declared = MetricDirection.objects.filter(experiment=experiment, key=key)
        before = declared.values_list("direction", flat=True).first()
        if before == direction:
            return
        if direction is None:
            declared.delete()
        else:
            MetricDirection.objects.update_or_create(
                experiment=experiment, key_id=key, defaults={"direction": direction}
            )
        record(user, "metric.direction", "metric", metric, experiment=experiment, before=before, after=direction)

    write()
