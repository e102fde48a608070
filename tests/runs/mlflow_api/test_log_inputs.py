import pytest

from runs.models import Dataset, InputTag, RunInput
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import (
    INVALID,
    NOT_FOUND,
    TOO_LARGE,
    message,
    nothing_written,
    ok,
    pairs,
    refusal,
    stored_run,
)


def dataset(name="d", digest="1", **fields):
    return {"name": name, "digest": digest, "source_type": "local", "source": "s", **fields}


def entry(*args, tags=None, **fields):
    return {"dataset": dataset(*args, **fields), "tags": [{"key": k, "value": v} for k, v in (tags or {}).items()]}


def log_inputs(api, run, **body):
    return api.post("runs/log-inputs", {"run_id": run.run_id, **body})


def log_outputs(api, run, *models):
    return api.post("runs/outputs", {"run_id": run.run_id, "models": list(models)})


def dataset_inputs(api, run):
    return stored_run(api, run.run_id)["inputs"].get("dataset_inputs", [])


# --- datasets ----------------------------------------------------------------------------------


def test_a_dataset_is_an_input_with_its_tags(mlflow_api):
    run = make_run()
    train = entry("train", schema="{}", profile='{"rows": 3}', tags={"mlflow.data.context": "training", "a": ""})

    assert ok(log_inputs(mlflow_api, run, datasets=[train, entry("test")])) == {}

    first, second = dataset_inputs(mlflow_api, run)
    assert first["dataset"] == dataset("train", schema="{}", profile='{"rows": 3}')
    assert pairs(first["tags"]) == {"mlflow.data.context": "training", "a": ""}
    assert second["dataset"] == dataset("test")
    assert second.get("tags", []) == []


def test_the_first_upload_of_a_dataset_is_kept(mlflow_api):
    experiment = make_experiment()
    run, other = make_run(experiment), make_run(experiment)
    ok(log_inputs(mlflow_api, run, datasets=[entry(source="first", schema="1", tags={"a": "1"})]))

    ok(log_inputs(mlflow_api, run, datasets=[entry(source="second", schema="2", tags={"a": "2", "b": "3"})]))
    ok(log_inputs(mlflow_api, other, datasets=[entry(source="third", tags={"c": "4"})]))

    (mine,), (others,) = dataset_inputs(mlflow_api, run), dataset_inputs(mlflow_api, other)
    assert mine["dataset"] == others["dataset"] == dataset(source="first", schema="1")
    assert (pairs(mine["tags"]), pairs(others["tags"])) == ({"a": "1"}, {"c": "4"})
    assert (Dataset.objects.count(), RunInput.objects.count()) == (1, 2)


def test_a_dataset_belongs_to_its_experiment_name_and_digest(mlflow_api):
    run, elsewhere = make_run(make_experiment()), make_run(make_experiment())

    ok(log_inputs(mlflow_api, run, datasets=[entry("a", "1"), entry("a", "2"), entry("b", "1"), entry("a", "1")]))
    ok(log_inputs(mlflow_api, elsewhere, datasets=[entry("a", "1")]))

    assert Dataset.objects.count() == 4
    assert len(dataset_inputs(mlflow_api, run)) == 3


@pytest.mark.parametrize("fields", [{}, {"name": "only a name"}, {"name": None, "digest": None, "schema": None}])
def test_missing_fields_are_empty(mlflow_api, fields):
    run = make_run()

    ok(log_inputs(mlflow_api, run, datasets=[{"dataset": fields}]))

    (stored,) = dataset_inputs(mlflow_api, run)
    name = fields.get("name") or ""
    assert stored["dataset"] == {"name": name, "digest": "", "source_type": "", "source": ""}


def test_a_source_is_text_that_nobody_opens(mlflow_api):
    run = make_run()

    ok(log_inputs(mlflow_api, run, datasets=[entry(source="file:///etc/passwd")]))

    assert dataset_inputs(mlflow_api, run)[0]["dataset"]["source"] == "file:///etc/passwd"


