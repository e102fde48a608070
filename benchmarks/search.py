"""How fast a tracking server finds runs among many.

    .venv/bin/python -m benchmarks.search URL --experiment 1
    .venv/bin/python -m benchmarks.search --compare trackui=URL mlflow=URL --runs 10000
    .venv/bin/python -m benchmarks.search --compare 10k=URL 1m=URL --experiment 1

Searches a filled experiment (`benchmarks.fill` says its id; the same id on all servers), or logs `--runs` seeded runs
into one of its own first. Each search asks for 100 runs on one connection; its first answer is not counted. What a
server refuses or has no address for is named as such.
"""

import argparse
from collections.abc import Callable, Iterator

from benchmarks.client import Refused, Tracking, seconds_of
from benchmarks.command import Measured, parser_of, run
from benchmarks.load import in_processes, percentile
from benchmarks.seeded import Shape, seeded_runs

PAGE = 100
DEEP = 1_000  # the page that is asked for
SEARCHES = {
    "newest": {},
    "filter by a metric": {"filter": "metrics.val_accuracy > 0.95"},
    "filter by a metric and a param": {"filter": "metrics.val_accuracy > 0.8 and params.model = 'tree'"},
    "order by a metric": {"order_by": ["metrics.val_loss ASC"]},
    "filter and order": {
        "filter": "params.optimizer = 'adam' and metrics.val_loss < 0.5",
        "order_by": ["metrics.val_accuracy DESC"],
    },
    "text in a tag": {"filter": "tags.`team` LIKE '%vis%' and attributes.status = 'FINISHED'"},
    "no match": {"filter": "metrics.val_accuracy > 2"},
    "a OR b": {"filter": "params.depth = '7' OR metrics.val_loss < 0.3"},
    "order by a minimum": {"order_by": ["metrics.val_loss.min ASC"]},
    "order by a mean": {"order_by": ["metrics.val_loss.mean ASC"]},
    "order by a param as number": {"order_by": ["params.lr ASC"]},
    "order by duration": {"order_by": ["attributes.duration DESC"]},
}


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    experiment_id = options.experiment or logged_experiment(server, options.runs, options.clients)
    for name, search in SEARCHES.items():
        yield repeated(name, options.repeat, runs_of(server, experiment_id, search))
    for name, search in {"deep page": {}, "deep page, ordered": {"order_by": ["metrics.val_loss ASC"]}}.items():
        deep = {**search, "page_token": token_of_page(server, experiment_id, search)}
        yield repeated(name, options.repeat, runs_of(server, experiment_id, deep))
    page = f"/experiments/{experiment_id}/?rows={PAGE}&page={DEEP}"
    yield repeated(f"page {DEEP:,} of our runs page", options.repeat, lambda: server.get(page).count(b"<tr data-key="))


def repeated(name: str, times: int, ask: Callable[[], int]) -> Measured:
    try:
        found = ask()
        latencies = [seconds_of(ask) for _ in range(times)]
    except Refused as error:
        return Measured(name, dict.fromkeys(("runs", "p50 ms", "p95 ms"), error.word))
    return Measured(
        name,
        {"runs": found, "p50 ms": 1000 * percentile(latencies, 0.5), "p95 ms": 1000 * percentile(latencies, 0.95)},
    )


def runs_of(server: Tracking, experiment_id: str, search: dict) -> Callable[[], int]:
    """Asks for the page, and says how many runs were on it."""

    def ask() -> int:
        answer = server.post("runs/search", experiment_ids=[experiment_id], max_results=PAGE, **search)
        return len(answer.get("runs", []))

    return ask


def token_of_page(server: Tracking, experiment_id: str, search: dict) -> str:
    """Of the page that is DEEP pages down, or of the last one; got there by larger pages."""
    token, skipped = "", 0
    while skipped < (DEEP - 1) * PAGE:
        body = {"max_results": 10 * PAGE, **search} | ({"page_token": token} if token else {})
        answer = server.post("runs/search", experiment_ids=[experiment_id], **body)
        if not answer.get("next_page_token"):
            break
        token = answer["next_page_token"]
        skipped += 10 * PAGE
    return token


def logged_experiment(server: Tracking, runs: int, clients: int) -> str:
    experiment_id = server.new_experiment(f"search {runs}")
    each = -(-runs // clients)
    jobs = [(server.url, experiment_id, first, min(each, runs - first)) for first in range(0, runs, each)]
    in_processes(log_runs, jobs)
    return experiment_id


def log_runs(url: str, experiment_id: str, first: int, count: int) -> None:
    server = Tracking(url)
    for seeded in seeded_runs(first, count, seed=1, shape=Shape()):
        server.log_run(experiment_id, seeded)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--experiment", help="search in this one, and log none")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4, help="that log; one searches")
    run("Search", measure, parser)


if __name__ == "__main__":
    main()
