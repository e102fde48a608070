"""A keep-alive connection to any server that speaks the MLflow protocol, and the figures of what it answered.

Standard library only: the client then costs the same whatever server is measured.
"""

import http.client
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

API = "/api/2.0/mlflow/"
JSON = {"Content-Type": "application/json"}


class Tracking:
    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=600)
        self.prefix = address.path.rstrip("/") + API

    def post(self, path: str, **body) -> dict:
        """Asks again when a kept connection turns out to be closed; no other failure is passed over."""
        for last in (False, True):
            try:
                self.connection.request("POST", self.prefix + path, json.dumps(body), JSON)
                response = self.connection.getresponse()
                answer = response.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if last:
                    raise
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status} {answer[:300]!r}")
        return json.loads(answer)

    def new_experiment(self, name: str) -> str:
        return self.post("experiments/create", name=f"{name} {time.time_ns()}")["experiment_id"]

    def new_run(self, experiment_id: str) -> str:
        run = self.post("runs/create", experiment_id=experiment_id, start_time=now())["run"]
        return run["info"]["run_id"]


def now() -> int:
    return time.time_ns() // 1_000_000


def timed(call: Callable, *arguments, **options) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    call(*arguments, **options)
    return time.perf_counter() - began


def in_parallel(work: Callable[..., list[float]], clients: int, *arguments) -> tuple[float, list[float]]:
    """Run `work(number, *arguments)` in a process each: seconds in all, and of every request."""
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        pool.starmap(time.sleep, [(0.1,)] * clients)  # all are up before the clock starts
        began = time.perf_counter()
        latencies = pool.starmap(work, [(number, *arguments) for number in range(clients)])
    return time.perf_counter() - began, [latency for each in latencies for latency in each]


def report(workload: str, latencies: list[float], **figures) -> None:
    """One line of JSON; latencies in milliseconds."""
    ordered = sorted(latencies)
    line = {
        "workload": workload,
        **figures,
        "requests": len(ordered),
        "p50_ms": round(1000 * statistics.median(ordered), 2),
        "p95_ms": round(1000 * ordered[int(len(ordered) * 0.95)], 2),
        "max_ms": round(1000 * ordered[-1], 2),
    }
    print(json.dumps(line), flush=True)