def test_the_longest_fields_are_stored(mlflow_api):
    run = make_run()
    longest = {"name": "名" * 500, "digest": "d" * 36, "source": "s" * 65_535, "schema": "x" * 1_048_575}

    ok(log_inputs(mlflow_api, run, datasets=[entry(**longest, profile="p" * 16_777_215, tags={"k" * 255: "v" * 500})]))

    (stored,) = dataset_inputs(mlflow_api, run)
    assert stored["dataset"]["name"] == longest["name"]
    assert len(stored["dataset"]["profile"]) == 16_777_215
    assert pairs(stored["tags"]) == {"k" * 255: "v" * 500}


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        ("name", 500),
        ("digest", 36),
        ("source_type", 36),
        ("source", 65_535),
        ("schema", 1_048_575),
        ("profile", 16_777_215),
    ],
)
def test_a_field_over_its_limit_refuses_the_request(mlflow_api, field, limit):
    run = make_run()

    with nothing_written():
        response = log_inputs(mlflow_api, run, datasets=[entry("fine"), entry(**{field: "x" * (limit + 1)})])

    assert refusal(response) == INVALID
    assert message(response).startswith(f"'{field}' exceeds the maximum length of {limit} characters")


@pytest.mark.parametrize(
    "body",
    [
        {"datasets": [{}]},
        {"datasets": [{"dataset": None}]},
        {"datasets": [{"dataset": "d"}]},
        {"datasets": "d"},
        {"datasets": [entry(name=5)]},
        {"datasets": [entry(tags={"k" * 256: "v"})]},
        {"datasets": [entry(tags={"k": "v" * 501})]},
        {"datasets": [{"dataset": dataset(), "tags": [{"value": "no key"}]}]},
        {"datasets": [entry(tags={f"k{number}": "" for number in range(1001)})]},
        {"datasets": [entry()] * 1001},
        {"models": [{"model_id": "m"}] * 1001},
        {"models": [{"model_id": "x" * 257}]},
        {"models": [{}]},
    ],
)
def test_a_bad_input_refuses_the_request(mlflow_api, body):
    run = make_run()

    with nothing_written():
        response = log_inputs(mlflow_api, run, **body)

    assert refusal(response) == INVALID


def test_a_body_over_32_mebibytes_is_not_read(mlflow_api):
    assert refusal(mlflow_api.post("runs/log-inputs", " " * (32 * 2**20 + 1))) == TOO_LARGE


def test_statements_do_not_grow_with_the_tags_of_an_input(mlflow_api, django_assert_max_num_queries):
    run = make_run()

    with django_assert_max_num_queries(14):
        ok(log_inputs(mlflow_api, run, datasets=[entry(tags={f"k{n}": "v" for n in range(500)})]))

    assert InputTag.objects.count() == 500


# --- logged models -----------------------------------------------------------------------------


def test_models_are_inputs_and_outputs_once(mlflow_api):
    run = make_run()

    for _ in range(2):
        ok(log_inputs(mlflow_api, run, models=[{"model_id": "m-1"}, {"model_id": "m-2"}, {"model_id": "m-1"}]))
        ok(log_outputs(mlflow_api, run, {"model_id": "m-3", "step": 5}, {"model_id": "m-4"}))

    stored = stored_run(mlflow_api, run.run_id)
    assert sorted(model["model_id"] for model in stored["inputs"]["model_inputs"]) == ["m-1", "m-2"]
    outputs = sorted((model["model_id"], model["step"]) for model in stored["outputs"]["model_outputs"])
    assert outputs == [("m-3", 5), ("m-4", 0)]


def test_searches_leave_out_model_inputs(mlflow_api):
    run = make_run()
    ok(log_inputs(mlflow_api, run, datasets=[entry(tags={"a": "b"})], models=[{"model_id": "m-1"}]))
    ok(log_outputs(mlflow_api, run, {"model_id": "m-2", "step": 1}))

    (found,) = ok(mlflow_api.post("runs/search", {"experiment_ids": ["0"]}))["runs"]

    assert found["inputs"] == {"dataset_inputs": [entry(tags={"a": "b"})]}
    assert found["outputs"] == {"model_outputs": [{"model_id": "m-2", "step": 1}]}


def test_outputs_need_their_models(mlflow_api):
    run = make_run()

    missing = mlflow_api.post("runs/outputs", {"run_id": run.run_id})

    assert refusal(missing) == INVALID
    assert "Missing value for required parameter 'models'." in message(missing)
    assert refusal(log_outputs(mlflow_api, run, {"model_id": ""})) == INVALID
    assert refusal(log_outputs(mlflow_api, run, {"model_id": "m", "step": 2**63})) == INVALID


@pytest.mark.parametrize("path", ["runs/log-inputs", "runs/outputs"])
def test_an_unknown_run_is_told(mlflow_api, path):
    response = mlflow_api.post(path, {"run_id": "nobody", "models": [{"model_id": "m"}]})

    assert refusal(response) == NOT_FOUND
