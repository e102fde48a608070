"""Folders of models, as clients upload them."""

import json

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import LoggedModel
from tests.factories import make_logged_model

INPUTS = [
    {"type": "double", "name": "height", "required": True},
    {"type": "long", "name": "age", "required": True},
    {"type": "string", "name": "town", "required": False},
]
OUTPUTS = [{"type": "double", "required": True}]
PARAMS = [{"name": "temperature", "type": "double", "default": 0.5, "shape": None}]
EXAMPLE = {"columns": ["height", "age", "town"], "data": [[1.5, 3, "Ulm"], [1.75, 40, "<b>Köln</b>"]]}


def mlmodel(*, inputs=INPUTS, outputs=OUTPUTS, params=PARAMS, sklearn="1.7.2", **more) -> str:
    """The text of an MLmodel file. YAML holds JSON."""
    parts = {"inputs": inputs, "outputs": outputs, "params": params}
    content = {
        "flavors": {
            "python_function": {"loader_module": "mlflow.sklearn", "env": {"virtualenv": "python_env.yaml"}},
            "sklearn": {"sklearn_version": sklearn, "pickled_model": "model.pkl"},
        },
        "mlflow_version": "3.17.2",
        "saved_input_example_info": {
            "artifact_path": "input_example.json",
            "serving_input_path": "serving_input_example.json",
            "type": "dataframe",
        },
        "signature": {part: json.dumps(columns) for part, columns in parts.items() if columns},
        **more,
    }
    return json.dumps(content)


FILES = {
    "MLmodel": mlmodel(),
    "requirements.txt": "scikit-learn==1.7.2\nnumpy>=2\n",
    "python_env.yaml": "python: 3.11.7\n",
    "input_example.json": json.dumps(EXAMPLE),
    "serving_input_example.json": json.dumps({"dataframe_split": EXAMPLE}),
    "model.pkl": "\x00\x01",
}


def make_model_folder(model: LoggedModel | None = None, **files: str) -> LoggedModel:
    """A logged model with its files; `files` by name over the usual ones, None for one that is not there."""
    model = model or make_logged_model(name="forest")
    for name, text in (FILES | files).items():
        if text is not None:
            save_artifact(stored_path(model.artifact_uri) / file_path(name), [text.encode()])
    return model
