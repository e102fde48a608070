"""MLflow's own scoring server, of a model that it fetches from ours by its stage."""

import json
import subprocess
import urllib.request

import pytest

from tests.servers import REPOSITORY, ServerProcess, free_port, mlflow_environ

REGISTER = """
import mlflow
from mlflow import MlflowClient

class Doubled(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * 2

mlflow.set_experiment("models serve")
with mlflow.start_run():
    mlflow.pyfunc.log_model(name="model", python_model=Doubled(), pip_requirements=[], registered_model_name="doubled")
MlflowClient().transition_model_version_stage("doubled", 1, "Production")
"""


@pytest.fixture
def scoring_server(server, tmp_path):
    python = REPOSITORY / ".venv-mlflow3" / "bin" / "python"
    environ = mlflow_environ(MLFLOW_TRACKING_URI=server.url, GIT_PYTHON_REFRESH="quiet")
    # The server starts its own by the name of its interpreter.
    environ["PATH"] = f"{python.parent}:{environ['PATH']}"
    subprocess.run([python, "-c", REGISTER], env=environ, check=True, timeout=120)
    port = free_port()
    command = [python, "-m", "mlflow", "models", "serve", "--model-uri=models:/doubled/Production"]
    command += ["--env-manager=local", "--host=127.0.0.1", f"--port={port}"]
    started = ServerProcess(command, port=port, log=tmp_path / "serve.log", environ=environ)
    yield started
    started.kill()


def test_mlflow_serves_the_version_in_production(scoring_server):
    request = urllib.request.Request(
        f"{scoring_server.url}/invocations",
        json.dumps({"inputs": [[1.5, 2.0]]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response) == {"predictions": [[3.0, 4.0]]}
