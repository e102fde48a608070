"""Models of a few lines, with a loader of their own, and commands that serve them as real processes."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.servers import REPOSITORY, ServerProcess, free_port

LOADER = """
import os, time
from pathlib import Path

class Model:
    def __init__(self, path):
        self.answer = int(Path(path).read_text())

    def predict(self, data):
        if "seconds" in data:
            time.sleep(float(data["seconds"].max()))
        if (data["x"] == -1).any():
            os._exit(1)  # as a crash in a library would
        return (data["x"] * self.answer).to_numpy()

def _load_pyfunc(path):
    return Model(path)
"""
INPUTS = [{"type": "double", "name": "x", "required": True}, {"type": "double", "name": "seconds", "required": False}]


def write_model(folder: Path, answer: object = 1) -> Path:
    """A model that multiplies x by `answer`; one that is no number it cannot load."""
    content = {
        "flavors": {
            "python_function": {
                "loader_module": "tiny_loader",
                "code": "code",
                "data": "answer.txt",
                "env": {"virtualenv": "python_env.yaml"},
            }
        },
        "mlflow_version": "3.17.2",
        "signature": {"inputs": json.dumps(INPUTS), "outputs": None, "params": None},
    }
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text(json.dumps(content))  # JSON is YAML
    (folder / "answer.txt").write_text(str(answer))
    (folder / "code" / "tiny_loader.py").write_text(LOADER)
    (folder / "requirements.txt").write_text("tinydep==1.0\n")
    (folder / "python_env.yaml").write_text(f"python: {sys.version_info.major}.{sys.version_info.minor}\n")
    return folder


class Registry:
    """The registry of a running server, by its protocol."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, **body: object) -> dict:
        return json.loads(self.send("POST", f"/api/2.0/mlflow/{path}", json.dumps(body).encode()))

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read()

    def register(self, name: str, folder: Path, *, experiment_id: str = "0") -> str:
        """Upload a folder as artifacts of a new run, and make it the next version of a model; answers its number."""
        run = self.post("runs/create", experiment_id=experiment_id)["run"]["info"]
        place = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        for file in filter(Path.is_file, folder.rglob("*")):
            path = f"{place}/model/{file.relative_to(folder)}"
            self.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", file.read_bytes())
        source = f"{run['artifact_uri']}/model"
        version = self.post("model-versions/create", name=name, source=source, run_id=run["run_id"])
        return version["model_version"]["version"]

    def point(self, name: str, alias: str, version: str) -> None:
        self.post("registered-models/alias", name=name, alias=alias, version=version)


def command_environ(data: Path, **environ: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TRACKUI_", "MLFLOW_"))}
    return {**inherited, "TRACKUI_DATA": str(data), **environ}


def run_command(*arguments: object, data: Path, **environ: str) -> subprocess.CompletedProcess:
    """`manage.py` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=REPOSITORY,
        env=command_environ(data, **environ),
        capture_output=True,
        text=True,
        timeout=120,
    )


def serve_model(model: object, *arguments: str, data: Path, env_manager: str = "local", **environ: str):
    """`manage.py serve_model`, answering."""
    port = free_port()
    command = [sys.executable, "manage.py", "serve_model", str(model), f"--port={port}", "--allow-loader=tiny_loader"]
    return ServerProcess(
        [*command, f"--env-manager={env_manager}", *arguments],
        port=port,
        log=data.parent / f"serve-{port}.log",
        environ=command_environ(data, **environ),
    )
