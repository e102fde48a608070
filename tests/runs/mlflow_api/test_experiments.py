import pytest

from runs.models import Experiment, Run
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import EXISTS, INVALID, NOT_FOUND, message, nothing_written, ok, pairs, refusal


def stored(api, experiment_id):
    return ok(api.get("experiments/get", {"experiment_id": experiment_id}))["experiment"]


# --- create ------------------------------------------------------------------------------------


def test_a_new_experiment_has_its_tags_times_and_location(mlflow_api):
    tags = [{"key": "team", "value": "vision"}, {"key": "empty"}]

    answer = ok(mlflow_api.post("experiments/create", {"name": "first", "tags": tags}))

    experiment_id = answer["experiment_id"]
    experiment = stored(mlflow_api, experiment_id)
    assert answer == {"experiment_id": experiment_id} and isinstance(experiment_id, str) and experiment_id.isdigit()
    assert experiment["experiment_id"] == experiment_id
    assert experiment["name"] == "first"
    assert experiment["artifact_location"] == f"mlflow-artifacts:/{experiment_id}"
    assert experiment["lifecycle_stage"] == "active"
    assert isinstance(experiment["creation_time"], int)
    assert experiment["creation_time"] == experiment["last_update_time"] > 1_600_000_000_000
    assert pairs(experiment["tags"]) == {"team": "vision", "empty": ""}


def test_a_given_location_is_kept_without_its_last_slash(mlflow_api):
    body = {"name": "elsewhere", "artifact_location": "mlflow-artifacts:/team/a/"}

    experiment_id = ok(mlflow_api.post("experiments/create", body))["experiment_id"]

    assert stored(mlflow_api, experiment_id)["artifact_location"] == "mlflow-artifacts:/team/a"


@pytest.mark.parametrize("lifecycle_stage", ["active", "deleted"])
def test_a_name_is_taken_also_by_a_deleted_experiment(mlflow_api, lifecycle_stage):
    make_experiment("taken", lifecycle_stage=lifecycle_stage)

    with nothing_written():
        response = mlflow_api.post("experiments/create", {"name": "taken", "tags": [{"key": "a", "value": "b"}]})

    assert refusal(response) == EXISTS
    assert "already exists" in message(response)


@pytest.mark.parametrize("name", [None, "", " ", "\t\n", "x" * 501])
def test_a_name_that_is_blank_or_too_long_is_refused(mlflow_api, name):
    with nothing_written():
        response = mlflow_api.post("experiments/create", {"name": name})

    assert refusal(response) == INVALID


def test_the_message_of_a_long_blank_name_is_short(mlflow_api):
    response = mlflow_api.post("experiments/create", {"name": " " * 100_000})

    assert refusal(response) == INVALID
    assert len(message(response)) < 600


def test_names_of_500_characters_count_as_characters(mlflow_api):
    name = "模" * 500

    experiment_id = ok(mlflow_api.post("experiments/create", {"name": name}))["experiment_id"]

    assert stored(mlflow_api, experiment_id)["name"] == name


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ({"value": "b"}, "Missing value for required parameter 'tags[0].key'. See the API docs"),
        ({"key": "a//b"}, "must not resolve to other names"),
        ({"key": "x" * 251}, "'key' exceeds the maximum length of 250 characters"),
        ({"key": "a", "value": "x" * 20_001}, "'value' exceeds the maximum length of 20000 characters"),
        (
            {"key": "a", "value": 5},
            "Invalid value 5 for parameter 'tags[0].value' supplied: Hint: Value was of type 'int'.",
        ),
    ],
)
def test_a_bad_tag_refuses_the_experiment(mlflow_api, tag, text):
    with nothing_written():
        response = mlflow_api.post("experiments/create", {"name": "tagged", "tags": [tag]})

    assert refusal(response) == INVALID
    assert text in message(response)


def test_more_than_1000_tags_are_refused(mlflow_api):
    tags = [{"key": f"t{number}", "value": ""} for number in range(1001)]

    with nothing_written():
        response = mlflow_api.post("experiments/create", {"name": "many tags", "tags": tags})

    assert refusal(response) == INVALID


# --- get, get-by-name --------------------------------------------------------------------------


def test_the_default_experiment_exists(mlflow_api):
    assert stored(mlflow_api, "0")["name"] == "Default"


