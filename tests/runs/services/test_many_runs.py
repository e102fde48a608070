"""What is left of runs that were moved or removed, in every table."""

import numpy as np
import pytest
from django.apps import apps
from django.db import models

from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.jobs.progress import JobInterrupted, Progress
from runs.jobs.registry import work_of
from runs.metrics.check import check_runs
from runs.metrics.points import Columns
from runs.models import Dataset, ExperimentKey, KeyKind, LifecycleStage, LoggedModel, Run
from runs.services.inputs import DatasetEntry, log_inputs, log_outputs
from runs.services.jobs import start_job
from runs.services.key_counts import keys_of
from runs.services.many_runs import archive_runs, tag_runs, untag_runs
from runs.services.moving import move_runs
from runs.services.removal import remove_runs
from runs.services.run_numbers import packed, unpacked
from tests.factories import make_experiment, make_logged_model, make_run

pytestmark = pytest.mark.django_db


def full_run(experiment, **options) -> Run:
    """With something in every table that knows of runs: points in rows and in blocks, datasets, models."""
    run = make_run(experiment, params={"lr": "0.1", "model": "mlp"}, tags={"team": "vision"}, **options)
    steps = list(range(100))
    points = {"loss": Columns(steps, steps, [float(step) for step in steps]), "few": Columns([1], [1], [2.0])}
    log_batch(run.run_id, Batch(points=points), user=None)
    entry = DatasetEntry("covtype", "d1", "local", "s", "", "", {"context": "train"})
    log_inputs(run.run_id, datasets=[entry], model_ids=["m-in"], user=None)
    log_outputs(run.run_id, [("m-out", 1)], user=None)
    return Run.objects.get(pk=run.pk)


def counted(experiment) -> set[tuple]:
    return set(
        ExperimentKey.objects.filter(experiment=experiment)
        .exclude(run_count=0, numeric_count=0)
        .values_list("kind", "key", "run_count", "numeric_count")
    )


def true_counts(experiment) -> set[tuple]:
    return set(keys_of(list(Run.objects.filter(experiment=experiment).values_list("pk", flat=True))))


def tables_of_runs() -> list[type[models.Model]]:
    """Every model that refers to runs by key."""
    return [
        model
        for model in apps.get_app_config("runs").get_models()
        if any(field.name == "run" and field.related_model is Run for field in model._meta.fields)
    ]


def test_moved_runs_take_all_they_logged_with_them():
    source, target = make_experiment(), make_experiment()
    moved, stays, there = full_run(source), full_run(source), full_run(target)
    model = make_logged_model(source)
    LoggedModel.objects.filter(pk=model.pk).update(source_run_id=moved.run_id)

    assert move_runs([moved.pk], source.pk, target=target.pk) == 1

    moved.refresh_from_db()
    assert moved.experiment == target
    assert "/" + source.experiment_id + "/" in moved.artifact_uri
    for model_class in (model for model in tables_of_runs() if hasattr(model, "experiment")):
        assert set(model_class.objects.filter(run=moved).values_list("experiment", flat=True)) == {target.pk}
        assert set(model_class.objects.filter(run=stays).values_list("experiment", flat=True)) == {source.pk}
    for experiment in (source, target):
        assert counted(experiment) == true_counts(experiment)
    assert moved.inputs.get().dataset == there.inputs.get().dataset
    assert moved.inputs.get().tags.get().value == "train"
    assert stays.inputs.get().dataset.experiment == source
    model.refresh_from_db()
    assert model.experiment == target
    assert list(check_runs([moved.pk])) == []


def test_moving_again_changes_nothing_more():
    source, target = make_experiment(), make_experiment()
    run = full_run(source)
    move_runs([run.pk], source.pk, target=target.pk)
    before = counted(target)

    assert move_runs([run.pk], source.pk, target=target.pk) == 0

    assert counted(target) == before == true_counts(target)
    assert counted(source) == set()


