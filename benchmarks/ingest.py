"""How fast a tracking server takes what training scripts log.

    python benchmarks/ingest.py URL [--clients 4] [--requests 500]

Prints a line of JSON for each: single metrics, batches of 1,000 points, whole runs of 45 values.
"""

import argparse
import random

from client import Tracking, in_parallel, now, report, timed

BATCH = 1000


def log_metrics(number: int, url: str, experiment_id: str, requests: int) -> list[float]:
    server = Tracking(url)
    run_id = server.new_run(experiment_id)
    return [
        timed(
            server.post, "runs/log-metric", run_id=run_id, key="loss", value=1 / (step + 1), timestamp=now(), step=step
        )
        for step in range(requests)
    ]


def log_batches(number: int, url: str, experiment_id: str, requests: int) -> list[float]:
    server = Tracking(url)
    run_id = server.new_run(experiment_id)
    numbers = random.Random(number)
    latencies = []
    for request in range(requests):
        metrics = [
            {"key": f"metric {i % 10}", "value": numbers.random(), "timestamp": now(), "step": request * 100 + i // 10}
            for i in range(BATCH)
        ]
        latencies.append(timed(server.post, "runs/log-batch", run_id=run_id, metrics=metrics))
    return latencies


def log_runs(number: int, url: str, experiment_id: str, requests: int) -> list[float]:
    server = Tracking(url)
    numbers = random.Random(number)
    return [timed(log_run, server, experiment_id, numbers) for _ in range(requests)]


def log_run(server: Tracking, experiment_id: str, numbers: random.Random) -> None:
    run_id = server.new_run(experiment_id)
    server.post(
        "runs/log-batch",
        run_id=run_id,
        params=[{"key": f"param {i}", "value": str(numbers.randrange(10))} for i in range(20)],
        metrics=[{"key": f"metric {i}", "value": numbers.random(), "timestamp": now(), "step": 0} for i in range(20)],
        tags=[{"key": f"tag {i}", "value": "value"} for i in range(5)],
    )
    server.post("runs/update", run_id=run_id, status="FINISHED", end_time=now())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--requests", type=int, default=500, help="metrics a client; a tenth of it batches and runs")
    options = parser.parse_args()

    for name, work, requests, values in (
        ("metric", log_metrics, options.requests, 1),
        ("batch", log_batches, options.requests // 10, BATCH),
        ("run", log_runs, options.requests // 10, 45),
    ):
        experiment_id = Tracking(options.url).new_experiment(name)
        seconds, latencies = in_parallel(work, options.clients, options.url, experiment_id, requests)
        per_second = len(latencies) / seconds
        report(name, latencies, per_s=round(per_second, 1), values_per_s=round(per_second * values))


if __name__ == "__main__":
    main()
