"""How fast a tracking server finds runs among many.

    python benchmarks/search.py URL [--runs 10000] [--experiment ID] [--repeat 20]

Fills an experiment of its own unless one is named (the id is printed), then prints a line of JSON a query:
the first page of 100 runs, on one connection.
"""

import argparse
import random

from client import Tracking, in_parallel, now, report, timed

PAGE = 100
QUERIES = {
    "newest": {},
    "common metric": {"filter": "metrics.accuracy > 0.1"},
    "rare metric": {"filter": "metrics.accuracy > 0.999"},
    "no match": {"filter": "metrics.accuracy > 2"},
    "metric and param": {"filter": "metrics.accuracy > 0.8 AND params.model = 'tree'"},
    "two conditions, ordered": {
        "filter": "params.optimizer = 'adam' AND metrics.loss < 0.5",
        "order_by": ["metrics.accuracy DESC"],
    },
    "ordered by a metric": {"order_by": ["metrics.loss ASC"]},
    "ordered by a param": {"order_by": ["params.depth DESC"]},
    "text in a tag": {"filter": "tags.team LIKE '%isio%' AND attributes.status = 'FINISHED'"},
}


def fill(number: int, url: str, experiment_id: str, runs: int) -> list[float]:
    server = Tracking(url)
    numbers = random.Random(number)
    return [timed(log_run, server, experiment_id, numbers) for _ in range(runs)]


def log_run(server: Tracking, experiment_id: str, numbers: random.Random) -> None:
    accuracy = numbers.random()
    params = {
        "model": numbers.choice(["tree", "forest", "linear", "network"]),
        "optimizer": numbers.choice(["adam", "sgd", "lion"]),
        "depth": str(numbers.randint(1, 32)),
        "lr": f"{10 ** numbers.uniform(-5, -1):.6f}",
    }
    metrics = {"accuracy": accuracy, "loss": 1.2 - accuracy + numbers.gauss(0, 0.05)}
    run_id = server.new_run(experiment_id)
    server.post(
        "runs/log-batch",
        run_id=run_id,
        params=[{"key": key, "value": value} for key, value in params.items()],
        metrics=[{"key": key, "value": value, "timestamp": now(), "step": 0} for key, value in metrics.items()],
        tags=[{"key": "team", "value": numbers.choice(["vision", "language", "tables"])}],
    )
    server.post("runs/update", run_id=run_id, status="FINISHED", end_time=now())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--experiment", help="search in this one, and fill none")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4, help="that fill; one searches")
    options = parser.parse_args()

    server = Tracking(options.url)
    experiment_id = options.experiment
    if not experiment_id:
        experiment_id = server.new_experiment("search")
        each = max(1, options.runs // options.clients)
        seconds, latencies = in_parallel(fill, options.clients, options.url, experiment_id, each)
        report("fill", latencies, experiment=experiment_id, per_s=round(len(latencies) / seconds, 1))

    for name, query in QUERIES.items():
        search = {"experiment_ids": [experiment_id], "max_results": PAGE, **query}
        found = server.post("runs/search", **search).get("runs", [])
        latencies = [timed(server.post, "runs/search", **search) for _ in range(options.repeat)]
        report(name, latencies, runs=len(found))


if __name__ == "__main__":
    main()
