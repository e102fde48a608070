"""Files of every kind, up and down again."""

import json
import os
import tempfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from refusal import refused

client = MlflowClient()


def file_goes_up_and_comes_back():
    content = os.urandom(300_000)
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as active:
        (Path(folder) / "weights.bin").write_bytes(content)
        (Path(folder) / "empty.txt").touch()
        mlflow.log_artifact(f"{folder}/weights.bin")
        mlflow.log_artifact(f"{folder}/weights.bin", "check points/a+b & ü")
        mlflow.log_artifact(f"{folder}/empty.txt")

        down = client.download_artifacts(active.info.run_id, "check points/a+b & ü/weights.bin", folder)
        assert Path(down).read_bytes() == content
        uri = f"runs:/{active.info.run_id}/empty.txt"
        assert Path(mlflow.artifacts.download_artifacts(uri)).read_bytes() == b""

    listed = {file.path: (file.is_dir, file.file_size or 0) for file in client.list_artifacts(active.info.run_id)}
    assert listed == {
        "check points": (True, 0),
        "empty.txt": (False, 0),
        "weights.bin": (False, 300_000),
    }
    inside = client.list_artifacts(active.info.run_id, "check points/a+b & ü")
    assert [file.path for file in inside] == ["check points/a+b & ü/weights.bin"]


def folder_goes_up_and_comes_back():
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as active:
        (Path(folder) / "up" / "deep" / "er").mkdir(parents=True)
        for name in ("a.txt", "deep/b.txt", "deep/er/c.txt"):
            (Path(folder) / "up" / name).write_text(name)
        mlflow.log_artifacts(f"{folder}/up", "folder")
        mlflow.log_artifacts(f"{folder}/up")

        down = Path(mlflow.artifacts.download_artifacts(run_id=active.info.run_id, artifact_path="folder"))
        everything = Path(mlflow.artifacts.download_artifacts(run_id=active.info.run_id, dst_path=f"{folder}/all"))

        assert sorted(_files(down)) == ["a.txt", "deep/b.txt", "deep/er/c.txt"]
        assert (down / "deep/er/c.txt").read_text() == "deep/er/c.txt"
        assert len(_files(everything)) == 6
    listed = mlflow.artifacts.list_artifacts(run_id=active.info.run_id, artifact_path="folder")
    assert [(file.path, file.is_dir) for file in listed] == [("folder/a.txt", False), ("folder/deep", True)]


def file_of_the_same_name_is_replaced():
    with mlflow.start_run() as active:
        mlflow.log_text("a longer first text", "note.txt")
        mlflow.log_text("second", "note.txt")

    assert mlflow.artifacts.load_text(f"{active.info.artifact_uri}/note.txt") == "second"


def missing_file_is_told():
    with mlflow.start_run() as active:
        pass

    assert client.list_artifacts(active.info.run_id) == []
    assert client.list_artifacts(active.info.run_id, "nowhere") == []
    with tempfile.TemporaryDirectory() as folder:
        with refused():
            client.download_artifacts(active.info.run_id, "nowhere.txt", folder)


def texts_and_dicts():
    with mlflow.start_run() as active:
        mlflow.log_text("zwölf\nlines", "notes/today.txt")
        mlflow.log_dict({"a": [1, 2], "ü": None}, "settings/all.json")
        mlflow.log_dict({"a": [1, 2]}, "settings/all.yaml")

    root = active.info.artifact_uri
    assert mlflow.artifacts.load_text(f"{root}/notes/today.txt") == "zwölf\nlines"
    assert mlflow.artifacts.load_dict(f"{root}/settings/all.json") == {"a": [1, 2], "ü": None}
    assert "- 1" in mlflow.artifacts.load_text(f"{root}/settings/all.yaml")


def figures():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 3, 2])

    with mlflow.start_run() as active:
        mlflow.log_figure(figure, "plots/line.png")
        mlflow.log_figure(figure, "plots/line.svg")

    assert mlflow.artifacts.load_image(f"{active.info.artifact_uri}/plots/line.png").size == (640, 480)
    assert "<svg" in mlflow.artifacts.load_text(f"{active.info.artifact_uri}/plots/line.svg")


def images_by_file_and_by_step():
    picture = np.random.default_rng(0).integers(0, 255, (12, 10, 3), dtype=np.uint8)

    with mlflow.start_run() as active:
        mlflow.log_image(picture, "picture.png")
        for step in (0, 9, 10):
            mlflow.log_image(picture, key="first sample", step=step)

    loaded = mlflow.artifacts.load_image(f"{active.info.artifact_uri}/picture.png")
    assert np.array_equal(np.asarray(loaded), picture)
    names = [file.path for file in client.list_artifacts(active.info.run_id, "images")]
    assert len(names) == 6 and all("+step+" in name or "%step%" in name for name in names), names
    assert client.get_run(active.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def tables_are_logged_extended_and_loaded():
    with mlflow.start_run() as active:
        mlflow.log_table({"text": ["a", "b"], "score": [0.5, 1.0]}, "answers.json")
        mlflow.log_table(pd.DataFrame({"text": ["c"], "score": [0.25]}), "answers.json")
    with mlflow.start_run() as other:
        mlflow.log_table({"text": ["d"], "score": [0.0]}, "answers.json")

    experiment = active.info.experiment_id
    here = mlflow.load_table("answers.json", run_ids=[active.info.run_id])
    everywhere = client.load_table(experiment, "answers.json", extra_columns=["run_id"])
    assert here.to_dict("list") == {"text": ["a", "b", "c"], "score": [0.5, 1.0, 0.25]}
    assert set(zip(everywhere["text"], everywhere["run_id"], strict=True)) == {
        *((text, active.info.run_id) for text in "abc"),
        ("d", other.info.run_id),
    }
    assert json.loads(client.get_run(active.info.run_id).data.tags["mlflow.loggedArtifacts"]) == [
        {"path": "answers.json", "type": "table"}
    ]


def experiment_with_a_location_of_its_own_is_kept_apart():
    with mlflow.start_run() as active:
        mlflow.log_text("here", "a.txt")

    experiment = client.get_experiment(active.info.experiment_id)
    assert active.info.artifact_uri.startswith(experiment.artifact_location)
    assert active.info.run_id in active.info.artifact_uri


def _files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
