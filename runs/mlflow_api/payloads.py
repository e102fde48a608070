"""Models to the JSON shapes of the protocol: unset fields and empty lists are left out."""

import math
import sys
from collections.abc import Iterable

import msgspec

from runs.models import Experiment, LoggedModel, Run
from runs.queries.run_records import DatasetRecord, LastMetric, RunRecord

MAX_DOUBLE = sys.float_info.max


def double(value: float, is_nan: bool = False) -> float | str:
    """A double as MLflow prints it: NaN as text, infinities clamped."""
    if is_nan or value != value:
        return "NaN"
    if math.isinf(value):
        return math.copysign(MAX_DOUBLE, value)
    return value


def pairs(items: Iterable[tuple[str, str]]) -> list[dict]:
    return [{"key": key, "value": value} for key, value in items]


def without_empty(payload: dict) -> dict:
    return {name: value for name, value in payload.items() if value not in (None, "", [])}


def experiment_payload(experiment: Experiment, tags: Iterable[tuple[str, str]]) -> dict:
    return {
        "experiment_id": experiment.experiment_id,
        "name": experiment.name,
        "artifact_location": experiment.artifact_location,
        "lifecycle_stage": experiment.lifecycle_stage,
        "last_update_time": experiment.last_update_time,
        "creation_time": experiment.creation_time,
        "tags": pairs(tags),
    }


def run_info_payload(run: Run) -> dict:
    """R reads run_uuid, all others run_id."""
    info = {
        "run_uuid": run.run_id,
        "experiment_id": str(run.experiment_id),
        "run_name": run.name,
        "user_id": run.user_id,
        "status": run.status,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "artifact_uri": run.artifact_uri,
        "lifecycle_stage": run.lifecycle_stage,
        "run_id": run.run_id,
    }
    if run.end_time is None:
        del info["end_time"]
    return info


def run_payload(record: RunRecord) -> dict:
    return {
        "info": run_info_payload(record.run),
        "data": run_data_payload(record),
        "inputs": _inputs_payload(record),
        "outputs": _outputs_payload(record),
    }


def run_data_payload(record: RunRecord) -> dict:
    data = {}
    if record.metrics:
        data["metrics"] = [metric if math.isfinite(metric.value) else _special(metric) for metric in record.metrics]
    if record.params:
        data["params"] = record.params
    if record.tags:
        data["tags"] = record.tags
    return data


def _special(metric: LastMetric) -> dict:
    return {**msgspec.structs.asdict(metric), "value": double(metric.value)}


def _inputs_payload(record: RunRecord) -> dict:
    return without_empty(
        {
            "dataset_inputs": [_dataset_input_payload(dataset) for dataset in record.datasets],
            "model_inputs": [{"model_id": model_id} for model_id in record.model_inputs],
        }
    )


def _dataset_input_payload(dataset: DatasetRecord) -> dict:
    about = {
        "name": dataset.name,
        "digest": dataset.digest,
        "source_type": dataset.source_type,
        "source": dataset.source,
    }
    if dataset.schema:
        about["schema"] = dataset.schema
    if dataset.profile:
        about["profile"] = dataset.profile
    return {"tags": dataset.tags, "dataset": about}


def _outputs_payload(record: RunRecord) -> dict:
    return without_empty(
        {"model_outputs": [{"model_id": model_id, "step": step} for model_id, step in record.model_outputs]}
    )


def logged_model_payload(model: LoggedModel) -> dict:
    """The model with its params, tags and metrics prefetched."""
    return {
        "info": {
            "model_id": model.model_id,
            "experiment_id": str(model.experiment_id),
            "name": model.name,
            "creation_timestamp_ms": model.creation_time,
            "last_updated_timestamp_ms": model.last_updated_time,
            "artifact_uri": model.artifact_uri,
            "status": model.status,
            "model_type": model.model_type,
            "source_run_id": model.source_run_id,
            "status_message": model.status_message,
            "tags": pairs((tag.key, tag.value) for tag in model.tags.all()),
        },
        "data": without_empty(
            {
                "params": pairs((param.key, param.value) for param in model.params.all()),
                "metrics": [_model_metric_payload(model, metric) for metric in model.metrics.all()],
            }
        ),
    }


def _model_metric_payload(model: LoggedModel, metric) -> dict:
    payload = {
        "key": metric.key,
        "value": double(metric.value, metric.is_nan),
        "timestamp": metric.timestamp,
        "step": metric.step,
        "model_id": model.model_id,
        "run_id": metric.run_id,
    }
    if metric.dataset_name:
        payload |= {"dataset_name": metric.dataset_name, "dataset_digest": metric.dataset_digest}
    return payload
