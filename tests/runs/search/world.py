"""Rows for searches: experiments, runs and logged models with what a test names, and nothing else."""

import math
import uuid

from runs.models import (
    Dataset,
    Experiment,
    ExperimentTag,
    InputTag,
    Key,
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    MetricSummary,
    Param,
    Run,
    RunInput,
    RunTag,
)


def key(name):
    return Key.objects.get_or_create(name=name)[0]


def make_experiment(name="exp", *, tags=None, creation_time=1, last_update_time=1):
    experiment = Experiment.objects.create(
        name=name, artifact_location="x", creation_time=creation_time, last_update_time=last_update_time
    )
    for tag, value in (tags or {}).items():
        ExperimentTag.objects.create(experiment=experiment, key=key(tag), value=value)
    return experiment


def make_run(experiment, name, *, metrics=None, params=None, tags=None, datasets=(), start_time=1_000, **fields):
    run = Run.objects.create(
        run_id=fields.pop("run_id", uuid.uuid4().hex),
        experiment=experiment,
        name=name,
        start_time=start_time,
        artifact_uri=fields.pop("artifact_uri", "mlflow-artifacts:/x"),
        status=fields.pop("status", "FINISHED"),
        **fields,
    )
    for metric, values in (metrics or {}).items():
        add_metric(run, metric, values if isinstance(values, list) else [values])
    for param, value in (params or {}).items():
        Param.objects.create(run=run, key=key(param), experiment=experiment, value=value, number=number(value))
    for tag, value in (tags or {}).items():
        RunTag.objects.create(run=run, key=key(tag), experiment=experiment, value=value)
    for dataset_name, digest, context in datasets:
        dataset, _ = Dataset.objects.get_or_create(experiment=experiment, name=dataset_name, digest=digest)
        run_input = RunInput.objects.create(run=run, dataset=dataset)
        if context is not None:
            InputTag.objects.create(run_input=run_input, name="mlflow.data.context", value=context)
    return run


def number(text):
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def add_metric(run, name, values):
    """The values at steps 0, 1, 2, …"""
    real = [value for value in values if not math.isnan(value)]
    last, first = values[-1], values[0]
    MetricSummary.objects.create(
        run=run,
        key=key(name),
        experiment_id=run.experiment_id,
        last_value=0 if math.isnan(last) else last,
        last_is_nan=math.isnan(last),
        last_step=len(values) - 1,
        last_timestamp=0,
        first_value=0 if math.isnan(first) else first,
        first_is_nan=math.isnan(first),
        first_step=0,
        first_timestamp=0,
        min_value=min(real, default=None),
        min_step=0 if real else None,
        max_value=max(real, default=None),
        max_step=0 if real else None,
        count=len(values),
        nan_count=len(values) - len(real),
        plus_inf_count=0,
        minus_inf_count=0,
        sum=sum(real),
        sum_error=0,
        mean_value=sum(real) / len(real) if real else None,
    )


def make_logged_model(experiment, name, *, metrics=(), params=None, tags=None, creation_time=1_000, **fields):
    model = LoggedModel.objects.create(
        model_id=fields.pop("model_id", f"m-{uuid.uuid4().hex}"),
        experiment=experiment,
        name=name,
        artifact_uri="x",
        creation_time=creation_time,
        last_updated_time=fields.pop("last_updated_time", creation_time),
        **fields,
    )
    for metric, step, value, dataset in metrics:
        LoggedModelMetric.objects.create(
            model=model,
            run_id="r",
            key=metric,
            step=step,
            timestamp=0,
            value=0 if math.isnan(value) else value,
            is_nan=math.isnan(value),
            dataset_name=dataset[0] if dataset else "",
            dataset_digest=dataset[1] if dataset else "",
        )
    for param, value in (params or {}).items():
        LoggedModelParam.objects.create(model=model, key=param, value=value)
    for tag, value in (tags or {}).items():
        LoggedModelTag.objects.create(model=model, key=tag, value=value)
    return model
