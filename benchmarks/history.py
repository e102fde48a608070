"""How fast a tracking server takes a long history of one metric, and gives it back.

    .venv/bin/python -m benchmarks.history URL [--points 100000]
    .venv/bin/python -m benchmarks.history --compare trackui=URL mlflow=URL
    .venv/bin/python -m benchmarks.history URL --run ID

One connection writes batches of 1,000 points and reads pages of 25,000. With `--run` nothing is written: the metric
`--key` of that run is read (`benchmarks.fill_points` makes runs of 10,000,000 points). The CSV of our own chart page
is the whole history as one stream. `growth MiB`: how much more memory the server had at most than before the reading.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator

from benchmarks.client import API, Refused, Tracking, now
from benchmarks.command import Measured, parser_of, run
from benchmarks.memory import server_memory
from benchmarks.seeded import noise

BATCH = 1_000
PAGE = 25_000


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    run_id = options.run
    if not run_id:
        run_id = server.new_run(server.new_experiment("history"))
        yield timed("write", server, lambda: write(server, run_id, options.key, options.points))
    yield timed("read in pages", server, lambda: read_pages(server, run_id, options.key))
    yield timed("read as one stream", server, lambda: read_stream(server, run_id, options.key))


def timed(name: str, server: Tracking, work: Callable[[], int]) -> Measured:
    """`work` answers how many points it dealt with."""
    with Watch(server.port) as memory:
        began = time.perf_counter()
        try:
            points = work()
        except Refused as error:
            return Measured(name, dict.fromkeys(("points", "s", "points/s", "growth MiB"), error.word))
        seconds = time.perf_counter() - began
    return Measured(
        name,
        {"points": points, "s": seconds, "points/s": points / seconds, "growth MiB": memory.growth / 2**20},
    )


class Watch:
    """Looks at the server's memory twice a second for as long as the block lasts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.before = self.most = server_memory(port)
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self.is_over.wait(0.5):
            self.most = max(self.most, server_memory(self.port))

    def __enter__(self) -> "Watch":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.thread.join()
        self.most = max(self.most, server_memory(self.port))

    @property
    def growth(self) -> int:
        return self.most - self.before


def write(server: Tracking, run_id: str, key: str, points: int) -> int:
    values = noise(1)
    began = now()
    for first in range(0, points, BATCH):
        metrics = [
            {"key": key, "value": 1 / (step + 1) + 0.1 * next(values), "timestamp": began + step, "step": step}
            for step in range(first, min(first + BATCH, points))
        ]
        server.post("runs/log-batch", run_id=run_id, metrics=metrics)
    return points


def read_pages(server: Tracking, run_id: str, key: str) -> int:
    query = {"run_id": run_id, "metric_key": key, "max_results": PAGE}
    points = 0
    while True:
        page = json.loads(server.get(f"{API}metrics/get-history", query))
        points += len(page.get("metrics", []))
        if not page.get("next_page_token"):
            return points
        query["page_token"] = page["next_page_token"]


def read_stream(server: Tracking, run_id: str, key: str) -> int:
    lines = sum(piece.count(b"\n") for piece in server.pieces(f"/runs/{run_id}/charts/{key}.csv"))
    return lines - 1


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--run", help="read the history of this one, and write none")
    parser.add_argument("--key", default="loss")
    run("History of one metric", measure, parser)


if __name__ == "__main__":
    main()