def test_removed_runs_leave_no_row_and_no_file(artifact_root, mlflow_api):
    experiment = make_experiment()
    doomed, stays = full_run(experiment), full_run(experiment)
    child = make_run(experiment, tags={"mlflow.parentRunId": doomed.run_id})
    for run in (doomed, stays):
        address = f"/api/2.0/mlflow-artifacts/artifacts/{experiment.pk}/{run.run_id}/artifacts/a.txt"
        assert mlflow_api.send("PUT", address, b"text", content_type="text/plain").status_code == 200
    archive_runs([doomed.pk], experiment.pk)

    assert remove_runs([doomed.pk, stays.pk], experiment.pk) == 1

    assert not Run.objects.filter(pk=doomed.pk).exists()
    for model in tables_of_runs():
        assert not model.objects.filter(run_id=doomed.pk).exists(), model
        assert model.objects.filter(run=stays).exists() or model._meta.model_name == "metricpoint", model
    assert counted(experiment) == true_counts(experiment)
    assert not (artifact_root / experiment.experiment_id / doomed.run_id).exists()
    assert (artifact_root / experiment.experiment_id / stays.run_id / "artifacts" / "a.txt").exists()
    child.refresh_from_db()
    assert child.parent is None
    assert Dataset.objects.filter(experiment=experiment).exists()


def test_active_runs_are_never_removed(artifact_root):
    experiment = make_experiment()
    run = full_run(experiment)

    assert remove_runs([run.pk], experiment.pk) == 0

    assert Run.objects.filter(pk=run.pk).exists()


def test_tags_are_counted_once_however_often_they_are_set():
    experiment = make_experiment()
    runs = [make_run(experiment) for _ in range(3)]
    pks = [run.pk for run in runs]

    assert tag_runs(pks[:2], experiment.pk, key="best", value="a") == 2
    assert tag_runs(pks, experiment.pk, key="best", value="b") == 3

    assert set(runs[0].tags.filter(key__name="best").values_list("value", flat=True)) == {"b"}
    assert counted(experiment) == true_counts(experiment)
    assert untag_runs(pks, experiment.pk, key="best") == 3
    assert untag_runs(pks, experiment.pk, key="best") == 0
    assert untag_runs(pks, experiment.pk, key="never there") == 0
    assert counted(experiment) == true_counts(experiment)
    assert not ExperimentKey.objects.filter(key__name="best", kind=KeyKind.TAG).exclude(run_count=0).exists()


def test_archived_runs_are_not_tagged():
    experiment = make_experiment()
    run = make_run(experiment, lifecycle_stage=LifecycleStage.DELETED)

    assert tag_runs([run.pk], experiment.pk, key="a", value="b") == 0


def test_a_job_that_is_interrupted_goes_on_where_it_was(monkeypatch):
    experiment = make_experiment()
    pks = [make_run(experiment).pk for _ in range(7)]
    monkeypatch.setattr("runs.services.bulk.ACTIONS", _small_chunks())
    monkeypatch.setattr("runs.jobs.bulk.ACTIONS", _small_chunks())
    work = work_of("bulk")
    arguments = {"action": "archive", "experiment": experiment.pk, "runs": packed(np.array(pks)), "options": {}}

    class Interrupted(Progress):
        def __call__(self, done, total=None):
            super().__call__(done, total)
            if done == 4:
                raise JobInterrupted

    job = start_job("bulk", title="Archive", arguments=arguments, user=None)
    first = Interrupted(job.pk)
    with pytest.raises(JobInterrupted):
        work(first, **arguments)
    assert Run.objects.deleted().count() == 4
    result = work(Progress(job.pk, done=4, total=7), **arguments)

    assert Run.objects.deleted().count() == 7
    assert result["text"] == "All runs are archived."


def _small_chunks():
    from dataclasses import replace

    from runs.services.bulk import ACTIONS

    return {name: replace(action, chunk=2) for name, action in ACTIONS.items()}


@pytest.mark.parametrize("pks", [[], [5], [1, 2, 3, 900, 2**40], list(range(1, 5_000, 3))])
def test_keys_are_packed_and_come_back(pks):
    assert unpacked(packed(np.array(pks, dtype=np.int64))) == pks


def test_a_hundred_thousand_keys_are_a_short_text():
    pks = np.sort(np.random.default_rng(0).choice(1_000_000, 100_000, replace=False))

    assert len(packed(pks)) < 250_000
