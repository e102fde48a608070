"""What a journey needs to be there, logged over the protocol as a client would."""

import itertools
import json
import urllib.request

_numbers = itertools.count(1)


def call(server, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        f"{server.url}/api/2.0/mlflow/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def create_experiment(server, name: str = "journey") -> str:
    return call(server, "experiments/create", {"name": f"{name} {next(_numbers)}"})["experiment_id"]


def log_run(server, experiment_id: str, name: str, *, metrics=None, params=None, is_finished=True) -> str:
    start = 1_780_000_000_000 + 1000 * next(_numbers)
    body = {"experiment_id": experiment_id, "run_name": name, "start_time": start}
    run_id = call(server, "runs/create", body)["run"]["info"]["run_id"]
    points = [{"key": key, "value": value, "timestamp": start, "step": 0} for key, value in (metrics or {}).items()]
    values = [{"key": key, "value": value} for key, value in (params or {}).items()]
    call(server, "runs/log-batch", {"run_id": run_id, "metrics": points, "params": values})
    if is_finished:
        call(server, "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": start + 60_000})
    return run_id
