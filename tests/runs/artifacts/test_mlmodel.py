import json

import pytest

from runs.artifacts.mlmodel import model_card

INPUTS = [{"type": "double", "name": "a", "required": True}, {"type": "long", "name": "b", "required": False}]
OUTPUTS = [{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 3]}}]
SKLEARN = f"""
artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
    loader_module: mlflow.sklearn
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.7.2
mlflow_version: 3.17.2
model_id: m-0123
model_size_bytes: 1234
signature:
  inputs: '{json.dumps(INPUTS)}'
  outputs: '{json.dumps(OUTPUTS)}'
  params: null
utc_time_created: '2026-01-16 09:41:07.123456'
"""


def test_flavors_signature_and_origin_are_read():
    card = model_card(SKLEARN)

    assert [(flavor.name, dict(flavor.details)) for flavor in card.flavors] == [
        ("python_function", {"loader_module": "mlflow.sklearn", "python_version": "3.11.7"}),
        ("sklearn", {"serialization_format": "cloudpickle", "sklearn_version": "1.7.2"}),
    ]
    assert [(c.name, c.type, c.is_required) for c in card.inputs] == [("a", "double", True), ("b", "long", False)]
    assert [c.type for c in card.outputs] == ["tensor int64"]
    assert dict(card.facts)["MLflow"] == "3.17.2"


def test_types_shapes_and_defaults_are_written_out():
    inputs = [
        {"type": "array", "items": {"type": "array", "items": {"type": "double"}}, "name": "grid"},
        {
            "type": "object",
            "properties": {"street": {"type": "string"}, "number": {"type": "long", "required": False}},
            "name": "home",
        },
        {"type": "map", "values": {"type": "double"}, "name": "weights"},
        {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}},
    ]
    params = [{"name": "stop", "type": "string", "default": ["a"], "shape": [-1]}]
    signature = {"inputs": json.dumps(inputs), "params": json.dumps(params)}

    card = model_card(json.dumps({"flavors": {"a": {}}, "signature": signature}))

    assert [(column.name, column.type, column.shape) for column in card.inputs] == [
        ("grid", "array of array of double", ""),
        ("home", "object {street: string, number?: long}", ""),
        ("weights", "map to double", ""),
        ("", "tensor float32", "(-1, 28, 28)"),
    ]
    assert [(column.shape, column.default, column.is_required) for column in card.params] == [("(-1)", '["a"]', False)]


def test_of_very_many_columns_the_first_are_shown_and_the_others_counted():
    signature = {"inputs": json.dumps([{"name": f"x{number}", "type": "long"} for number in range(503)])}

    card = model_card(json.dumps({"flavors": {"a": {}}, "signature": signature}))

    assert (len(card.inputs), card.left_out_columns) == (500, 3)


def test_example_environment_and_metadata_are_read():
    card = model_card(
        "flavors: {python_function: {env: {conda: conda.yaml, virtualenv: envs/python_env.yaml}}}\n"
        "metadata: {team: risk, tiers: [1, 2]}\n"
        "saved_input_example_info: {artifact_path: x.json, serving_input_path: serving.json, type: dataframe}\n"
    )

    assert (card.example.path, card.example.serving_path, card.example.kind) == ("x.json", "serving.json", "dataframe")
    assert card.environment[-1] == "envs/python_env.yaml"
    assert card.metadata == (("team", "risk"), ("tiers", "[1, 2]"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flavors",
        "[1]",
        "flavors: [1]",
        "a: b",
        "{",
        "!!python/object/apply:os.system [x]",
        "flavors: &a [*a]",
        "\x00",
        "[" * 100_000,
        "- " * 10_000,
        "{a: " * 10_000,
        "a: &a [b]\nc: [" + "*a, " * 101 + "]",
    ],
)
def test_what_is_no_mlmodel_has_no_card(text):
    assert model_card(text) is None


def test_a_bomb_of_aliases_is_not_blown_up():
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 40)}]" for n in range(1, 9))

    assert model_card(f"l0: &l0 x\n{levels}\nflavors: {{a: {{}}}}") is None


@pytest.mark.parametrize("inputs", ["[", "5", "[1, 2]", '[{"name": 5}]', "[" * 100_000])
def test_a_broken_signature_does_no_harm(inputs):
    card = model_card(f"flavors: {{a: null}}\nsignature: {{inputs: '{inputs}'}}")

    assert card.flavors[0].name == "a"
