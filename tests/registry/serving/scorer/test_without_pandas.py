"""A model of tensors in an environment that has numpy alone."""

import json
import subprocess
import sys

from registry.serving.scorers import PROGRAM

SCRIPT = """
import importlib, importlib.util, json, sys, types
sys.modules["pandas"] = None
loader = sys.modules["tiny"] = types.ModuleType("tiny")
loader._load_pyfunc = lambda path: types.SimpleNamespace(predict=lambda data: data * 2)
folder = sys.argv[1]
spec = importlib.util.spec_from_file_location("scorer", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["scorer"] = importlib.util.module_from_spec(spec)
tensor = {"name": None, "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}
told = {"path": "/", "loader_module": "tiny", "data": None, "code": None, "config": None, "predict_fn": "predict"}
told |= {"inputs": [tensor], "params": None, "from_type_hints": False, "shape": None}
model = importlib.import_module("scorer.model").Model(told)
print(model.score("application/json", b'{"inputs": [[1, 2], [3, 4]]}')[0].decode())
for kind, body in (("text/csv", b"a,b\\n1,2\\n"), ("application/json", b'{"dataframe_split": {"data": [[1, 2]]}}')):
    try:
        model.score(kind, body)
    except Exception as error:
        print(error)
"""


def test_arrays_are_scored_and_tables_refused():
    command = [sys.executable, "-I", "-c", SCRIPT, str(PROGRAM.parent)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()

    assert json.loads(lines[0]) == {"predictions": [[2.0, 4.0], [6.0, 8.0]]}
    assert lines[1:] == ["The model's environment has no pandas: send instances or inputs."] * 2
