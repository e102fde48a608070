"""The contract of a model's folder: what its MLmodel file says, and that everything it names lies inside.

Nothing of the model is imported or unpickled here: YAML and texts are read as data. What reads the model itself is its
loader module, in a process of its own (`registry/serving/scorer/`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from registry.serving.loader_modules import check_loader_module
from registry.serving.requirements import mapping, read_requirements
from registry.serving.signature import Signature, parse_signature
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.plain_yaml import plain_yaml

FILE_NAME = "MLmodel"
FLAVOR = "python_function"
LARGEST_MLMODEL = 4 * 1024 * 1024
LARGEST_TEXT = 1024 * 1024
MOST_FILES = 100_000
# Under these keys of a flavor MLflow's loaders find a path; `artifacts` holds a mapping of {path, uri} each.
PATH_KEYS = (
    "code",
    "data",
    "model_binary",
    "model_code_path",
    "model_data",
    "model_path",
    "persist_dir",
    "pickled_model",
    "python_model",
    "saved_model_dir",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """What the MLmodel text says. Paths are relative to the folder, with no way out of it."""

    flavors: dict[str, dict]
    loader_module: str
    data: str | None = None
    code: str | None = None
    config: dict | None = None
    # Kind of environment file ("conda", "virtualenv") -> its path.
    env: dict[str, str] = field(default_factory=dict)
    predict_fn: str = "predict"
    signature: Signature | None = None
    python_version: str = ""
    mlflow_version: str = ""
    model_id: str = ""
    run_id: str = ""
    # The example as the model takes it, and as a request that can be sent as it is.
    input_example: str | None = None
    serving_input: str | None = None
    example_type: str = ""
    # The model's predict takes data in the shape of the example (MLflow's TypeFromExample).
    type_from_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder(ModelDescription):
    """A description whose files are there, inside `path`, which is absolute and without links."""

    path: Path
    # Lines for pip, files they refer to read in; without constraints, which stand apart.
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    # What the model's predict takes instead of a table: "scalar", "record", "values", "records".
    shape: str | None = None

    def as_scorer_json(self) -> dict:
        """What the scorer is told of the model (MODEL.json); all of it is plain JSON."""
        signature = self.signature.as_json() if self.signature else {}
        return {
            "path": str(self.path),
            "loader_module": self.loader_module,
            "data": self.data,
            "code": self.code,
            "config": self.config,
            "predict_fn": self.predict_fn,
            "inputs": signature.get("inputs"),
            "params": signature.get("params"),
            "from_type_hints": bool(self.signature and self.signature.from_type_hints),
            "shape": self.shape,
        }


def read_model_folder(path: Path, *, allowed: Iterable[str] = ()) -> ModelFolder:
    """The model in the folder `path`; `allowed` are loader modules beside MLflow's own.

    Raises InvalidParameterValue with the file and the reason, ResourceDoesNotExist for a folder without MLmodel. Reads
    a few small files, and the names of all.
    """
    folder = Path(path).resolve()
    if not (folder / FILE_NAME).is_file():
        raise ResourceDoesNotExist("There is no model here: the folder holds no file MLmodel.")
    check_links(folder)
    description = parse_mlmodel(read_text(folder, FILE_NAME, at_most=LARGEST_MLMODEL), allowed=allowed)
    for where, name in named_paths(description):
        if where.startswith(FLAVOR) and ".env." not in where and not (folder / name).exists():
            raise InvalidParameterValue(
                f"MLmodel: {where} names {shorten(name)!r}, which is not in the model's folder."
            )
    needs = read_requirements(lambda name: optional_text(folder, name), description.env)
    described = {part.name: getattr(description, part.name) for part in fields(ModelDescription)}
    return ModelFolder(
        **described | {"python_version": description.python_version or needs.python_version},
        path=folder,
        requirements=needs.lines,
        constraints=needs.constraints,
        shape=shape_of_example(folder, description),
    )


def parse_mlmodel(text: str, *, allowed: Iterable[str] = ()) -> ModelDescription:
    """The text of an MLmodel file, checked. Raises InvalidParameterValue with the reason."""
    if len(text) > LARGEST_MLMODEL:
        raise InvalidParameterValue(f"MLmodel: it is longer than {LARGEST_MLMODEL:,} characters.")
    try:
        content = plain_yaml(text)
    except ValueError as error:
        raise InvalidParameterValue(f"MLmodel: {error}.") from None
    flavors = mapping(mapping(content).get("flavors"))
    if not flavors or not all(isinstance(flavor, dict) for flavor in flavors.values()):
        raise InvalidParameterValue("MLmodel: it lists no flavors.")
    flavors = {str(name): flavor for name, flavor in flavors.items()}
    if FLAVOR not in flavors:
        named = shorten(", ".join(flavors))
        raise InvalidParameterValue(f"MLmodel: the model has no {FLAVOR} flavor, only {named}, so it cannot be served.")
    flavor, example = flavors[FLAVOR], mapping(content.get("saved_input_example_info"))
    description = ModelDescription(
        flavors=flavors,
        loader_module=check_loader_module(flavor.get("loader_module"), allowed=allowed),
        data=text_or_none(flavor, "data"),
        code=text_or_none(flavor, "code"),
        config=config_of(flavor),
        env=env_of(flavor.get("env")),
        predict_fn=predict_fn_of(flavor),
        signature=parse_signature(
            content.get("signature"), from_type_hints=content.get("is_signature_from_type_hint") is True
        ),
        python_version=str(flavor.get("python_version") or ""),
        mlflow_version=str(content.get("mlflow_version") or ""),
        model_id=str(content.get("model_id") or ""),
        run_id=str(content.get("run_id") or ""),
        input_example=text_or_none(example, "artifact_path"),
        serving_input=text_or_none(example, "serving_input_path"),
        example_type=str(example.get("type") or ""),
        type_from_example=content.get("type_hint_from_example") is True,
    )
    for where, path in named_paths(description):
        check_inside(where, path)
    return description


def named_paths(model: ModelDescription) -> Iterator[tuple[str, str]]:
    """Every path that the file names, with where it stands."""
    for kind, path in model.env.items():
        yield f"{FLAVOR}.env.{kind}", path
    for name, flavor in model.flavors.items():
        for key in PATH_KEYS:
            if isinstance(flavor.get(key), str):
                # MLflow stores the code of a model under its last name, wherever the code was.
                path = os.path.basename(flavor[key]) if key == "model_code_path" else flavor[key]
                yield f"{name}.{key}", path
        for artifact, details in mapping(flavor.get("artifacts")).items():
            if isinstance(mapping(details).get("path"), str):
                yield f"{name}.artifacts.{shorten(artifact)}", details["path"]
    for key in ("input_example", "serving_input"):
        if getattr(model, key):
            yield key, getattr(model, key)


def check_inside(where: str, path: str) -> None:
    """By its words alone: relative, and not upwards. That no link leads out is `check_links`'s part."""
    if not path or "\\" in path or "\0" in path or path.startswith("/") or ".." in path.split("/"):
        raise InvalidParameterValue(
            f"MLmodel: {where} is {shorten(path)!r}, a path that leads out of the model's folder."
        )


