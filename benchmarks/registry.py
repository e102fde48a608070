"""How fast a server's model registry is: what CI, training scripts and servers of models ask of it.

    .venv/bin/python -m benchmarks.registry URL [--clients 4] [--seconds 3] [--repeat 30]
    .venv/bin/python -m benchmarks.registry --compare trackui=URL mlflow=URL

Writes and reads of single things by some clients at once, each on models of its own; then searches on one connection
over what is there. `manage.py seed_registry` fills trackui, `benchmarks.fill_mlflow_registry` MLflow with the same.
"""

import argparse
import itertools
import json
from collections.abc import Callable, Iterator

from benchmarks.client import API, Refused, Tracking, now, seconds_of
from benchmarks.command import Measured, parser_of, run
from benchmarks.load import Load, Workload, load, percentile

RUN_ID = "9f1c2b7a4d5e4f60b3a1c8d7e6f50412"
SOURCE = {"source": f"runs:/{RUN_ID}/model", "run_id": RUN_ID}
PAGE = 100
STAGES = ("Staging", "Production")


# --- Single things -----------------------------------------------------------------------------


def create_model(server: Tracking, _: str, number: int) -> Callable[[], None]:
    names = (f"bench {now()} {number} {i}" for i in itertools.count())
    return lambda: server.post("registered-models/create", name=next(names))


def create_version(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name = new_model(server, number)
    return lambda: server.post("model-versions/create", name=name, **SOURCE)


def set_alias(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name, versions = new_model(server, number, versions=2), itertools.cycle("12")
    return lambda: server.post("registered-models/alias", name=name, alias="champion", version=next(versions))


def transition(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name, stages = new_model(server, number, versions=1), itertools.cycle(STAGES)
    return lambda: server.post(
        "model-versions/transition-stage",
        name=name,
        version="1",
        stage=next(stages),
        archive_existing_versions=False,
    )


def get_model(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name = new_model(server, number, versions=3)
    return lambda: ask(server, "registered-models/get", name=name)


def get_version(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name = new_model(server, number, versions=1)
    return lambda: ask(server, "model-versions/get", name=name, version="1")


def get_by_alias(server: Tracking, _: str, number: int) -> Callable[[], None]:
    name = new_model(server, number, versions=1)
    server.post("registered-models/alias", name=name, alias="champion", version="1")
    return lambda: ask(server, "registered-models/alias", name=name, alias="champion")


CALLS: dict[str, Workload] = {
    "create a model": create_model,
    "create a version": create_version,
    "set an alias": set_alias,
    "move to a stage": transition,
    "get a model": get_model,
    "get a version": get_version,
    "get by alias": get_by_alias,
}


def new_model(server: Tracking, number: int, *, versions: int = 0) -> str:
    name = f"bench {now()} {number}"
    server.post("registered-models/create", name=name)
    for _ in range(versions):
        server.post("model-versions/create", name=name, **SOURCE)
    return name


def ask(server: Tracking, path: str, **query: object) -> dict:
    return json.loads(server.get(API + path, query))


# --- Searches ----------------------------------------------------------------------------------

SEARCHES = {
    "search models: first page": ("registered-models", {}),
    "search models: by name": ("registered-models", {"filter": "name LIKE 'churn-%'"}),
    "search models: by tag": ("registered-models", {"filter": "tags.team = 'growth'"}),
    "search versions: newest": ("model-versions", {}),
    "search versions: of a model": ("model-versions", {"filter": "name = 'churn-00010'"}),
    "search versions: of a run": ("model-versions", {"filter": f"run_id = '{RUN_ID}'"}),
    "search versions: by name, ordered": (
        "model-versions",
        {"filter": "name LIKE 'fraud-%'", "order_by": "version_number DESC"},
    ),
    "search versions: by tag": ("model-versions", {"filter": "tags.dataset = 'churn-3'"}),
    "search versions: no match": ("model-versions", {"filter": "name = 'none such'"}),
}


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    for name, workload in CALLS.items():
        done = load(workload, server.url, "", clients=options.clients, seconds=options.seconds)
        yield Measured(name, figures(done))
    for name, (what, query) in SEARCHES.items():
        yield repeated(name, options.repeat, found_by(server, what, query))
    yield repeated("the page of models", options.repeat, lambda: server.get("/models/").count(b"<tr"))


def figures(done: Load) -> dict[str, float]:
    return {
        "calls/s": done.per_second,
        "p50 ms": 1000 * percentile(done.latencies, 0.5),
        "p99 ms": 1000 * percentile(done.latencies, 0.99),
        **({"errors": len(done.errors)} if done.errors else {}),
    }


def found_by(server: Tracking, what: str, query: dict[str, str]) -> Callable[[], int]:
    def found() -> int:
        answer = ask(server, f"{what}/search", max_results=PAGE, **query)
        return len(answer.get(what.replace("-", "_"), []))

    return found


def repeated(name: str, times: int, once: Callable[[], int]) -> Measured:
    try:
        found = once()
        latencies = [seconds_of(once) for _ in range(times)]
    except Refused as error:
        return Measured(name, dict.fromkeys(("found", "p50 ms", "p95 ms"), error.word))
    return Measured(
        name,
        {"found": found, "p50 ms": 1000 * percentile(latencies, 0.5), "p95 ms": 1000 * percentile(latencies, 0.95)},
    )


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=3, help="of each call")
    parser.add_argument("--repeat", type=int, default=30, help="of each search")
    run("Registry", measure, parser)


if __name__ == "__main__":
    main()
