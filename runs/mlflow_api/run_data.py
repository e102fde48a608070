"""runs/log-batch, log-metric, log-parameter, set-tag, delete-tag, log-model, log-inputs, outputs"""

import msgspec
from msgspec import UNSET, UnsetType

from runs.ingest.batch import Batch, BatchPayload, MetricItem, check_batch, check_metrics
from runs.ingest.fast_decode import decode_quickly
from runs.ingest.limits import MAX_BATCH_LOG_REQUEST_SIZE, MAX_PARAM_VAL_LENGTH, check_key
from runs.ingest.writer import log_batch, log_param
from runs.mlflow_api.runs import RunRequest, run_id_of
from runs.services.inputs import DatasetEntry, log_inputs, log_outputs
from runs.services.model_history import append_model_history
from runs.services.tags import delete_tag, set_tag
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import KeyValue, Request, missing
from trackui.mlflow_api.views import MIB, MlflowView


class LogBatch(MlflowView):  # POST runs/log-batch
    request_body = BatchPayload

    def parse(self, body):
        if len(body) > MAX_BATCH_LOG_REQUEST_SIZE:
            raise InvalidParameterValue(
                f"Batched logging API requests must be at most {MAX_BATCH_LOG_REQUEST_SIZE} bytes, "
                f"got a request of size {len(body)}."
            )
        return decode_quickly(body) or super().parse(body)

    def answer(self, data):
        log_batch(data.run_id, check_batch(data), user=self.user)
        return {}


class LogMetric(MlflowView):  # POST runs/log-metric
    class request_body(RunRequest):
        key: str
        value: float
        timestamp: int
        step: int = 0
        model_id: str = ""
        dataset_name: str = ""
        dataset_digest: str = ""

    def answer(self, data):
        run_id = run_id_of(data)
        item = MetricItem(
            key=data.key,
            value=data.value,
            timestamp=data.timestamp,
            step=data.step,
            model_id=data.model_id,
            dataset_name=data.dataset_name,
            dataset_digest=data.dataset_digest,
        )
        points, model_points = check_metrics([item], path="")
        log_batch(run_id, Batch(points=points, model_points=model_points), user=self.user)
        return {}


class LogParam(MlflowView):  # POST runs/log-parameter
    class request_body(RunRequest):
        key: str
        value: str = ""

    def answer(self, data):
        run_id = run_id_of(data)
        key = check_key(data.key, "key", "Param key")
        log_param(run_id, key, data.value[:MAX_PARAM_VAL_LENGTH], user=self.user)
        return {}


class SetTag(MlflowView):  # POST runs/set-tag
    request_body = LogParam.request_body

    def answer(self, data):
        set_tag(run_id_of(data), data.key, data.value, user=self.user)
        return {}


class DeleteTag(MlflowView):  # POST runs/delete-tag
    class request_body(Request):
        run_id: str
        key: str

    def answer(self, data):
        delete_tag(data.run_id, data.key, user=self.user)
        return {}


class LogModel(MlflowView):  # POST runs/log-model
    class request_body(Request):
        run_id: str
        model_json: str

    def answer(self, data):
        append_model_history(data.run_id, data.model_json, user=self.user)
        return {}


class DatasetFields(Request):
    name: str = ""
    digest: str = ""
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class DatasetInputFields(Request):
    dataset: DatasetFields
    tags: list[KeyValue] = []


class ModelFields(Request):
    model_id: str
    step: int = 0


class LogInputs(MlflowView):  # POST runs/log-inputs
    body_limit = 32 * MIB

    class request_body(Request):
        run_id: str
        datasets: list[DatasetInputFields] = []
        models: list[ModelFields] = []

    def answer(self, data):
        datasets = [
            DatasetEntry(**msgspec.structs.asdict(item.dataset), tags={tag.key: tag.value for tag in item.tags})
            for item in data.datasets
        ]
        log_inputs(data.run_id, datasets=datasets, model_ids=[m.model_id for m in data.models], user=self.user)
        return {}


class LogOutputs(MlflowView):  # POST runs/outputs
    class request_body(Request):
        run_id: str
        models: list[ModelFields] | UnsetType = UNSET

    def answer(self, data):
        if data.models is UNSET:
            raise missing("models")
        log_outputs(data.run_id, [(model.model_id, model.step) for model in data.models], user=self.user)
        return {}
