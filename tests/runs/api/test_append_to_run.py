from runs.models import MetricPoint
from tests.runs.api.helpers import record, refused


def test_points_params_and_tags_are_added(api):
    run_id = record(api, status="RUNNING", metrics={"loss": [[0, 1.0]]})

    response = api.post(
        f"runs/{run_id}/append/",
        {"step": 7, "timestamp": 1000, "metrics": {"loss": 0.5}, "params": {"lr": 0.1}, "tags": {"a": "b"}},
    )

    assert response.status_code == 204
    run = api.get(f"runs/{run_id}/").json()
    assert (run["metrics"]["loss"]["step"], run["metrics"]["loss"]["count"]) == (7, 2)
    assert run["metrics"]["loss"]["timestamp"] == 1000
    assert run["params"] == {"lr": "0.1"}
    assert run["tags"]["a"] == "b"


def test_a_repeated_request_counts_once(api):
    run_id = record(api, status="RUNNING")
    body = {"metrics": {"loss": [[0, 1, 1000], [1, 0.5, 2000]]}, "params": {"lr": 1}}

    api.post(f"runs/{run_id}/append/", body)
    api.post(f"runs/{run_id}/append/", body)

    assert MetricPoint.objects.count() == 2


def test_another_value_of_a_param_refuses_all_of_it(api):
    run_id = record(api, params={"lr": 0.1})

    response = api.post(f"runs/{run_id}/append/", {"params": {"lr": 0.2}, "metrics": {"loss": 1}})

    assert "Changing param values is not allowed" in refused(response, 400, "INVALID_PARAMETER_VALUE")
    assert not MetricPoint.objects.exists()


def test_a_deleted_run_takes_nothing(api):
    run_id = record(api)
    api.delete(f"runs/{run_id}/")

    refused(api.post(f"runs/{run_id}/append/", {"metrics": {"loss": 1}}), 400, "INVALID_PARAMETER_VALUE")


def test_an_unknown_run_is_told(api):
    refused(api.post("runs/" + "0" * 32 + "/append/", {"metrics": {"loss": 1}}), 404, "RESOURCE_DOES_NOT_EXIST")


def test_a_misspelt_field_is_told(api):
    response = api.post(f"runs/{record(api)}/append/", {"metric": {"loss": 1}})

    assert "Did you mean 'metrics'?" in refused(response, 400, "INVALID_PARAMETER_VALUE")
