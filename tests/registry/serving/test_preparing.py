from pathlib import Path

import pytest

from registry.models import ModelVersion
from registry.serving.model_folder import read_model_folder
from registry.serving.preparing import LOCAL, Preparation, headers_of, prepared_model, scorer_environ
from registry.serving.resolved import Resolved
from tests.registry.serving.folders import mlmodel, write_folder
from trackui.errors import InvalidParameterValue


@pytest.mark.parametrize("name", ["churn", "größe\r\nX-Evil: 1", "a%0d%0ab", "…", '"quoted"'])
def test_headers_are_printable_whatever_a_model_is_called(name):
    version = ModelVersion(name=name, version=3)

    headers = dict(headers_of(Resolved(version.uri, version=version)))

    assert headers.keys() == {"X-Model-Uri", "X-Model-Name", "X-Model-Version"}
    assert all(value.isascii() and value.isprintable() for value in headers.values())
    assert headers["X-Model-Version"] == "3"


def test_where_a_folder_is_on_this_machine_is_not_told():
    assert headers_of(Resolved("/secret/place", folder=Path("/secret/place"))) == ()


def test_a_model_sees_no_setting_and_no_secret(monkeypatch):
    for name in ("TRACKUI_SECRET_KEY", "TRACKUI_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_TOKEN"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:secret@index.example")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")

    environ = scorer_environ()

    assert "secret" not in " ".join(environ.values())
    assert environ["OMP_NUM_THREADS"] == "2" and "PATH" in environ


def test_a_model_is_made_ready_with_the_example_it_was_saved_with(tmp_path):
    content = mlmodel(saved_input_example_info={"serving_input_path": "example.json"})
    folder = write_folder(tmp_path / "model", content, example__json='{"inputs": [1]}')
    how = Preparation(folder=tmp_path, env_manager=LOCAL, python=Path("/python"), threads=3)

    prepared = prepared_model(Resolved(str(folder), folder=folder), how)

    launch = prepared.launch
    assert (launch.python, launch.threads, launch.example) == (Path("/python"), 3, b'{"inputs": [1]}')
    assert launch.posted.mlflow_version == "3.17.2" and launch.model.read_text().startswith("{")
    assert prepared.folder == read_model_folder(folder)


def test_a_model_whose_paths_climb_out_is_not_made_ready(tmp_path):
    folder = write_folder(tmp_path / "model", mlmodel(flavor={"code": "../.."}))

    with pytest.raises(InvalidParameterValue, match="leads out of the model's folder"):
        prepared_model(Resolved(str(folder), folder=folder), Preparation(folder=tmp_path, env_manager=LOCAL))
