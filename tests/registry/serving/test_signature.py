import json

import pytest

from registry.serving.signature import parse_signature
from trackui.errors import InvalidParameterValue


def parsed(**parts: object):
    return parse_signature({name: json.dumps(part) for name, part in parts.items()})


def test_columns_of_all_types():
    nested = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "long", "required": False}}}
    signature = parsed(
        inputs=[
            {"type": "double", "name": "x"},
            {"type": "datetime", "name": "t", "required": False},
            {"type": "array", "items": {"type": "string"}, "name": "words"},
            {"type": "map", "values": nested, "name": "m"},
            {"type": "any", "name": "rest", "optional": True},
            {"type": "sparkml_vector", "name": "v"},
        ]
    )

    assert [(c.name, c.label, c.required) for c in signature.inputs] == [
        ("x", "double", True),
        ("t", "datetime", False),
        ("words", "array of string", True),
        ("m", "map of object {a: string, b: long?}", True),
        ("rest", "any", False),
        ("v", "array of double", True),
    ]
    assert signature.outputs is None


def test_tensors_and_params():
    signature = parsed(
        inputs=[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}],
        params=[
            {"name": "k", "type": "long", "default": 3, "shape": None},
            {"name": "stop", "type": "string", "default": ["a"], "shape": [-1]},
        ],
    )

    assert [field.label for field in signature.inputs] == ["tensor float32 (-1, 28, 28)"]
    assert [(p.name, p.label, p.default) for p in signature.params] == [
        ("k", "long", 3),
        ("stop", "list of string", ["a"]),
    ]


def test_it_comes_back_as_it_was_written():
    parts = {
        "inputs": [{"name": "a", "type": "array", "items": {"type": "long"}, "required": True}],
        "outputs": [{"name": None, "type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}],
        "params": [{"name": "k", "type": "long", "default": 3, "shape": None}],
    }

    assert parsed(**parts).as_json() == parts


def test_there_may_be_none():
    assert parse_signature(None) is None
    assert parsed(inputs=[]).inputs is None


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"type": "long"}, "inputs must be a JSON list"),
        ([3], r"inputs\[0\] is no object"),
        ([{"type": "complex"}], r"inputs\[0\] has the type 'complex'"),
        ([{"type": "object", "properties": {}}], r"has the type 'object'"),
        ([{"type": "array"}], r"inputs\[0\]\.items has no type"),
        ([{"type": ["long"]}], "has no type"),
        ([{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": "x"}}], "tensor without dtype and shape"),
        ([{"type": "long", "name": "a"}, {"type": "long"}], "names some"),
        ([{"type": "long", "name": "a"}, {"type": "long", "name": "a"}], "two fields of one name"),
        (
            [{"type": "long"}, {"type": "tensor", "tensor-spec": {"dtype": "i", "shape": []}}],
            "mixes columns and tensors",
        ),
    ],
)
def test_what_is_wrong_is_named(inputs, reason):
    with pytest.raises(InvalidParameterValue, match=reason):
        parsed(inputs=inputs)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (["x"], "must be a mapping"),
        ({"inputs": "[" * 100_000}, "inputs is no JSON"),
        ({"inputs": "{"}, "inputs is no JSON"),
        ({"params": '[{"name": "k", "type": "long"}]'}, "needs a name, a type and a default"),
        ({"params": '[{"name": "k", "type": "long", "default": 1, "shape": [2]}]'}, r"null or \[-1\]"),
    ],
)
def test_what_is_no_signature_is_told(content, reason):
    with pytest.raises(InvalidParameterValue, match=reason):
        parse_signature(content)
