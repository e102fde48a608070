"""Whether a tracking server stays fair and free of errors while many scripts log at once.

    .venv/bin/python -m benchmarks.many_clients URL [--clients 32] [--seconds 20]
    .venv/bin/python -m benchmarks.many_clients --compare trackui=URL mlflow=URL

Every client logs one point a request, as fast as it gets answers. `fewest` and `most`: requests of the client that
got the fewest and of the one that got the most.
"""

import argparse
from collections.abc import Iterator

from benchmarks.client import Tracking
from benchmarks.command import Measured, parser_of, run
from benchmarks.ingest import figures, metric
from benchmarks.load import load


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    for clients in options.clients:
        experiment_id = server.new_experiment("many clients")
        done = load(metric, server.url, experiment_id, clients=clients, seconds=options.seconds)
        requests = [len(client.answers) for client in done.clients]
        found = figures(done, 1)
        yield Measured(
            f"{clients} clients",
            {
                **found,
                "p99 : p50": found["p99 ms"] / found["p50 ms"],
                "fewest": min(requests),
                "most": max(requests),
            },
        )


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 32])
    parser.add_argument("--seconds", type=float, default=20, help="of each number of clients")
    run("Many clients, one point a request", measure, parser)


if __name__ == "__main__":
    main()
