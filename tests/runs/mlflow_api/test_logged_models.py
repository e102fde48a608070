import re

import pytest

from tests.factories import make_experiment, make_logged_model, make_run
from tests.runs.mlflow_api.answers import INVALID, NOT_FOUND, history, message, nothing_written, ok, pairs, refusal


def create(api, **body):
    return api.post("logged-models", {"experiment_id": "0", **body})


def get(api, model_id, **query):
    return api.get(f"logged-models/{model_id}", query)


def stored(api, model):
    return ok(get(api, model.model_id))["model"]


# --- create, get -------------------------------------------------------------------------------


def test_a_new_model_is_pending(mlflow_api):
    experiment = make_experiment()

    model = ok(
        create(
            mlflow_api,
            experiment_id=experiment.experiment_id,
            name="forest",
            model_type="sklearn",
            source_run_id="r1",
            params=[{"key": "depth", "value": "3"}],
            tags=[{"key": "stage", "value": "new"}, {"key": "empty"}],
        )
    )["model"]

    info = model["info"]
    assert re.fullmatch("m-[0-9a-f]{32}", info["model_id"])
    assert info["creation_timestamp_ms"] == info["last_updated_timestamp_ms"] > 1_600_000_000_000
    assert pairs(info["tags"]) == {"stage": "new", "empty": ""}
    assert {name: info[name] for name in ("experiment_id", "name", "model_type", "source_run_id", "status")} == {
        "experiment_id": experiment.experiment_id,
        "name": "forest",
        "model_type": "sklearn",
        "source_run_id": "r1",
        "status": "LOGGED_MODEL_PENDING",
    }
    assert info["artifact_uri"] == f"mlflow-artifacts:/{experiment.pk}/models/{info['model_id']}/artifacts"
    assert model["data"] == {"params": [{"key": "depth", "value": "3"}]}
    assert ok(get(mlflow_api, info["model_id"]))["model"] == model


def test_a_model_without_a_name_gets_one_and_names_need_not_differ(mlflow_api):
    unnamed = ok(create(mlflow_api))["model"]["info"]
    first = ok(create(mlflow_api, name="same"))["model"]["info"]
    second = ok(create(mlflow_api, name="same"))["model"]["info"]

    assert unnamed["name"] and (unnamed["model_type"], unnamed["source_run_id"]) == ("", "")
    assert first["model_id"] != second["model_id"]


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "x" * 501])
def test_a_bad_name_is_refused(mlflow_api, name):
    with nothing_written():
        response = create(mlflow_api, name=name)

    assert refusal(response) == INVALID
    assert "Invalid model name" in message(response) or len(name) > 500


@pytest.mark.parametrize(
    "body",
    [
        {"experiment_id": ""},
        {"experiment_id": "abc"},
        {"model_type": "x" * 501},
        {"source_run_id": "x" * 257},
        {"params": [{"value": "no key"}]},
        {"params": [{"key": "x" * 256, "value": ""}]},
        {"tags": [{"key": "x" * 256, "value": ""}]},
        {"tags": [{"key": "a", "value": "x" * 100_001}]},
        {"tags": [{"key": "a", "value": 1}]},
        {"params": [{"key": f"p{number}", "value": ""} for number in range(1001)]},
    ],
)
def test_a_bad_field_is_refused(mlflow_api, body):
    with nothing_written():
        response = create(mlflow_api, **body)

    assert refusal(response) == INVALID


def test_the_experiment_must_be_there_and_active(mlflow_api):
    deleted = make_experiment(lifecycle_stage="deleted")

    assert refusal(create(mlflow_api, experiment_id="987654")) == NOT_FOUND
    assert refusal(create(mlflow_api, experiment_id=deleted.experiment_id)) == INVALID


@pytest.mark.parametrize("model_id", ["m-unknown", "1 OR 1=1", "-1", "x" * 300, "%00", "a%0Ab", "%ED%A0%80"])
def test_an_unknown_model_is_told(mlflow_api, model_id):
    response = get(mlflow_api, model_id)

    assert refusal(response) in (NOT_FOUND, INVALID)
    assert "not found" in message(response) or refusal(response) == INVALID


# --- finalize, delete --------------------------------------------------------------------------


