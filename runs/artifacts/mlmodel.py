"""What an MLmodel file says, laid out: flavors, signature, example, environment and origin.

It is read as data: nothing it names is opened or imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from runs.artifacts.signature import SignatureColumn, mapping, signature_columns
from trackui.plain_yaml import plain_yaml

FILE_NAME = "MLmodel"
# Facts worth a line, with what they are called; the order is that of the page.
FACTS = {
    "model_id": "Model id",
    "run_id": "Run id",
    "utc_time_created": "Created (UTC)",
    "mlflow_version": "MLflow",
    "model_size_bytes": "Size in bytes",
}
# Of a flavor, what tells versions apart; the rest is plumbing.
VERSION_WORDS = ("version", "serialization_format", "loader_module")
PYTHON_FLAVOR = "python_function"
# What a model's environment is made by; it may name others.
ENVIRONMENT_FILES = ("requirements.txt", "python_env.yaml", "conda.yaml")


@dataclass(frozen=True, slots=True)
class Flavor:
    name: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class InputExample:
    """Where the example lies: as it was given, and as a body for a scoring server. Paths as the file has them."""

    path: str
    serving_path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`metadata`: what people put into the model, each value as JSON. `environment`: names of files.

    `left_out_columns`: of the signature, past those that are shown.
    """

    flavors: tuple[Flavor, ...]
    facts: tuple[tuple[str, str], ...]
    inputs: tuple[SignatureColumn, ...]
    outputs: tuple[SignatureColumn, ...]
    params: tuple[SignatureColumn, ...]
    metadata: tuple[tuple[str, str], ...] = ()
    example: InputExample | None = None
    environment: tuple[str, ...] = ENVIRONMENT_FILES
    left_out_columns: int = 0

    @property
    def has_signature(self) -> bool:
        return bool(self.inputs or self.outputs or self.params)

    @property
    def has_shapes(self) -> bool:
        return any(column.shape for column in (*self.inputs, *self.outputs, *self.params))

    @property
    def has_python_function(self) -> bool:
        return any(flavor.name == PYTHON_FLAVOR for flavor in self.flavors)

    @property
    def signature_parts(self) -> tuple[tuple[str, tuple[SignatureColumn, ...]], ...]:
        parts = (("Inputs", self.inputs), ("Outputs", self.outputs), ("Params", self.params))
        return tuple(part for part in parts if part[1])


def model_card(text: str) -> ModelCard | None:
    """None for what is not an MLmodel file after all."""
    content = mapping(safe_yaml(text))
    flavors = content.get("flavors")
    if not isinstance(flavors, dict):
        return None
    signature = mapping(content.get("signature"))
    (inputs, more_inputs), (outputs, more_outputs), (params, more_params) = (
        signature_columns(signature.get(part)) for part in ("inputs", "outputs", "params")
    )
    return ModelCard(
        flavors=tuple(Flavor(str(name), flavor_details(mapping(details))) for name, details in flavors.items()),
        facts=tuple((label, str(content[key])) for key, label in FACTS.items() if content.get(key) not in (None, "")),
        inputs=inputs,
        outputs=outputs,
        params=params,
        metadata=tuple((str(key), as_text(value)) for key, value in mapping(content.get("metadata")).items()),
        example=input_example(mapping(content.get("saved_input_example_info"))),
        environment=tuple(dict.fromkeys([*ENVIRONMENT_FILES, *named_files(mapping(flavors.get(PYTHON_FLAVOR)))])),
        left_out_columns=more_inputs + more_outputs + more_params,
    )


def safe_yaml(text: str) -> object:
    """Plain data, or None for what is none."""
    try:
        return plain_yaml(text)
    except ValueError:
        return None


def flavor_details(details: dict) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(key), str(value))
        for key, value in details.items()
        if isinstance(value, (str, int, float)) and any(word in str(key) for word in VERSION_WORDS)
    )


def input_example(info: dict) -> InputExample | None:
    path = info.get("artifact_path")
    if not isinstance(path, str) or not path:
        return None
    serving_path = info.get("serving_input_path")
    return InputExample(path, serving_path if isinstance(serving_path, str) else "", str(info.get("type") or ""))


def named_files(flavor: dict) -> Iterator[str]:
    """`env` is a file, as MLflow 1 wrote it, or a file for each way to build the environment."""
    named = flavor.get("env")
    for name in named.values() if isinstance(named, dict) else [named]:
        if isinstance(name, str) and name:
            yield name


def as_text(value: object) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "?"
