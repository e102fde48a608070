"""Experiments and runs made, changed, deleted and restored."""

import uuid

import mlflow
from mlflow import MlflowClient
from refusal import refused

client = MlflowClient()


def experiment_is_made_and_found():
    name = f"made {uuid.uuid4().hex}"
    experiment_id = mlflow.create_experiment(name, tags={"team": "vision"})

    by_name, by_id = mlflow.get_experiment_by_name(name), mlflow.get_experiment(experiment_id)
    assert by_name.experiment_id == by_id.experiment_id == experiment_id
    assert by_id.name == name and by_id.tags == {"team": "vision"} and by_id.lifecycle_stage == "active"
    assert by_id.creation_time and by_id.last_update_time and by_id.artifact_location
    assert mlflow.get_experiment_by_name(f"{name} not") is None
    with refused("RESOURCE_ALREADY_EXISTS"):
        mlflow.create_experiment(name)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        mlflow.get_experiment("99999999")


def experiment_is_renamed_and_tagged():
    name = f"before {uuid.uuid4().hex}"
    experiment_id = client.create_experiment(name)

    client.rename_experiment(experiment_id, f"after {name}")
    client.set_experiment_tag(experiment_id, "mlflow.note.content", "A *note*.")

    experiment = client.get_experiment(experiment_id)
    assert experiment.name == f"after {name}"
    assert experiment.tags["mlflow.note.content"] == "A *note*."
    assert client.get_experiment_by_name(name) is None


def tags_of_the_current_experiment_are_set():
    mlflow.set_experiment_tag("one", 1)
    mlflow.set_experiment_tags({"two": 2, "three": "3"})

    with mlflow.start_run() as active:
        pass
    assert client.get_experiment(active.info.experiment_id).tags == {"one": "1", "two": "2", "three": "3"}


def experiment_is_deleted_and_restored_with_its_runs():
    name = f"deleted {uuid.uuid4().hex}"
    experiment_id = mlflow.create_experiment(name)
    with mlflow.start_run(experiment_id=experiment_id) as active:
        mlflow.log_metric("loss", 1)

    mlflow.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_run(active.info.run_id).info.lifecycle_stage == "deleted"
    with refused("RESOURCE_ALREADY_EXISTS"):
        mlflow.create_experiment(name)
    with refused():
        mlflow.set_experiment(name)

    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    restored = client.get_run(active.info.run_id)
    assert restored.info.lifecycle_stage == "active" and restored.data.metrics == {"loss": 1}


def run_is_deleted_and_restored():
    with mlflow.start_run() as active:
        mlflow.log_param("lr", 1)
    run_id = active.info.run_id

    mlflow.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert mlflow.search_runs(output_format="list") == []
    with refused("INVALID_PARAMETER_VALUE"):
        client.log_metric(run_id, "loss", 1)

    client.restore_run(run_id)
    client.log_metric(run_id, "loss", 1)
    restored = client.get_run(run_id)
    assert restored.info.lifecycle_stage == "active"
    assert (restored.data.params, restored.data.metrics) == ({"lr": "1"}, {"loss": 1})


def default_experiment_is_there():
    assert client.get_experiment("0").name == "Default"


def what_is_missing_is_told():
    missing = uuid.uuid4().hex

    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_run(missing)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.log_metric(missing, "loss", 1)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_run(missing)
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_experiment("99999999")
