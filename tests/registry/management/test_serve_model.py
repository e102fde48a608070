"""A model served by real processes."""

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.request
from importlib.metadata import version
from urllib.parse import urlsplit

import pytest

from registry.models import ModelServer
from registry.serving import tryout
from tests.processes import children, is_running, wait_for
from tests.registry.serving.tiny_models import Registry, run_command, serve_model, write_model
from tests.servers import mlflow_environ
from tests.wheels import make_wheel

NAME = "doubler % ü"

LOG_TREE = """
import json, mlflow, mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

X, y = load_iris(return_X_y=True, as_frame=True)
tree = DecisionTreeClassifier(max_depth=3, random_state=1).fit(X, y)
mlflow.set_experiment("serving")
with mlflow.start_run():
    mlflow.sklearn.log_model(
        tree,
        name="model",
        signature=infer_signature(X, tree.predict(X)),
        serialization_format="cloudpickle",
        pip_requirements=["mlflow"],
        registered_model_name="real tree",
    )
mlflow.MlflowClient().transition_model_version_stage("real tree", 1, "Production")
rows = X[::10]
print()
asked = {"dataframe_split": rows.to_dict(orient="split")}
print(json.dumps({"input": asked, "predictions": tree.predict(rows).tolist()}))
"""


class Client:
    """Keeps its connection."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def ask(self, **columns: float) -> tuple[int, object, str]:
        """Status, predictions, and the version that made them."""
        body = json.dumps({"dataframe_records": [columns]})
        self.connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        content = json.loads(response.read())
        return response.status, content.get("predictions"), response.headers.get("X-Model-Version")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(each for child in children(pid) for each in family(child))]


def model_servers(server):
    """Rows of the server's database, the newest first."""
    with contextlib.closing(sqlite3.connect(server.data / "trackui.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        return database.execute("SELECT * FROM registry_modelserver ORDER BY id DESC").fetchall()


@pytest.fixture(scope="module")
def registry(server):
    return Registry(server.url)


@pytest.fixture(scope="module")
def versions(registry, tmp_path_factory):
    """Four that multiply by their number, and a fifth that cannot be loaded."""
    registry.post("registered-models/create", name=NAME)
    folder = tmp_path_factory.mktemp("models")
    answers = [1, 2, 3, 4, "no number"]
    return [registry.register(NAME, write_model(folder / str(answer), answer)) for answer in answers]


@pytest.fixture
def serve(server):
    started = []

    def serve(model, *arguments, **options):
        served = serve_model(model, *arguments, data=server.data, **options)
        started.append(served)
        wait_for(lambda: "Serving " in served.log.read_text())  # by then its row is written
        return served

    yield serve
    for each in started:
        each.stop() if each.process.poll() is None else each.kill()


def test_swaps_under_load_lose_nothing_and_all_is_written_down(serve, server, registry, versions):
    registry.point(NAME, "champion", versions[0])
    served = serve(f"models:/{NAME}@champion", "--watch=0.2", "--workers=2")
    is_over = threading.Event()
    seen: list[list] = [[] for _ in range(4)]

    def hammer(answers: list) -> None:
        client = Client(served.url)
        while not is_over.is_set():
            answers.append(client.ask(x=10.0))

    hammering = [threading.Thread(target=hammer, args=[answers]) for answers in seen]
    for thread in hammering:
        thread.start()
    client = Client(served.url)
    for number in versions[1:4]:
        registry.point(NAME, "champion", number)
        wait_for(lambda number=number: client.ask(x=1.0)[2] == number)

    # One that cannot be loaded is told of, and changes nothing.
    registry.point(NAME, "champion", versions[4])
    wait_for(lambda: "invalid literal for int()" in served.log.read_text())
    time.sleep(0.3)
    is_over.set()
    for thread in hammering:
        thread.join()

    for answers in seen:
        assert {status for status, _, _ in answers} == {200}
        assert all(predictions == [10.0 * int(version)] for _, predictions, version in answers)
        order = [int(version) for _, _, version in answers]
        assert order == sorted(order) and {1, 2, 3, 4} <= set(order)
    assert f"models:/{NAME}/4 serves on" in served.log.read_text()

    row = model_servers(server)[0]
    assert row["uri"] == f"models:/{NAME}@champion" and row["address"] == served.url and row["end_time"] is None
    processes = family(served.process.pid)
    assert served.stop() == 0
    assert not any(map(is_running, processes))
    assert model_servers(server)[0]["end_time"]
    run = json.loads(registry.send("GET", f"/api/2.0/mlflow/runs/get?run_id={row['run_id']}"))["run"]
    tags = {tag["key"]: tag["value"] for tag in run["data"]["tags"]}
    metrics = {metric["key"]: metric["value"] for metric in run["data"]["metrics"]}
    assert run["info"]["status"] == "FINISHED"
    assert tags["trackui.serving.model"] == NAME and tags["trackui.serving.version"] == "4"
    assert metrics["model_version"] == 4 and metrics["errors/5xx"] == 0
    assert metrics["requests/per_second"] > 0 and 0 < metrics["latency_ms/p50"] <= metrics["latency_ms/p99"]
    assert metrics["inputs/x/max"] == 10 and metrics["inputs/x/missing"] == 0


def test_a_scorer_that_dies_is_started_again_and_children_end_with_their_parent(serve, server, tmp_path):
    served = serve(write_model(tmp_path / "model", 3), "--no-metrics")
    client = Client(served.url)

    assert client.ask(x=2.0) == (200, [6.0], None)
    assert client.ask(x=-1.0)[0] == 503
    wait_for(lambda: client.ask(x=2.0)[0] == 200)
    assert model_servers(server)[0]["run_id"] == ""

    # A request that has begun is finished; and nothing outlives the parent.
    processes = family(served.process.pid)
    slow = threading.Thread(target=lambda: seen.append(Client(served.url).ask(x=1.0, seconds=1.0)))
    seen = []
    slow.start()
    time.sleep(0.4)
    os.kill(served.process.pid, signal.SIGTERM)
    slow.join()
    assert seen == [(200, [3.0], None)]
    assert served.process.wait(20) == 0
    assert not any(map(is_running, processes))

    served = serve(tmp_path / "model", "--no-metrics")
    processes = family(served.process.pid)
    os.kill(served.process.pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_running, processes[1:])))


