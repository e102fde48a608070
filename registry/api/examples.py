"""Examples in the OpenAPI document."""

from drf_spectacular.utils import OpenApiExample

MODEL = {
    "name": "churn",
    "description": "Who will leave within a month.",
    "user_id": "ada",
    "creation_time": 1768555800000,
    "last_updated_time": 1768642200000,
    "version_count": 4,
    "latest_versions": {"None": 4, "Production": 3, "Archived": 2},
    "aliases": {"champion": 3},
    "tags": {"team": "growth"},
    "is_prompt": False,
    "url": "http://127.0.0.1:5000/models/churn/",
}
VERSION = {
    "name": "churn",
    "version": 3,
    "uri": "models:/churn/3",
    "stage": "Production",
    "aliases": ["champion"],
    "status": "READY",
    "status_message": "",
    "description": "With the spring's data.",
    "user_id": "ada",
    "source": "runs:/9f1c2b7a4d5e4f60b3a1c8d7e6f50412/model",
    "artifact_uri": "mlflow-artifacts:/3/9f1c2b7a4d5e4f60b3a1c8d7e6f50412/artifacts/model",
    "run_id": "9f1c2b7a4d5e4f60b3a1c8d7e6f50412",
    "run_link": "",
    "model_id": "",
    "creation_time": 1768642100000,
    "last_updated_time": 1768642200000,
    "tags": {"validated": "yes"},
    "url": "http://127.0.0.1:5000/models/churn/versions/3/",
}
EVENT = {
    "time": 1768642200000,
    "user_id": "ada",
    "kind": "stage_moved",
    "name": "churn",
    "version": 3,
    "key": "",
    "before": "Staging",
    "after": "Production",
    "note": "Two weeks without a regression.",
}


def answer(name: str, value: dict) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=["200", "201"])


MODEL_EXAMPLE = answer("A model", MODEL)
VERSION_EXAMPLE = answer("A version in production", VERSION)
EVENT_EXAMPLE = answer("A move to production", EVENT)
PAST_MODEL_EXAMPLE = answer(
    "A model as of a moment",
    {
        "name": "churn",
        "as_of": 1768608000000,
        "version_count": 3,
        "latest_versions": {"None": 3, "Production": 2},
        "aliases": {"champion": 2},
    },
)
PAST_VERSION_EXAMPLE = answer(
    "A version as of a moment",
    {"name": "churn", "version": 3, "as_of": 1768608000000, "stage": "Staging", "aliases": ["next"]},
)
ALIAS_EXAMPLE = answer("An alias", {"name": "churn", "alias": "champion", "version": 3})
NEW_MODEL_EXAMPLE = OpenApiExample(
    "A model",
    {"name": "churn", "description": "Who will leave within a month.", "tags": {"team": "growth"}},
    request_only=True,
)
MODEL_CHANGES_EXAMPLE = OpenApiExample(
    "Name, description and tags",
    {"name": "churn-monthly", "description": "Per month.", "tags": {"team": "growth", "draft": None}},
    request_only=True,
)
NEW_VERSION_EXAMPLE = OpenApiExample(
    "The model of a run",
    {"source": "runs:/9f1c2b7a4d5e4f60b3a1c8d7e6f50412/model", "tags": {"validated": "yes"}},
    request_only=True,
)
VERSION_CHANGES_EXAMPLE = OpenApiExample(
    "Description and tags", {"description": "Retrained.", "tags": {"validated": "yes"}}, request_only=True
)
PROMOTION_EXAMPLE = OpenApiExample(
    "To production",
    {
        "stage": "Production",
        "archive_existing_versions": True,
        "aliases": ["champion"],
        "note": "Two weeks without a regression.",
    },
    request_only=True,
)
ALIAS_TARGET_EXAMPLE = OpenApiExample(
    "Point it to a version", {"version": 3, "note": "Better recall."}, request_only=True
)
