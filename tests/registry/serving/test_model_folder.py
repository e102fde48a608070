import json

import pytest

from registry.serving.model_folder import parse_mlmodel, read_model_folder
from tests.registry.serving.folders import mlmodel, write_folder
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist


def refusal(path, **options) -> str:
    with pytest.raises(InvalidParameterValue) as raised:
        read_model_folder(path, **options)
    return raised.value.message


def test_a_folder_tells_all_that_is_needed_to_serve_it(tmp_path):
    example = {"saved_input_example_info": {"artifact_path": "in.json", "serving_input_path": "serving.json"}}
    content = mlmodel(flavor={"config": {"k": 1}, "code": "code"}, **example)
    (tmp_path / "model" / "code").mkdir(parents=True)
    folder = read_model_folder(write_folder(tmp_path / "model", content))

    assert (folder.loader_module, folder.data, folder.code, folder.config) == ("mlflow.sklearn", None, "code", {"k": 1})
    assert folder.env == {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}
    assert (folder.python_version, folder.mlflow_version, folder.model_id) == ("3.11.7", "3.17.2", "m-0123")
    assert folder.requirements == ("mlflow==3.17.2", "scikit-learn")
    assert (folder.input_example, folder.serving_input) == ("in.json", "serving.json")
    assert [column.label for column in folder.signature.inputs] == ["double", "long"]
    assert folder.path == (tmp_path / "model").resolve()


def test_the_scorer_is_told_what_it_needs_as_json(tmp_path):
    told = read_model_folder(write_folder(tmp_path)).as_scorer_json()

    assert json.loads(json.dumps(told)) == told
    assert told["path"] == str(tmp_path.resolve())
    assert told["inputs"] == [
        {"name": "width", "type": "double", "required": True},
        {"name": "count", "type": "long", "required": False},
    ]


def test_a_folder_without_mlmodel_holds_no_model(tmp_path):
    with pytest.raises(ResourceDoesNotExist):
        read_model_folder(tmp_path)


@pytest.mark.parametrize("key", ["data", "code", "model_path", "python_model", "model_data", "saved_model_dir"])
@pytest.mark.parametrize("path", ["../other", "a/../../b", "/etc/passwd", "..", "a\\..\\b", "a\0b"])
def test_no_path_of_a_flavor_leads_out_of_the_folder(key, path):
    with pytest.raises(InvalidParameterValue, match=f"python_function.{key} is .* leads out"):
        parse_mlmodel(json.dumps(mlmodel(flavor={key: path})))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"flavor": {"env": "../conda.yaml"}}, "python_function.env.conda"),
        ({"flavor": {"env": {"virtualenv": "/etc/x"}}}, "python_function.env.virtualenv"),
        ({"flavor": {"artifacts": {"a": {"path": "../../x", "uri": "/home/me/x"}}}}, "python_function.artifacts.a"),
        ({"saved_input_example_info": {"artifact_path": "../x"}}, "input_example"),
        ({"saved_input_example_info": {"serving_input_path": "/x"}}, "serving_input"),
        ({"flavors": {**mlmodel()["flavors"], "sklearn": {"pickled_model": "../m"}}}, "sklearn.pickled_model"),
    ],
)
def test_nor_does_any_other_path(changes, where):
    with pytest.raises(InvalidParameterValue, match=f"{where} is .* leads out"):
        parse_mlmodel(json.dumps(mlmodel(**changes)))


def test_the_place_a_model_was_logged_from_is_no_path_of_the_folder(tmp_path):
    content = mlmodel(flavor={"artifacts": {"a": {"path": "model.pkl", "uri": "/home/me/x"}}})
    content["flavors"]["transformers"] = {"source_model_name": "/home/me/bert"}
    content["flavors"]["langchain"] = {"model_code_path": "/home/me/chain.py"}

    assert read_model_folder(write_folder(tmp_path, content)).loader_module == "mlflow.sklearn"


def test_links_lead_nowhere_out_of_the_folder(tmp_path):
    path = write_folder(tmp_path / "model", mlmodel(flavor={"data": "data"}))
    (tmp_path / "secret").write_text("x")
    (path / "data").mkdir()
    (path / "data" / "inner").symlink_to("../model.pkl")
    assert read_model_folder(path).data == "data"

    (path / "data" / "deep").symlink_to(tmp_path / "secret")
    assert "data/deep is a link that leads out" in refusal(path)
    (path / "data" / "deep").unlink()
    (path / "requirements.txt").unlink()
    (path / "requirements.txt").symlink_to("../secret")
    assert "requirements.txt is a link that leads out" in refusal(path)


def test_what_is_named_must_be_there(tmp_path):
    assert "python_function.data names 'weights'" in refusal(
        write_folder(tmp_path, mlmodel(flavor={"data": "weights"}))
    )


@pytest.mark.parametrize("module", ["os", "mlflow", "mlflow.sklearn.evil", "mlflow.sklearnx", "my.loader"])
def test_loader_modules_beyond_mlflows_need_a_word_of_the_operator(tmp_path, module):
    path = write_folder(tmp_path, mlmodel(flavor={"loader_module": module}))

    assert f"the loader module '{module}' is not one of MLflow's" in refusal(path, allowed=["another"])
    assert read_model_folder(path, allowed=[module]).loader_module == module


@pytest.mark.parametrize("module", [None, 3, "", "a b", "../x", "a..b", "a;b", ["os"]])
def test_a_loader_module_is_the_name_of_a_module(tmp_path, module):
    path = write_folder(tmp_path, mlmodel(flavor={"loader_module": module}))

    assert "is no name of a module" in refusal(path, allowed=["a b", "../x", ""])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "it is no plain YAML"),
        ("", "it lists no flavors"),
        ("flavors: 3", "it lists no flavors"),
        ("flavors: {sklearn: 3}", "it lists no flavors"),
        ("flavors: {sklearn: {}}", "no python_function flavor, only sklearn"),
        ("!!python/object/apply:os.system [x]", "it is no plain YAML: could not determine a constructor"),
        ("a: &a [b]\nc: [" + "*a, " * 101 + "]", "more than 100 aliases"),
        ("[" * 100_000, "nested deeper"),
        ("a: " + "b" * 4_194_305, "longer than"),
        ("flavors: {python_function: {loader_module: mlflow.sklearn, config: x.yaml}}", "config must be a mapping"),
        ("flavors: {python_function: {loader_module: mlflow.sklearn, data: [x]}}", "data must be a text"),
        ("flavors: {python_function: {loader_module: mlflow.sklearn, predict_fn: a.b}}", "no name of a function"),
    ],
)
def test_a_broken_mlmodel_is_told_with_its_reason(text, reason):
    with pytest.raises(InvalidParameterValue, match=reason):
        parse_mlmodel(text)


def test_an_mlmodel_that_is_no_text_is_told(tmp_path):
    path = write_folder(tmp_path)
    (path / "MLmodel").write_bytes(b"\xff\xfe\x00")

    assert refusal(path) == "MLmodel: it is no UTF-8 text."
