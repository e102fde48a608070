"""Code that uses a version elsewhere."""

import json
import shlex

import pytest

from registry.example_input import example_request
from registry.models import ModelVersion
from registry.version_snippets import uses
from runs.artifacts.mlmodel import model_card
from tests.registry.folders import PARAMS, mlmodel


def codes(**more):
    version = ModelVersion(name="it's", version=3, stage=more.pop("stage", "None"))
    return {use.key: use.code for use in uses("http://host:5000", version, **more)}


def test_every_way_that_leads_to_it_is_loaded():
    found = codes(stage="Production", aliases=["champion"])

    assert 'load_model("models:/it\'s/3")' in found["load"]
    assert 'load_model("models:/it\'s@champion")' in found["load-0"]
    assert 'load_model("models:/it\'s/Production")' in found["load-1"]
    assert 'set_tracking_uri("http://host:5000")' in found["spark"]


def test_shell_lines_take_any_name():
    found = codes(aliases=["champion"])

    assert shlex.split(found["serve"])[2:] == ["serve_model", "models:/it's@champion", "--port", "7000", "--watch"]
    assert "models:/it's/3" in shlex.split(found["batch"])
    assert "--watch" not in codes()["serve"]


def test_curl_sends_the_example_on_one_line():
    body = shlex.split(codes(body='{\n "inputs": ["it\'s"]\n}')["curl"])[-1]

    assert body == '{"inputs": ["it\'s"]}'


@pytest.mark.parametrize(
    ("inputs", "request_"),
    [
        (
            [{"type": "double", "name": "a"}, {"type": "string", "name": "b"}],
            {"dataframe_split": {"columns": ["a", "b"], "data": [[1.0, "text"]]}},
        ),
        ([{"type": "long"}], {"dataframe_split": {"columns": [0], "data": [[1]]}}),
        ([{"tensor-spec": {"dtype": "float32", "shape": [-1, 2]}, "type": "tensor"}], {"inputs": [[0.0, 0.0]]}),
        (
            [{"tensor-spec": {"dtype": "int64", "shape": [-1]}, "type": "tensor", "name": "x"}],
            {"inputs": {"x": [0.0]}},
        ),
    ],
)
def test_a_request_is_made_of_the_signature(inputs, request_):
    card = model_card(mlmodel(inputs=inputs, params=PARAMS))

    assert example_request(card) == request_ | {"params": {"temperature": 0.5}}


@pytest.mark.parametrize("shape", [[-1, 10_000], [-1, "x"], [2**40, 2**40]])
def test_no_request_is_made_of_large_or_strange_tensors(shape):
    inputs = [{"tensor-spec": {"dtype": "int64", "shape": shape}, "type": "tensor"}]

    assert example_request(model_card(mlmodel(inputs=inputs))) is None


def test_half_a_surrogate_pair_is_no_signature():
    text = json.dumps({"flavors": {"a": {}}, "signature": {"inputs": '[{"name": "\\ud800", "type": "long"}]'}})

    assert model_card(text).inputs == ()
