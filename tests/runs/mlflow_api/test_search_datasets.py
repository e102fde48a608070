import pytest

from tests.clients import JsonClient
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import INVALID, NO_ENDPOINT, message, ok, refusal

PATH = "experiments/search-datasets"


@pytest.fixture
def ui(db):
    return JsonClient("/ajax-api/2.0/mlflow")


def log(api, run, name, digest="1", context=None):
    tags = [] if context is None else [{"key": "mlflow.data.context", "value": context}, {"key": "other", "value": "x"}]
    body = {"run_id": run.run_id, "datasets": [{"dataset": {"name": name, "digest": digest}, "tags": tags}]}
    ok(api.post("runs/log-inputs", body))


def found(response):
    summaries = ok(response).get("dataset_summaries", [])
    return sorted((s["experiment_id"], s["name"], s["digest"], s.get("context")) for s in summaries)


def test_each_dataset_and_context_comes_once(ui):
    experiment, other = make_experiment(), make_experiment()
    for _ in range(2):
        run = make_run(experiment)
        log(ui, run, "train", context="training")
        log(ui, run, "train", digest="2")
    log(ui, make_run(experiment), "train", context="testing")
    log(ui, make_run(other), "elsewhere")
    here, there = experiment.experiment_id, other.experiment_id

    mine = ui.post(PATH, {"experiment_ids": [here]})
    both = ui.post(PATH, {"experiment_ids": [here, there, "987654"]})

    expected = [(here, "train", "1", "testing"), (here, "train", "1", "training"), (here, "train", "2", None)]
    assert sorted(map(str, found(mine))) == sorted(map(str, expected))
    assert sorted(map(str, found(both))) == sorted(map(str, [*expected, (there, "elsewhere", "1", None)]))
    assert {"experiment_id": here, "name": "train", "digest": "2"} in ok(mine)["dataset_summaries"]


@pytest.mark.parametrize("ids", [["987654"], ["0"]])
def test_where_there_are_none_none_are_told(ui, ids):
    assert found(ui.post(PATH, {"experiment_ids": ids})) == []


@pytest.mark.parametrize("ids", [[], None, ["0"] * 21, ["abc"], [5]])
def test_bad_experiments_are_refused(ui, ids):
    response = ui.post(PATH, {"experiment_ids": ids})

    assert refusal(response) == INVALID
    assert "experiment" in message(response)


def test_it_is_served_to_the_dashboard_alone(mlflow_api):
    assert refusal(mlflow_api.post(PATH, {"experiment_ids": ["0"]})) == NO_ENDPOINT
