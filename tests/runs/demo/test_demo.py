"""make demo, as its users call it."""

import subprocess
import sys

from tests.compat.wire import Wire
from tests.servers import REPOSITORY, free_port, mlflow_environ


def run_demo(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "runs.demo", *arguments],
        cwd=REPOSITORY,
        env=mlflow_environ(),
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_demo_fills_each_experiment_of_a_running_server(start_server):
    server = start_server()

    ended = run_demo("--url", server.url, "--at-most", "1")

    assert ended.returncode == 0, ended.stderr
    assert "5/5" in ended.stderr and server.url in ended.stdout
    wire = Wire(server.url)
    experiments = wire.post("experiments/search", max_results=100, filter="name != 'Default'")["experiments"]
    assert len(experiments) == 5
    for experiment in experiments:
        runs = wire.post("runs/search", experiment_ids=[experiment["experiment_id"]])["runs"]
        assert {run["info"]["status"] for run in runs} == {"FINISHED"}, experiment["name"]
        assert all(run["data"]["metrics"] and run["data"]["params"] for run in runs), experiment["name"]
        assert any(tag["key"] == "mlflow.note.content" for tag in experiment["tags"])

    model = wire.get("registered-models/get", name="breast cancer screening")["registered_model"]
    assert model["latest_versions"][0]["current_stage"] == "Production"
    assert model["aliases"] == [{"alias": "champion", "version": "1"}]


def test_demo_says_so_when_no_server_answers():
    url = f"http://127.0.0.1:{free_port()}"

    ended = run_demo("--url", url)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"No server answers at {url}.") and "make run" in ended.stderr
    assert "Traceback" not in ended.stderr


ODD_TRAININGS = """
from runs.demo.studies.digits import STUDY, diverging_training, failing_training, unfinished_training
STUDY.begin()
diverging_training()
failing_training()
unfinished_training()
"""


def test_one_training_diverges_one_fails_and_one_goes_on(start_server):
    server = start_server()

    subprocess.run(
        [sys.executable, "-c", ODD_TRAININGS],
        cwd=REPOSITORY,
        env=mlflow_environ(MLFLOW_TRACKING_URI=server.url),
        check=True,
        timeout=300,
    )

    runs = Wire(server.url).post("runs/search", experiment_ids=["1"], order_by=["start_time ASC"])["runs"]
    assert [run["info"]["status"] for run in runs] == ["FINISHED", "FAILED", "RUNNING"]
    assert runs[0]["data"]["metrics"][0]["value"] == "NaN"
