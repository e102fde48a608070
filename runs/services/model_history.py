"""The tag in which clients before logged models keep the models of a run."""

import json

from runs.ingest.batch import Batch
from runs.ingest.limits import check_length
from runs.ingest.writer import run_for_writing, write_batch
from runs.keys import key_ids
from runs.models import RunTag
from trackui.errors import BadRequest, InvalidParameterValue
from trackui.mlflow_api.body import parse_json
from trackui.transactions import transactional

MODEL_HISTORY_TAG = "mlflow.log-model.history"
# Longer than other tags may be: cutting it would leave text that is not JSON.
MAX_HISTORY_LENGTH = 1_000_000
REQUIRED_FIELDS = ("artifact_path", "flavors", "utc_time_created", "run_id")


def append_model_history(run_id: str, model_json: str, *, user) -> None:
    """Add a model, as JSON text, to the list in the tag."""
    try:
        model = parse_json(model_json.encode())
    except BadRequest:
        raise InvalidParameterValue("Malformed model info. 'model_json' must be a JSON object.") from None
    missing = [field for field in REQUIRED_FIELDS if not isinstance(model, dict) or field not in model]
    if missing:
        raise InvalidParameterValue(f"Model json is missing mandatory fields: {', '.join(missing)}")

    @transactional
    def write() -> None:
        run = run_for_writing(run_id, user=user)
        history = json.dumps([*_history(run.pk), model])
        check_length(MODEL_HISTORY_TAG, history, MAX_HISTORY_LENGTH)
        write_batch(run, Batch(tags={MODEL_HISTORY_TAG: history}))

    write()


def _history(run_pk: int) -> list:
    key = key_ids([MODEL_HISTORY_TAG]).get(MODEL_HISTORY_TAG)
    value = RunTag.objects.filter(run=run_pk, key=key).values_list("value", flat=True).first()
    try:
        history = json.loads(value or "[]")
    except ValueError:
        return []
    return history if isinstance(history, list) else []
