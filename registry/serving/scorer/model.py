"""A model, loaded by its loader module, and asked."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
from http import HTTPStatus
from pathlib import Path

from .answers import answer
from .errors import ScoringError, bad_request
from .params import Params
from .request import Request, RequestReader
from .schema import schema_of
from .statistics import columns_of, statistics
from .tensors import is_frame

# What MLflow's own server sets: models with type hints then convert JSON to what they ask for.
SERVING = "_MLFLOW_IS_IN_SERVING_ENVIRONMENT"
ERRORS = {status.value for status in HTTPStatus if status >= 400}


class Model:
    """`told`: what the front wrote of the folder, `ModelFolder.as_scorer_json`. Loading runs the model's code."""

    def __init__(self, told: dict) -> None:
        os.environ[SERVING] = "true"
        schema = schema_of(told["inputs"])
        self.params = Params(told["params"])
        self.shape = told["shape"]
        self.reader = RequestReader(schema, params=self.params.defaults, has_hints=told["from_type_hints"])
        self.predict = getattr(loaded(told), told["predict_fn"])
        wanted = inspect.signature(self.predict).parameters.get("params")
        self.takes_params = wanted is not None and wanted.kind is not inspect.Parameter.VAR_KEYWORD

    def score(self, content_type: str, body: bytes) -> tuple[bytes, int, dict]:
        """The answer, the number of rows it is for, and the statistics of its inputs. Raises ScoringError."""
        request = self.request(content_type, body)
        params = self.params.complete(request.params)
        # Before the model has it, which may change it.
        found = statistics(columns_of(request.data) if request.columns is None else request.columns)
        rows = row_count(request.data)
        predictions = self.predictions(request, params)
        try:
            return answer(predictions, is_wrapped=not request.is_bare), rows, found
        except (TypeError, ValueError, RecursionError):
            traceback.print_exc()
            kind = type(predictions).__name__
            raise internal(f"The model's predictions, {kind}, cannot be written as JSON.") from None

    def request(self, content_type: str, body: bytes) -> Request:
        try:
            return self.reader.read(content_type, body)
        except ScoringError:
            raise
        except Exception:  # a body that numpy or pandas trip over in a way of their own
            traceback.print_exc()
            raise bad_request("The body cannot be read as input of this model.") from None

    def predictions(self, request: Request, params: dict | None) -> object:
        try:
            data = in_shape(request.data, self.shape)
            return self.predict(data, params=params) if self.takes_params else self.predict(data)
        except (Exception, SystemExit) as error:  # the model's own code
            traceback.print_exc()
            raise self.failure(error) from None

    def failure(self, error: BaseException) -> ScoringError:
        """MLflow's errors bring their status; anything else means, as MLflow has it, that the input does not suit."""
        code, status = getattr(error, "error_code", None), getattr(error, "get_http_status_code", None)
        if isinstance(code, str) and callable(status):
            known = given if (given := status()) in ERRORS else 400
            return ScoringError(f"The model refused the input: {first_line(error)}", status=known, error_code=code)
        name = type(error).__name__
        return ScoringError(
            f"The model raised {name} while it predicted: {first_line(error)}. Check that the input suits it.",
            error_code="BAD_REQUEST",
        )


def loaded(told: dict) -> object:
    """What the loader module makes of the folder, with the model's code on the path before all else."""
    folder = Path(told["path"])
    if told["code"]:
        sys.path.insert(0, str(folder / told["code"]))
    data = str(folder / told["data"]) if told["data"] else str(folder)
    load = importlib.import_module(told["loader_module"])._load_pyfunc
    return load(data, told["config"]) if told["config"] else load(data)


def in_shape(data: object, shape: str | None) -> object:
    """A table as what a model takes whose input is typed by an example; as MLflow does it."""
    if shape is None or not is_frame(data):
        return data
    if shape == "scalar":
        return data.iloc[0, 0]
    if shape == "record":
        return data.to_dict(orient="records")[0] if len(data) == 1 else data
    if shape == "values" and len(data.columns) == 1:
        return data.iloc[:, 0].tolist()
    return data.to_dict(orient="records")


def row_count(data: object) -> int:
    if isinstance(data, dict):
        data = next(iter(data.values()), ())
    try:
        return len(data)
    except TypeError:  # a single value
        return 1


def first_line(error: Exception) -> str:
    """What the caller may see of it; an error of the system names files of this machine."""
    if isinstance(error, OSError):
        return error.strerror or "an error of the system"
    lines = str(error).strip().splitlines()
    return lines[0][:250] if lines else "no message"


def internal(message: str) -> ScoringError:
    return ScoringError(message, status=500, error_code="INTERNAL_ERROR")
