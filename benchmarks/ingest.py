"""How fast a tracking server takes what training scripts log.

    .venv/bin/python -m benchmarks.ingest URL [--clients 4] [--seconds 10]
    .venv/bin/python -m benchmarks.ingest --compare trackui=URL mlflow=URL

`empty` asks for /health, which is what a request costs that does nothing; `metric` logs one point a request, `batch`
1,000 points of ten metrics, `run` a run of 45 values in three requests. Memory is that of all the server's processes.
"""

import argparse
import itertools
from collections.abc import Callable, Iterator

from benchmarks.client import Tracking, now
from benchmarks.command import Measured, parser_of, run
from benchmarks.load import Load, Workload, load, percentile
from benchmarks.memory import server_memory
from benchmarks.seeded import Shape, noise, seeded_run

BATCH = 1000
KEYS = 10
RUN = Shape(metrics=20, params=20, tags=5)


def empty(server: Tracking, experiment_id: str, number: int) -> Callable[[], None]:
    return lambda: server.get("/health")


def metric(server: Tracking, experiment_id: str, number: int) -> Callable[[], None]:
    run_id = server.new_run(experiment_id)
    steps = itertools.count()

    def log() -> None:
        step = next(steps)
        server.post("runs/log-metric", run_id=run_id, key="loss", value=1 / (step + 1), timestamp=now(), step=step)

    return log


def batch(server: Tracking, experiment_id: str, number: int) -> Callable[[], None]:
    run_id = server.new_run(experiment_id)
    values = noise(number)
    first_steps = itertools.count(step=BATCH // KEYS)

    def log() -> None:
        first, time = next(first_steps), now()
        metrics = [
            {"key": f"metric {i % KEYS}", "value": next(values), "timestamp": time, "step": first + i // KEYS}
            for i in range(BATCH)
        ]
        server.post("runs/log-batch", run_id=run_id, metrics=metrics)

    return log


def whole_run(server: Tracking, experiment_id: str, number: int) -> Callable[[], None]:
    numbers = itertools.count(number << 24)
    return lambda: server.log_run(experiment_id, seeded_run(next(numbers), seed=1, shape=RUN))


# What is done, and how many of what count one of it is.
WORKLOADS: dict[str, tuple[Workload, str, int]] = {
    "empty": (empty, "requests", 1),
    "metric": (metric, "points", 1),
    "batch": (batch, "points", BATCH),
    "run": (whole_run, "runs", 1),
}


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    for name in options.workloads:
        workload, unit, size = WORKLOADS[name]
        done = load(workload, server.url, server.new_experiment(name), clients=options.clients, seconds=options.seconds)
        yield Measured(f"{name} ({unit})", figures(done, size) | {"memory MiB": server_memory(server.port) / 2**20})


def figures(done: Load, size: int) -> dict[str, float]:
    return {
        "per s": done.per_second * size,
        "p50 ms": 1000 * percentile(done.latencies, 0.5),
        "p99 ms": 1000 * percentile(done.latencies, 0.99),
        "errors": len(done.errors),
    }


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10, help="of each workload")
    run("Ingest", measure, parser)


if __name__ == "__main__":
    main()