@pytest.mark.parametrize("lifecycle_stage", ["active", "deleted"])
def test_experiments_are_found_by_id_and_by_name_in_any_stage(mlflow_api, lifecycle_stage):
    experiment = make_experiment("mine", lifecycle_stage=lifecycle_stage, tags={"a": "b"})

    by_id = stored(mlflow_api, experiment.experiment_id)
    by_name = ok(mlflow_api.get("experiments/get-by-name", {"experiment_name": "mine"}))["experiment"]

    assert by_id == by_name
    assert by_id["lifecycle_stage"] == lifecycle_stage
    assert by_id["tags"] == [{"key": "a", "value": "b"}]


def test_an_unknown_experiment_is_told_in_json(mlflow_api):
    by_id = mlflow_api.get("experiments/get", {"experiment_id": "987654"})
    by_name = mlflow_api.get("experiments/get-by-name", {"experiment_name": "nobody's"})

    assert refusal(by_id) == refusal(by_name) == NOT_FOUND
    assert message(by_id) == "No Experiment with id=987654 exists"
    assert "nobody's" in message(by_name)


@pytest.mark.parametrize("experiment_id", ["1 OR 1=1", "-1", "1.5", "٣", "1" * 25, "x" * 300, "0x1"])
def test_an_id_that_is_no_number_is_refused(mlflow_api, experiment_id):
    assert refusal(mlflow_api.get("experiments/get", {"experiment_id": experiment_id})) == INVALID


# --- update ------------------------------------------------------------------------------------


def test_renaming_bumps_the_update_time_and_keeps_everything_else(mlflow_api):
    experiment = make_experiment("old", tags={"a": "b"})
    Experiment.objects.filter(pk=experiment.pk).update(last_update_time=5, creation_time=5)
    before = stored(mlflow_api, experiment.experiment_id)

    answer = ok(mlflow_api.post("experiments/update", {"experiment_id": experiment.experiment_id, "new_name": "new"}))

    after = stored(mlflow_api, experiment.experiment_id)
    assert answer == {}
    assert after["last_update_time"] > 5
    assert after == {**before, "name": "new", "last_update_time": after["last_update_time"]}


def test_renaming_to_its_own_name_is_fine(mlflow_api):
    experiment = make_experiment("same")

    ok(mlflow_api.post("experiments/update", {"experiment_id": experiment.experiment_id, "new_name": "same"}))


@pytest.mark.parametrize("lifecycle_stage", ["active", "deleted"])
def test_renaming_to_a_taken_name_is_refused(mlflow_api, lifecycle_stage):
    make_experiment("taken", lifecycle_stage=lifecycle_stage)
    experiment = make_experiment("mine")

    with nothing_written():
        response = mlflow_api.post(
            "experiments/update", {"experiment_id": experiment.experiment_id, "new_name": "taken"}
        )

    assert refusal(response) == EXISTS


def test_a_deleted_experiment_is_not_renamed(mlflow_api):
    experiment = make_experiment("gone", lifecycle_stage="deleted")

    with nothing_written():
        response = mlflow_api.post("experiments/update", {"experiment_id": experiment.experiment_id, "new_name": "new"})

    assert refusal(response) == INVALID
    assert "must be in the 'active' state" in message(response)


# --- delete, restore ---------------------------------------------------------------------------


def test_deleting_takes_the_active_runs_along_and_restoring_brings_all_back(mlflow_api):
    experiment = make_experiment()
    active = make_run(experiment)
    deleted_before = make_run(experiment, lifecycle_stage="deleted")
    other = make_run()
    Experiment.objects.filter(pk=experiment.pk).update(last_update_time=5)

    assert ok(mlflow_api.post("experiments/delete", {"experiment_id": experiment.experiment_id})) == {}

    active.refresh_from_db()
    other.refresh_from_db()
    experiment.refresh_from_db()
    deleted_at = Run.objects.get(pk=deleted_before.pk).deleted_time
    assert (active.lifecycle_stage, other.lifecycle_stage) == ("deleted", "active")
    assert active.deleted_time == experiment.last_update_time > 5
    assert deleted_at == deleted_before.deleted_time

    Experiment.objects.filter(pk=experiment.pk).update(last_update_time=5)
    assert ok(mlflow_api.post("experiments/restore", {"experiment_id": experiment.experiment_id})) == {}

    experiment.refresh_from_db()
    assert experiment.is_active and experiment.last_update_time > 5
    for run in (active, deleted_before):
        run.refresh_from_db()
        assert (run.lifecycle_stage, run.deleted_time) == ("active", None)