def test_a_real_model_in_an_environment_of_its_own(serve, server, registry, tmp_path):
    """Logged and registered by the real client; its one requirement brings the packages of these tests."""
    release = version("mlflow-skinny")
    packages = sysconfig.get_path("purelib")
    wheels = make_wheel(tmp_path / "wheels", name="mlflow", version=release, path=packages).parent
    environ = mlflow_environ(MLFLOW_TRACKING_URI=server.url)
    logged = subprocess.run([sys.executable, "-c", LOG_TREE], env=environ, capture_output=True, text=True, timeout=120)
    assert logged.returncode == 0, logged.stderr
    said = json.loads(logged.stdout.splitlines()[-1])

    served = serve(
        "models:/real tree/Production", env_manager="virtualenv", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels)
    )

    assert "Building an environment" in served.log.read_text()
    body = json.dumps(said["input"]).encode()
    request = urllib.request.Request(f"{served.url}/invocations", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response) == {"predictions": said["predictions"]}
        assert response.headers["X-Model-Uri"] == "models:/real tree/1"
        assert response.headers["X-Model-Name"] == "real tree" and response.headers["X-Model-Version"] == "1"
    row = model_servers(server)[0]
    socket_path = row["socket_path"]
    assert tryout.ask(ModelServer(socket_path=socket_path), body, "application/json")[0] == 200
    assert oct(os.stat(os.path.dirname(socket_path)).st_mode)[-3:] == "700"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["models:/absent/1"], "Registered Model with name=absent not found"),
        (["models:/M/1; touch f"], "Invalid Model Version stage: 1; touch f"),
        (["nowhere"], "There is no model 'nowhere'"),
        (["nowhere", "--watch"], "--watch needs an alias"),
        (["nowhere", "--host=0.0.0.0"], "is open to other machines"),
        (["nowhere", "--host=192.0.2.1", "--insecure-no-auth"], "192.0.2.1:7000 cannot be used"),
    ],
)
def test_what_cannot_be_served_is_told_in_a_line(server, arguments, message):
    done = run_command("serve_model", *arguments, data=server.data)

    assert done.returncode == 1
    assert message in done.stderr and "Traceback" not in done.stderr


def test_a_loader_that_nobody_allowed_is_not_imported(server, tmp_path):
    done = run_command("serve_model", write_model(tmp_path / "model"), "--env-manager=local", data=server.data)

    assert done.returncode == 1
    assert "the loader module 'tiny_loader' is not one of MLflow's" in done.stderr
