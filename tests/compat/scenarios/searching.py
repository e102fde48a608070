"""search_runs and search_experiments, in pages and in order."""

import math
import uuid

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from refusal import refused

client = MlflowClient()


def runs_come_as_a_table():
    with mlflow.start_run(run_name="the run") as active:
        mlflow.log_params({"lr": 0.1, "a/b": "x"})
        mlflow.log_metrics({"loss": 0.25, "bad": math.nan})
        mlflow.set_tag("team", "vision")

    table = mlflow.search_runs()
    row = table.iloc[0]
    assert len(table) == 1 and row["run_id"] == active.info.run_id and row["status"] == "FINISHED"
    assert (row["params.lr"], row["params.a/b"], row["metrics.loss"], row["tags.team"]) == ("0.1", "x", 0.25, "vision")
    assert math.isnan(row["metrics.bad"])
    assert row["start_time"].year >= 2024 and row["tags.mlflow.runName"] == "the run"


def runs_come_as_a_list_in_order():
    for number in range(6):
        with mlflow.start_run(run_name=f"run {number}"):
            mlflow.log_param("kind", "odd" if number % 2 else "even")
            mlflow.log_metric("score", (number - 2) ** 2)

    def names(filter_string="", **options):
        runs = mlflow.search_runs(filter_string=filter_string, output_format="list", **options)
        return [run.info.run_name.removeprefix("run ") for run in runs]

    assert names() == list("543210")
    assert names(order_by=["start_time ASC"], max_results=2) == list("01")
    assert names("params.kind = 'odd'", order_by=["metrics.score DESC"]) == list("531")
    condition = "metrics.score <= 1 and attributes.status = 'FINISHED'"
    assert names(condition, order_by=["attributes.start_time"]) == list("123")
    assert names("params.kind != 'odd' AND run_name LIKE '%4'") == list("4")
    assert names("tags.nobody = 'x'") == []


def runs_come_in_pages():
    for number in range(7):
        mlflow.start_run(run_name=str(number))
        mlflow.end_run()
    experiment = mlflow.get_experiment_by_name(_name_of_experiment()).experiment_id

    pages, token = [], None
    while True:
        page = client.search_runs([experiment], max_results=3, order_by=["start_time ASC"], page_token=token)
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break

    assert pages == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def deleted_runs_are_found_when_asked_for():
    with mlflow.start_run() as kept:
        pass
    with mlflow.start_run() as gone:
        pass
    client.delete_run(gone.info.run_id)

    def found(view):
        return {run.info.run_id for run in mlflow.search_runs(run_view_type=view, output_format="list")}

    assert found(ViewType.ACTIVE_ONLY) == {kept.info.run_id}
    assert found(ViewType.DELETED_ONLY) == {gone.info.run_id}
    assert found(ViewType.ALL) == {kept.info.run_id, gone.info.run_id}


def runs_of_all_experiments_are_searched():
    mark = uuid.uuid4().hex
    with mlflow.start_run(tags={"mark": mark}) as here:
        pass
    other = mlflow.create_experiment(f"another {mark}")
    with mlflow.start_run(experiment_id=other, tags={"mark": mark}) as there:
        pass

    condition = f"tags.mark = '{mark}'"
    everywhere = mlflow.search_runs(search_all_experiments=True, filter_string=condition)
    by_name = mlflow.search_runs(experiment_names=[f"another {mark}"], filter_string=condition)
    assert set(everywhere["run_id"]) == {here.info.run_id, there.info.run_id}
    assert list(by_name["run_id"]) == [there.info.run_id]


def bad_filter_is_told():
    for condition in ("metrics.loss = 'text'", "params.lr > ", "nothing.at = 'all'", "attributes.status ~ 'x'"):
        with refused("INVALID_PARAMETER_VALUE"):
            mlflow.search_runs(filter_string=condition)


def experiments_are_searched():
    mark = uuid.uuid4().hex[:12]
    ids = [mlflow.create_experiment(f"{mark} {name}", tags={"team": name[0]}) for name in ("one", "two", "three")]
    client.delete_experiment(ids[1])

    def names(condition="", **options):
        found = mlflow.search_experiments(filter_string=f"name LIKE '{mark}%'{condition}", **options)
        return [experiment.name.split()[1] for experiment in found]

    assert names(order_by=["name ASC"]) == ["one", "three"]
    assert names() == ["three", "one"]
    assert names(" AND tags.team = 't'") == ["three"]
    assert names(view_type=ViewType.DELETED_ONLY) == ["two"]
    assert names(view_type=ViewType.ALL, order_by=["name DESC"]) == ["two", "three", "one"]
    assert names(view_type=ViewType.ALL, order_by=["creation_time DESC"], max_results=2) == ["three", "two"]


def _name_of_experiment() -> str:
    with mlflow.start_run(run_name="look-up") as active:
        pass
    client.delete_run(active.info.run_id)
    return client.get_experiment(active.info.experiment_id).name
