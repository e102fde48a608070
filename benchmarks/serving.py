"""Predictions a second of servers of one model that speak MLflow's scoring protocol.

    .venv/bin/python manage.py serve_model models:/NAME/1 --port 7000
    mlflow models serve -m models:/NAME/1 --env-manager local --port 7001
    .venv/bin/python -m benchmarks.serving --compare trackui=http://127.0.0.1:7000 mlflow=http://127.0.0.1:7001 \\
        --input serving_input_example.json

`--input`: the body of a request, such as the serving_input_example.json in the folder of a model that was saved with an
example. Each client keeps its connection, and asks again as soon as it is answered. Before each measurement every
client asks for a second, unmeasured. Give the servers as many scoring processes each: `--workers` in both commands.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.client import Tracking
from benchmarks.command import Measured, parser_of, run
from benchmarks.ingest import figures
from benchmarks.load import load

WARM_UP_SECONDS = 1.0


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    body = options.input.read_bytes()

    def invocation(server: Tracking, experiment_id: str, number: int):
        return lambda: server.send("POST", "/invocations", body)

    for clients in options.clients:
        for round_ in range(options.rounds):
            load(invocation, server.url, "", clients=clients, seconds=WARM_UP_SECONDS)
            done = load(invocation, server.url, "", clients=clients, seconds=options.seconds)
            if done.errors:
                raise SystemExit(f"{server.url}: {len(done.errors)} errors, the first: {done.errors[0]}")
            name = f"{clients} client{'s' if clients > 1 else ''}"
            yield Measured(f"{name}, round {round_ + 1}" if options.rounds > 1 else name, figures(done, 1))


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--input", type=Path, required=True, help="file with the body of a request, JSON")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=1, help="of each number of clients, servers in turn")
    run("Predictions, one request at a time of each client", measure, parser)


if __name__ == "__main__":
    main()
