"""Whether a tracking server keeps its speed, latency and memory while points pour in.

    .venv/bin/python -m benchmarks.sustained URL [--seconds 600] [--every 60]
    .venv/bin/python -m benchmarks.sustained --compare trackui=URL mlflow=URL

Clients log batches of 1,000 points all the time; a line of the table is a minute of it. Servers that are compared
are measured one after the other.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from benchmarks.client import Tracking
from benchmarks.command import Measured, parser_of, run
from benchmarks.ingest import BATCH, batch
from benchmarks.load import Load, load, percentile
from benchmarks.memory import server_memory


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    memory: list[float] = []

    def watch(seconds: float) -> None:
        began = time.monotonic()
        while len(memory) * options.every < seconds:
            time.sleep(max(0.0, began + (len(memory) + 1) * options.every - time.monotonic()))
            memory.append(server_memory(server.port) / 2**20)
            print(f"{len(memory) * options.every:,.0f} s: {memory[-1]:,.0f} MiB", file=sys.stderr)

    experiment_id = server.new_experiment("sustained")
    done = load(batch, server.url, experiment_id, clients=options.clients, seconds=options.seconds, meanwhile=watch)
    for number, mebibytes in enumerate(memory):
        yield Measured(
            f"{number * options.every:,.0f} s",
            piece(done, number * options.every, (number + 1) * options.every) | {"memory MiB": mebibytes},
        )
    yield Measured("all", piece(done, 0, done.seconds) | {"memory MiB": max(memory), "errors": len(done.errors)})


def piece(done: Load, first: float, last: float) -> dict[str, float]:
    """Of the answers that came in these seconds after the beginning."""
    answers = [answer for client in done.clients for answer in client.answers]
    latencies = [seconds for at, seconds in answers if first <= at - done.began <= last]
    return {
        "points/s": BATCH * len(latencies) / (last - first),
        "p50 ms": 1000 * percentile(latencies, 0.5),
        "p99 ms": 1000 * percentile(latencies, 0.99),
    }


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--every", type=float, default=60, help="seconds of a line")
    run("Sustained ingest, batches of 1,000 points", measure, parser)


if __name__ == "__main__":
    main()
