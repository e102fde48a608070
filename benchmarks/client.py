"""A keep-alive connection to any server that speaks the MLflow protocol.

Standard library only: the client then costs the same whatever server is measured.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.seeded import SeededRun

API = "/api/2.0/mlflow/"
PIECE = 1 << 20


class Refused(Exception):
    """The server answered with an error: its status, and how its body begins."""

    def __init__(self, status: int, request: str, answer: bytes) -> None:
        super().__init__(f"{request[:80]}: {status} {answer[:200]!r}")
        self.status = status

    @property
    def word(self) -> str:
        """What a table says instead of a figure."""
        return {400: "refused", 404: "not offered"}.get(self.status, f"error {self.status}")


class Tracking:
    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.url = url
        self.port = address.port or 80
        self.connection = http.client.HTTPConnection(address.hostname, self.port, timeout=600)
        self.prefix = address.path.rstrip("/")

    def post(self, path: str, **body: Any) -> dict:
        """An endpoint of the protocol."""
        return json.loads(self.send("POST", API + path, json.dumps(body).encode()))

    def get(self, path: str, query: dict | list | None = None) -> bytes:
        """Any address of the server."""
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        response = self._ask(method, path, body)
        answer = response.read()
        if response.status != 200:
            raise Refused(response.status, f"{method} {path}", answer)
        return answer

    def pieces(self, path: str) -> Iterator[bytes]:
        """A long answer as it comes."""
        response = self._ask("GET", path, None)
        if response.status != 200:
            raise Refused(response.status, f"GET {path}", response.read())
        while piece := response.read(PIECE):
            yield piece

    def _ask(self, method: str, path: str, body: bytes | None) -> http.client.HTTPResponse:
        """Asks again when a kept connection turns out to be closed; no other failure is passed over."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        for is_last in (False, True):
            try:
                self.connection.request(method, self.prefix + path, body, headers)
                return self.connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if is_last:
                    raise
        raise AssertionError

    def new_experiment(self, name: str) -> str:
        return self.post("experiments/create", name=f"{name} {time.time_ns()}")["experiment_id"]

    def new_run(self, experiment_id: str, **fields: Any) -> str:
        run = self.post("runs/create", experiment_id=experiment_id, **{"start_time": now(), **fields})["run"]
        return run["info"]["run_id"]

    def log_run(self, experiment_id: str, run: SeededRun) -> None:
        """In three requests."""
        run_id = self.new_run(
            experiment_id, start_time=run.start_time, run_name=run.name, tags=pairs({"mlflow.user": run.user})
        )
        self.post(
            "runs/log-batch",
            run_id=run_id,
            params=pairs(run.params),
            tags=pairs(run.tags),
            metrics=[
                {"key": key, "value": value, "timestamp": run.start_time, "step": 0}
                for key, value in run.metrics.items()
            ],
        )
        self.post("runs/update", run_id=run_id, status="FINISHED", end_time=run.end_time)


def pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def now() -> int:
    return time.time_ns() // 1_000_000


def seconds_of(call: Callable, *arguments: Any, **options: Any) -> float:
    began = time.perf_counter()
    call(*arguments, **options)
    return time.perf_counter() - began
