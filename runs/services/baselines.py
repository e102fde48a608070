"""The run that the others of an experiment are measured against."""

from runs.models import Experiment
from runs.services.audit import record
from runs.services.experiments import active_experiment
from trackui.transactions import transactional


def set_baseline(experiment_id: str, baseline: str, *, user) -> Experiment:
    """A run_id or the URI of a logged model; empty for none."""

    @transactional
    def write() -> Experiment:
        experiment = active_experiment(experiment_id, user=user)
        before = experiment.baseline
        if before != baseline:
            Experiment.objects.filter(pk=experiment.pk).update(baseline=baseline)
            record(
                user, "experiment.baseline", "experiment", experiment_id, experiment=experiment, before=before,
                after=baseline,
            )  # fmt: skip
            experiment.baseline = baseline
        return experiment

    return write()
