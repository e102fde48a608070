"""Examples and error answers of the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from runs.api.serializers import ErrorSerializer

RUN = {
    "run_id": "9f1c2b7a4d5e4f60b3a1c8d7e6f50412",
    "experiment_id": "3",
    "experiment_name": "cifar-10",
    "name": "resnet-18, cosine",
    "status": "FINISHED",
    "user_id": "ada",
    "start_time": 1768555800000,
    "end_time": 1768559400000,
    "duration": 3600000,
    "lifecycle_stage": "active",
    "artifact_uri": "mlflow-artifacts:/3/9f1c2b7a4d5e4f60b3a1c8d7e6f50412/artifacts",
    "note": "Best so far.",
    "params": {"lr": "0.001", "optimizer": "sgd"},
    "metrics": {
        "val_loss": {
            "last": 0.214,
            "step": 99,
            "timestamp": 1768559390000,
            "first": 2.31,
            "min": 0.209,
            "min_step": 91,
            "max": 2.31,
            "max_step": 0,
            "mean": 0.48,
            "count": 100,
            "nan_count": 0,
        }
    },
    "tags": {"mlflow.note.content": "Best so far.", "mlflow.runName": "resnet-18, cosine", "team": "vision"},
    "url": "http://127.0.0.1:5000/runs/9f1c2b7a4d5e4f60b3a1c8d7e6f50412/",
}
RUN_EXAMPLE = OpenApiExample("A finished run", RUN, response_only=True, status_codes=["200", "201"])

EXPERIMENT_EXAMPLE = OpenApiExample(
    "An experiment",
    {
        "experiment_id": "3",
        "name": "cifar-10",
        "note": "Baselines of the spring.",
        "lifecycle_stage": "active",
        "artifact_location": "mlflow-artifacts:/3",
        "creation_time": 1768555000000,
        "last_update_time": 1768555000000,
        "tags": {"mlflow.note.content": "Baselines of the spring.", "team": "vision"},
        "url": "http://127.0.0.1:5000/experiments/3/",
    },
    response_only=True,
    status_codes=["200", "201"],
)
RECORD_EXAMPLE = OpenApiExample(
    "A whole run",
    {
        "experiment_name": "cifar-10",
        "create_experiment": True,
        "name": "resnet-18, cosine",
        "start_time": "2026-01-16T09:30:00Z",
        "end_time": "2026-01-16T10:30:00Z",
        "params": {"lr": 0.001, "optimizer": "sgd"},
        "metrics": {"val_loss": [[0, 2.31], [1, 1.18], [2, 0.74]], "accuracy": 0.93},
        "tags": {"team": "vision"},
        "note": "Best so far.",
    },
    request_only=True,
)
APPEND_EXAMPLE = OpenApiExample(
    "One step", {"step": 12, "metrics": {"loss": 0.31, "accuracy": 0.88}}, request_only=True
)
CHANGES_EXAMPLE = OpenApiExample(
    "Name, note and tags",
    {"name": "baseline", "note": "Kept as the *reference*.", "tags": {"team": "vision", "old": None}},
    request_only=True,
)

MEANINGS = {
    400: "Something in the request is wrong, or the name is taken (`RESOURCE_ALREADY_EXISTS`).",
    404: "There is no such thing.",
    413: "The body is too large.",
    429: "The server is busy and has done nothing; try again after `Retry-After` seconds.",
}


def errors(*statuses: int) -> dict[int, OpenApiResponse]:
    """Answers for `responses=`."""
    return {status: OpenApiResponse(ErrorSerializer, description=MEANINGS[status]) for status in statuses}
