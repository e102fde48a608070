"""The MLflow clients that must work unchanged, each in an interpreter of its own."""

import ast
import json
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.servers import REPOSITORY, mlflow_environ

HERE = Path(__file__).resolve().parent
SCENARIO_SECONDS = 180


@dataclass(frozen=True)
class ClientVersion:
    major: int
    python: Path


CLIENTS = [
    ClientVersion(3, Path(sys.executable)),
    ClientVersion(2, REPOSITORY / ".venv-mlflow2" / "bin" / "python"),
]


@dataclass(frozen=True)
class Scenario:
    """A public function of a module below scenarios/. A module may say `ONLY_MLFLOW = 3`."""

    module: str
    name: str
    only_mlflow: int | None

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


def scenarios() -> list[Scenario]:
    """All of them, found without importing any: that would load MLflow into the process that collects tests."""
    found = []
    for path in sorted((HERE / "scenarios").glob("*.py")):
        body = ast.parse(path.read_text()).body
        only = _constant("ONLY_MLFLOW", body)
        names = [node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
        found += [Scenario(path.stem, name, only) for name in names]
    return found


def _constant(name: str, body: list[ast.stmt]) -> int | None:
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return None


class ClientProcess:
    """A running interpreter with one version of the client, which logs to `url`. Imports are paid for once.

    `receiver`: the origin that the server may send webhooks to; the process may listen there.
    """

    def __init__(self, client: ClientVersion, url: str, *, log: Path, receiver: str = "") -> None:
        self.log = log
        environ = mlflow_environ(
            MLFLOW_TRACKING_URI=url,
            WEBHOOK_RECEIVER=receiver,
            MLFLOW_HTTP_REQUEST_MAX_RETRIES="3",  # a server's error is to fail a test, not to be waited out
            MLFLOW_HTTP_REQUEST_TIMEOUT="30",
            MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT="30",
            GIT_PYTHON_REFRESH="quiet",
            MPLBACKEND="agg",
        )
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [client.python, HERE / "runner.py"],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._collect_answers, daemon=True).start()

    def _collect_answers(self) -> None:
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(json.dumps("The client's process ended."))

    def failure_of(self, scenario: Scenario) -> str | None:
        """Run the scenario; what went wrong and what the client wrote meanwhile, or None."""
        said_before = self.log.stat().st_size
        self.process.stdin.write(json.dumps({"module": scenario.module, "name": scenario.name}) + "\n")
        self.process.stdin.flush()
        try:
            failure = json.loads(self.answers.get(timeout=SCENARIO_SECONDS))
        except queue.Empty:
            self.stop()
            failure = f"No answer within {SCENARIO_SECONDS} s."
        if failure is None:
            return None
        return f"{failure}\n{self.log.read_bytes()[said_before:].decode(errors='replace')}"

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
