"""MLflow's limits under MLflow's names, and the checks of names and values they go with."""

import posixpath
import re
from functools import lru_cache

from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import invalid

MAX_METRICS_PER_BATCH = 1000
MAX_PARAMS_TAGS_PER_BATCH = 100
MAX_ENTITIES_PER_BATCH = 1000
MAX_BATCH_LOG_REQUEST_SIZE = 1_000_000
MAX_ENTITY_KEY_LENGTH = 250
MAX_PARAM_VAL_LENGTH = 6000
MAX_TAG_VAL_LENGTH = 8000
MAX_EXPERIMENT_NAME_LENGTH = 500
MAX_EXPERIMENT_TAG_VAL_LENGTH = 20_000
MAX_DATASETS_PER_BATCH = 1000
MAX_DATASET_NAME_LENGTH = 500
MAX_DATASET_DIGEST_LENGTH = 36
MAX_CUSTOM_VIEWS_PER_EXPERIMENT = 50

_KEY = re.compile(r"[/\w.\- :]*")


@lru_cache(maxsize=65536)
def check_key(name: str, path: str = "key", what: str = "Key") -> str:
    """A param, metric or tag name: 1 to 250 characters that, read as a file path, name themselves."""
    if not name:
        raise invalid(path, name, "A key name must be provided.")
    if len(name) > MAX_ENTITY_KEY_LENGTH:
        raise too_long(what, MAX_ENTITY_KEY_LENGTH)
    if not _KEY.fullmatch(name):
        raise invalid(
            path,
            name,
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) "
            "and slashes (/).",
        )
    resolved = posixpath.normpath(name)
    if resolved != name or name == "." or name.startswith(("..", "/")):
        raise invalid(
            path,
            name,
            "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. "
            f"This name would resolve to '{resolved}'",
        )
    return name


def too_long(what: str, limit: int) -> InvalidParameterValue:
    return InvalidParameterValue(f"'{what}' exceeds the maximum length of {limit} characters")


def check_length(what: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise too_long(what, limit)
    return text


def check_count(kind: str, count: int, limit: int = MAX_ENTITIES_PER_BATCH) -> None:
    if count > limit:
        raise InvalidParameterValue(f"A request can contain at most {limit} {kind}. Got {count}.")


def check_batch_size(metrics: int, params: int, tags: int) -> None:
    for count, limit, kind in (
        (metrics, MAX_METRICS_PER_BATCH, "metrics"),
        (params, MAX_PARAMS_TAGS_PER_BATCH, "params"),
        (tags, MAX_PARAMS_TAGS_PER_BATCH, "tags"),
        (metrics + params + tags, MAX_ENTITIES_PER_BATCH, "metrics, params, and tags"),
    ):
        if count > limit:
            raise InvalidParameterValue(
                f"A batch logging request can contain at most {limit} {kind}. Got {count} {kind}. "
                "Send them in several requests."
            )
