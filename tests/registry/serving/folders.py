"""Model folders as MLflow's client writes them, without a model in them."""

import json
from pathlib import Path

import yaml

INPUTS = [{"type": "double", "name": "width", "required": True}, {"type": "long", "name": "count", "required": False}]


def mlmodel(*, flavor: dict | None = None, **changes: object) -> dict:
    """The content of an MLmodel file; `flavor` is merged into its python_function flavor."""
    return {
        "flavors": {
            "python_function": {
                "loader_module": "mlflow.sklearn",
                "model_path": "model.pkl",
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "python_version": "3.11.7",
                **(flavor or {}),
            },
            "sklearn": {"pickled_model": "model.pkl", "code": None},
        },
        "mlflow_version": "3.17.2",
        "model_id": "m-0123",
        "signature": {"inputs": json.dumps(INPUTS), "outputs": None, "params": None},
        **changes,
    }


def write_folder(path: Path, content: dict | str | None = None, **files: str) -> Path:
    """A folder with an MLmodel and the files it names; `files` by name, a dot in it written as `__`."""
    path.mkdir(parents=True, exist_ok=True)
    content = mlmodel() if content is None else content
    (path / "MLmodel").write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    (path / "model.pkl").write_bytes(b"\x80no pickle")
    files = {"requirements__txt": "mlflow==3.17.2\nscikit-learn\n", **files}
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    return path