def test_a_model_is_finalized_and_may_change_again(mlflow_api):
    model = make_logged_model()
    path = f"logged-models/{model.model_id}"

    for status, expected in [
        ("LOGGED_MODEL_READY", "LOGGED_MODEL_READY"),
        ("LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_UPLOAD_FAILED"),
        (2, "LOGGED_MODEL_READY"),
        ("LOGGED_MODEL_READY", "LOGGED_MODEL_READY"),
    ]:
        answer = ok(mlflow_api.patch(path, {"model_id": model.model_id, "status": status}))
        assert answer["model"] == stored(mlflow_api, model)
        assert answer["model"]["info"]["status"] == expected


@pytest.mark.parametrize(
    "body", [{}, {"status": None}, {"status": "READY"}, {"status": 0}, {"status": 4}, {"status": "X"}]
)
def test_a_status_that_is_none_is_refused(mlflow_api, body):
    model = make_logged_model()

    with nothing_written():
        response = mlflow_api.patch(f"logged-models/{model.model_id}", {"model_id": model.model_id, **body})

    assert refusal(response) == INVALID


def test_patch_and_delete_do_not_look_at_the_content_type(mlflow_api):
    model = make_logged_model()
    body = b'{"status": "LOGGED_MODEL_READY"}'

    ok(mlflow_api.send("PATCH", f"logged-models/{model.model_id}", body, content_type="text/plain"))
    ok(mlflow_api.send("DELETE", f"logged-models/{model.model_id}", b"", content_type=""))


def test_a_deleted_model_is_gone_but_for_those_who_ask(mlflow_api):
    model = make_logged_model()

    for _ in range(2):
        assert ok(mlflow_api.delete(f"logged-models/{model.model_id}")) == {}

    response = get(mlflow_api, model.model_id)
    assert refusal(response) == NOT_FOUND
    assert "not found" in message(response)
    for yes in ("true", "True", "TRUE"):
        assert ok(get(mlflow_api, model.model_id, allow_deleted=yes))["model"]["info"]["model_id"] == model.model_id
    assert refusal(get(mlflow_api, model.model_id, allow_deleted="maybe")) == INVALID
    assert not ok(mlflow_api.post("logged-models/search", {"experiment_ids": ["0"]})).get("models")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"status": "LOGGED_MODEL_READY"}),
        ("PATCH", "/tags", {"tags": [{"key": "a", "value": "b"}]}),
        ("DELETE", "/tags/a", {}),
        ("POST", "/params", {"params": [{"key": "a", "value": "b"}]}),
    ],
)
def test_a_deleted_or_unknown_model_refuses_writes(mlflow_api, method, path, body):
    model = make_logged_model(tags={"a": "1"}, is_deleted=True)

    with nothing_written():
        deleted = mlflow_api.send(method, f"logged-models/{model.model_id}{path}", body)
        unknown = mlflow_api.send(method, f"logged-models/m-nobody{path}", body)

    assert refusal(deleted) == refusal(unknown) == NOT_FOUND


# --- tags, params ------------------------------------------------------------------------------


def test_tags_are_overwritten_and_others_stay(mlflow_api):
    model = make_logged_model(tags={"a": "1", "b": "2"})
    tags = [{"key": "a", "value": "3"}, {"key": "c/d e", "value": "x" * 100_000}]

    ok(mlflow_api.patch(f"logged-models/{model.model_id}/tags", {"model_id": model.model_id, "tags": tags}))

    assert pairs(stored(mlflow_api, model)["info"]["tags"]) == {"a": "3", "b": "2", "c/d e": "x" * 100_000}


@pytest.mark.parametrize(("key", "in_path"), [("a", "a"), ("a/b", "a%2Fb"), ("a b", "a%20b"), ("é%", "%C3%A9%25")])
def test_a_tag_is_removed_by_its_key_in_the_path(mlflow_api, key, in_path):
    model = make_logged_model(tags={key: "1", "other": "2"})

    assert ok(mlflow_api.delete(f"logged-models/{model.model_id}/tags/{in_path}")) == {}

    assert pairs(stored(mlflow_api, model)["info"]["tags"]) == {"other": "2"}
    response = mlflow_api.delete(f"logged-models/{model.model_id}/tags/{in_path}")
    assert refusal(response) == NOT_FOUND
    assert "No tag with key" in message(response)