def test_deleting_twice_and_restoring_an_active_one_are_told(mlflow_api):
    deleted = make_experiment(lifecycle_stage="deleted")
    active = make_experiment()

    assert refusal(mlflow_api.post("experiments/delete", {"experiment_id": deleted.experiment_id})) == NOT_FOUND
    assert refusal(mlflow_api.post("experiments/restore", {"experiment_id": active.experiment_id})) == NOT_FOUND
    assert refusal(mlflow_api.post("experiments/delete", {"experiment_id": "987654"})) == NOT_FOUND


def test_the_default_experiment_can_be_deleted(mlflow_api):
    ok(mlflow_api.post("experiments/delete", {"experiment_id": "0"}))

    response = mlflow_api.post("runs/create", {})

    assert refusal(response) == INVALID
    assert "must be in the 'active' state" in message(response)


# --- tags --------------------------------------------------------------------------------------


def set_tag(api, experiment, key, value="v"):
    body = {"experiment_id": experiment.experiment_id, "key": key, "value": value}
    return api.post("experiments/set-experiment-tag", body)


def delete_tag(api, experiment, key):
    return api.post("experiments/delete-experiment-tag", {"experiment_id": experiment.experiment_id, "key": key})


def tags(api, experiment):
    return pairs(stored(api, experiment.experiment_id)["tags"])


def test_tags_are_overwritten_and_removed_without_touching_the_update_time(mlflow_api):
    experiment = make_experiment()
    Experiment.objects.filter(pk=experiment.pk).update(last_update_time=5)

    for key, value in [("a", "1"), ("b/c", "x" * 20_000), ("a", "2"), ("none", None)]:
        assert ok(set_tag(mlflow_api, experiment, key, value)) == {}
    assert tags(mlflow_api, experiment) == {"a": "2", "b/c": "x" * 20_000, "none": ""}

    assert ok(delete_tag(mlflow_api, experiment, "a")) == {}
    assert tags(mlflow_api, experiment).keys() == {"b/c", "none"}
    assert stored(mlflow_api, experiment.experiment_id)["last_update_time"] == 5


def test_a_tag_that_is_not_there_cannot_be_removed(mlflow_api):
    experiment = make_experiment(tags={"a": "b"})
    make_experiment(tags={"c": "d"})

    for key in ("never", "c"):
        assert refusal(delete_tag(mlflow_api, experiment, key)) == NOT_FOUND


def test_tags_of_a_deleted_experiment_stay_as_they_are(mlflow_api):
    experiment = make_experiment(tags={"a": "b"}, lifecycle_stage="deleted")

    with nothing_written():
        responses = [set_tag(mlflow_api, experiment, "a"), delete_tag(mlflow_api, experiment, "a")]

    assert [refusal(response) for response in responses] == [INVALID, INVALID]
    assert "must be in the 'active' state" in message(responses[0])


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("", "v", "Missing value for required parameter 'key'."),
        ("x" * 251, "v", "'key' exceeds the maximum length of 250 characters"),
        ("a", "x" * 20_001, "'value' exceeds the maximum length of 20000 characters"),
        ("../x", "v", "must not resolve to other names"),
        ("bad*", "v", "Names may only contain alphanumerics"),
    ],
)
def test_a_bad_tag_is_refused(mlflow_api, key, value, text):
    experiment = make_experiment()

    with nothing_written():
        response = set_tag(mlflow_api, experiment, key, value)

    assert refusal(response) == INVALID
    assert text in message(response)


def test_an_experiment_holds_at_most_50_custom_views(mlflow_api):
    experiment = make_experiment(tags={f"mlflow.customView.{number}": "{}" for number in range(50)})

    assert refusal(set_tag(mlflow_api, experiment, "mlflow.customView.50")) == INVALID
    ok(set_tag(mlflow_api, experiment, "mlflow.customView.7", "changed"))
    ok(set_tag(mlflow_api, experiment, "mlflow.custom", "another kind"))
