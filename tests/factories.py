"""One plain function per model: what a test needs, made as the doors make it, by the services."""

import itertools
from collections.abc import Mapping, Sequence

from registry.models import ModelVersion, RegisteredModel
from registry.services.model_versions import create_model_version, transition_stage
from registry.services.registered_models import create_registered_model
from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.metrics.points import Columns
from runs.models import Experiment, LifecycleStage, LoggedModel, Run, Webhook
from runs.services.experiments import create_experiment, delete_experiment
from runs.services.logged_models import create_logged_model, delete_logged_model
from runs.services.runs import create_run, delete_run, update_run
from trackui.clock import now_ms
from trackui.mlflow_api.fields import KeyValue

_numbers = itertools.count(1)


def make_experiment(
    name: str = "", *, lifecycle_stage: str = LifecycleStage.ACTIVE, tags: Mapping[str, str] | None = None
) -> Experiment:
    experiment = create_experiment(name or f"experiment {next(_numbers)}", tags=tags, user=None)
    if lifecycle_stage == LifecycleStage.DELETED:
        delete_experiment(experiment.experiment_id, user=None)
        experiment.refresh_from_db()
    return experiment


def make_run(
    experiment: Experiment | None = None,
    *,
    name: str = "",
    lifecycle_stage: str = LifecycleStage.ACTIVE,
    status: str | None = None,
    start_time: int | None = None,
    end_time: int | None = None,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    metrics: Mapping[str, float] | None = None,
) -> Run:
    """A run, of the default experiment where none is given; `metrics` at step 0."""
    run, _ = create_run(
        experiment.experiment_id if experiment else "0",
        name=name,
        start_time=start_time,
        tags=[KeyValue(key=key, value=value) for key, value in (tags or {}).items()],
        user=None,
    )
    if params or metrics:
        points = {key: Columns([0], [1_000], [value]) for key, value in (metrics or {}).items()}
        log_batch(run.run_id, Batch(points=points, params=dict(params or {})), user=None)
    if status or end_time:
        update_run(run.run_id, status=status, end_time=end_time, user=None)
    if lifecycle_stage == LifecycleStage.DELETED:
        delete_run(run.run_id, user=None)
    return Run.objects.get(pk=run.pk)


def make_logged_model(
    experiment: Experiment | None = None,
    *,
    name: str | None = None,
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    is_deleted: bool = False,
) -> LoggedModel:
    model = create_logged_model(
        experiment.experiment_id if experiment else "0", name=name, params=params or {}, tags=tags or {}, user=None
    )
    if is_deleted:
        delete_logged_model(model.model_id, user=None)
        model.refresh_from_db()
    return model


def make_webhook(name: str = "", *, events: Sequence[str] = ("RUN.FINISHED",), **fields) -> Webhook:
    """Stored as it is, so that it can be there while webhooks are off."""
    now = now_ms()
    url = fields.pop("url", "https://hooks.example.com/trackui")
    return Webhook.objects.create(
        name=name or f"webhook-{next(_numbers)}",
        url=url,
        events=list(events),
        creation_time=now,
        last_updated_time=now,
        **fields,
    )


def make_registered_model(
    name: str = "", *, description: str = "", tags: Mapping[str, str] | None = None
) -> RegisteredModel:
    return create_registered_model(
        name or f"model {next(_numbers)}", description=description, tags=tags or {}, user=None
    )


def make_model_version(
    model: RegisteredModel | None = None,
    *,
    run: Run | None = None,
    logged_model: LoggedModel | None = None,
    source: str = "",
    stage: str = "",
    description: str = "",
    tags: Mapping[str, str] | None = None,
) -> ModelVersion:
    """A version, of a new model where none is given; of `model` in the artifacts of a run, or of a logged model."""
    model = model or make_registered_model()
    run_id = run.run_id if run else ""
    model_id = logged_model.model_id if logged_model else ""
    if not source:
        source = f"models:/{model_id}" if model_id else f"runs:/{run_id or '0' * 32}/model"
    version = create_model_version(
        model.name,
        source=source,
        run_id=run_id,
        model_id=model_id,
        description=description,
        tags=tags or {},
        user=None,
    )
    if stage:
        version = transition_stage(model.name, version.version, stage, user=None)
    return version