@pytest.mark.parametrize("in_path", ["%00", "a%00b", "a%0Ab", "x" * 300])
def test_a_key_no_tag_can_have_is_told(mlflow_api, in_path):
    model = make_logged_model()

    assert refusal(mlflow_api.delete(f"logged-models/{model.model_id}/tags/{in_path}")) in (NOT_FOUND, INVALID)


def test_params_are_written_once(mlflow_api):
    model = make_logged_model(params={"a": "1"})
    path = f"logged-models/{model.model_id}/params"

    def log(**params):
        return mlflow_api.post(path, {"params": [{"key": key, "value": value} for key, value in params.items()]})

    assert ok(log(a="1", b="2")) == {}
    with nothing_written():
        assert refusal(log(c="3", a="other")) == INVALID
    assert pairs(stored(mlflow_api, model)["data"]["params"]) == {"a": "1", "b": "2"}


# --- metrics -----------------------------------------------------------------------------------


def point(model, key="acc", value=0.5, timestamp=1, step=0, **fields):
    return {"key": key, "value": value, "timestamp": timestamp, "step": step, "model_id": model.model_id, **fields}


def metrics_of(api, model):
    metrics = stored(api, model)["data"].get("metrics", [])
    return sorted((m["step"], m["timestamp"], m["value"], m["run_id"]) for m in metrics)


def test_a_metric_that_names_a_model_is_recorded_on_it_too(mlflow_api):
    run, model = make_run(), make_logged_model()

    ok(mlflow_api.post("runs/log-metric", {"run_id": run.run_id, **point(model, dataset_name="d", dataset_digest="1")}))
    ok(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": [point(model, step=1, value="NaN")]}))

    assert history(mlflow_api, run.run_id, "acc") == [(0, 1, 0.5), (1, 1, "NaN")]
    first, second = sorted(stored(mlflow_api, model)["data"]["metrics"], key=lambda metric: metric["step"])
    assert first == {
        "key": "acc",
        "value": 0.5,
        "timestamp": 1,
        "step": 0,
        "model_id": model.model_id,
        "run_id": run.run_id,
        "dataset_name": "d",
        "dataset_digest": "1",
    }
    assert (second["value"], second.get("dataset_name")) == ("NaN", None)


def test_points_the_run_has_already_are_recorded_on_the_model(mlflow_api):
    run, model, other = make_run(), make_logged_model(), make_logged_model()
    plain = {**point(model)}
    del plain["model_id"]
    ok(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": [plain]}))

    for _ in range(2):
        ok(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": [point(model), point(other)]}))

    assert metrics_of(mlflow_api, model) == metrics_of(mlflow_api, other) == [(0, 1, 0.5, run.run_id)]
    assert history(mlflow_api, run.run_id, "acc") == [(0, 1, 0.5)]


def test_equal_points_of_two_runs_are_two(mlflow_api):
    runs, model = sorted([make_run().run_id, make_run().run_id]), make_logged_model()

    for run_id in runs:
        ok(mlflow_api.post("runs/log-batch", {"run_id": run_id, "metrics": [point(model), point(model)]}))

    assert metrics_of(mlflow_api, model) == [(0, 1, 0.5, run_id) for run_id in runs]


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_point_for_a_model_that_is_not_there_refuses_the_batch(mlflow_api, is_deleted):
    run = make_run()
    model_id = make_logged_model(is_deleted=True).model_id if is_deleted else "m-nobody"
    metrics = [{"key": "a", "value": 1, "timestamp": 1}, {"key": "b", "value": 1, "timestamp": 1, "model_id": model_id}]

    with nothing_written():
        response = mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": metrics})

    assert refusal(response) == NOT_FOUND
    assert model_id in message(response)


def test_statements_do_not_grow_with_the_points_of_models(mlflow_api, django_assert_max_num_queries):
    run, models = make_run(), [make_logged_model() for _ in range(5)]
    metrics = [point(model, step=step) for step in range(20) for model in models]

    with django_assert_max_num_queries(14):
        ok(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": metrics}))
    with django_assert_max_num_queries(6):
        ok(mlflow_api.post("logged-models/search", {"experiment_ids": ["0"]}))