def check_links(folder: Path) -> None:
    """No link below `folder` leads out of it. One look at each name."""
    count = 0
    for parent, directories, files in os.walk(folder):
        count += len(directories) + len(files)
        if count > MOST_FILES:
            raise InvalidParameterValue(f"The model's folder holds more than {MOST_FILES:,} files.")
        for name in (*directories, *files):
            path = Path(parent, name)
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                relative = shorten(path.relative_to(folder))
                raise InvalidParameterValue(f"{relative} is a link that leads out of the model's folder.")


def shape_of_example(folder: Path, model: ModelDescription) -> str | None:
    """A model whose input has the type of its example is given its rows in that shape."""
    text = optional_text(folder, model.input_example) if model.type_from_example and model.input_example else None
    try:
        example = json.loads(text or "null")
    except (ValueError, RecursionError):
        raise InvalidParameterValue(f"{model.input_example}: it is no JSON.") from None
    if example is None or model.example_type != "json_object":
        return None
    if isinstance(example, list):
        return "records" if any(isinstance(item, (dict, list)) for item in example) else "values"
    return "record" if isinstance(example, dict) else "scalar"


def config_of(flavor: dict) -> dict | None:
    config = flavor.get("config")
    if config is not None and not isinstance(config, dict):
        raise InvalidParameterValue(f"MLmodel: {FLAVOR}.config must be a mapping.")
    return config or None


def predict_fn_of(flavor: dict) -> str:
    name = flavor.get("predict_fn") or "predict"
    if not isinstance(name, str) or not name.isidentifier():
        raise InvalidParameterValue(f"MLmodel: {FLAVOR}.predict_fn {shorten(name)!r} is no name of a function.")
    return name


def env_of(env: object) -> dict[str, str]:
    """MLflow 1 named its conda file alone; since 2 it is a mapping by kind."""
    if isinstance(env, str):
        return {"conda": env}
    return {str(kind): path for kind, path in mapping(env).items() if isinstance(path, str)}


def text_or_none(content: dict, key: str) -> str | None:
    value = content.get(key)
    if value in (None, "") or isinstance(value, str):
        return value or None
    raise InvalidParameterValue(f"MLmodel: {key} must be a text.")


def read_text(folder: Path, name: str, *, at_most: int = LARGEST_TEXT) -> str:
    with (folder / name).open("rb") as file:
        content = file.read(at_most + 1)
    if len(content) > at_most:
        raise InvalidParameterValue(f"{name}: it is longer than {at_most:,} bytes.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InvalidParameterValue(f"{name}: it is no UTF-8 text.") from None


def optional_text(folder: Path, name: str) -> str | None:
    """None where there is no such file; `name` has passed `check_inside`."""
    return read_text(folder, name) if (folder / name).is_file() else None
