"""How near ingest is to the least it can cost: a request that does nothing, and the rows alone.

    TRACKUI_DATA=/tmp/floor .venv/bin/python manage.py migrate
    TRACKUI_DATA=/tmp/floor .venv/bin/python -m benchmarks.floor [--times 300]

All in this process, on the database of trackui's settings, so neither a network nor other processes are in it:
- `request`: the whole way of a request, from the middleware to the answer, after the commit;
- `empty`: a view that does nothing behind the same middleware (/health), as often as the workload asks;
- `rows`: the rows that the request has left, but for that of the run, stored for another run by one prepared statement
  a table in one transaction, and committed as durably.
CPU is that of this process; wall time has the wait for the disk as well.
"""

import argparse
import io
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from django.core.wsgi import get_wsgi_application
from django.db import models

import benchmarks.own_database  # noqa: F401 - before models are imported
from benchmarks.client import Tracking
from benchmarks.ingest import batch, metric, whole_run
from benchmarks.load import Workload
from benchmarks.table import print_table
from runs.models import MetricBlock, MetricBlockData, MetricPoint, MetricSummary, Param, Run, RunTag
from runs.services.experiments import create_experiment
from runs.services.runs import create_run
from trackui.db import fetch_all, insert_rows, write_transaction

TABLES: tuple[type[models.Model], ...] = (MetricSummary, MetricPoint, MetricBlock, MetricBlockData, Param, RunTag)
# What is logged, and in how many requests.
WORKLOADS: dict[str, tuple[Workload, int]] = {"metric": (metric, 1), "batch": (batch, 1), "run": (whole_run, 3)}


class Cost(NamedTuple):
    """Milliseconds: wall time and processor time."""

    wall: float
    cpu: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def clocks() -> Cost:
    return Cost(1000 * time.perf_counter(), 1000 * time.process_time())


class InProcess(Tracking):
    """The server without a network: requests go straight to Django, and what they take there is added up."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        self.spent = Cost(0.0, 0.0)

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": io.StringIO(),
        }
        began = clocks()
        response = self.application(environ, lambda status, headers: statuses.append(status))
        answer = b"".join(response)
        response.close()
        self.spent += clocks() - began
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{path}: {statuses[0]} {answer[:200]!r}")
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=300)
    times = parser.parse_args().times
    print_table(
        "The least that ingest can cost",
        (
            "workload", "request ms", "rows ms", "empty ms", "request : rows + empty",
            "request CPU ms", "rows CPU ms", "empty CPU ms", "CPU request : rows + empty",
        ),
        [line(name, *workload, times) for name, workload in WORKLOADS.items()],
    )  # fmt: skip


def line(name: str, workload: Workload, requests: int, times: int) -> tuple:
    server = InProcess()
    log = workload(server, server.new_experiment(f"floor {name}"), 0)
    works = (
        (log, lambda: server.spent),
        (store_again(logged_once(server, workload), times + 1), clocks),
        (lambda: [server.get("/health") for _ in range(requests)], lambda: server.spent),
    )
    request, rows, empty = typical(works, times)
    floor = rows + empty
    return (
        name,
        *(request.wall, rows.wall, empty.wall, request.wall / floor.wall),
        *(request.cpu, rows.cpu, empty.cpu, request.cpu / floor.cpu),
    )


def typical(works: Sequence[tuple[Callable[[], object], Callable[[], Cost]]], times: int) -> list[Cost]:
    """Of one call of each, in turn: the median of its wall time, the mean of its processor time."""
    costs: list[list[Cost]] = [[] for _ in works]
    for _ in range(times + 1):
        for (work, clock), of_work in zip(works, costs, strict=True):
            began = clock()
            work()
            of_work.append(clock() - began)
    # The first call of each warms up.
    return [
        Cost(median(cost.wall for cost in warm), sum(cost.cpu for cost in warm) / times)
        for warm in (of_work[1:] for of_work in costs)
    ]


def logged_once(server: Tracking, workload: Workload) -> int:
    """The primary key of a run that has what the workload logs once."""
    workload(server, server.new_experiment("floor once"), 1)()
    return Run.objects.order_by("-pk").values_list("pk", flat=True)[0]


def store_again(run: int, times: int) -> Callable[[], None]:
    """Each call stores the rows of the run for a new one, of an experiment with no other."""
    stored = [(model._meta.db_table, *rows_of(model, run)) for model in TABLES]
    experiment = create_experiment(f"floor {time.time_ns()}", user=None)
    runs = [create_run(experiment.experiment_id, user=None)[0].pk for _ in range(times)]
    RunTag.objects.filter(experiment=experiment.pk).delete()  # the one of the name
    targets = iter(runs)

    def store() -> None:
        target = next(targets)
        with write_transaction():
            for table, columns, rows in stored:
                insert_rows(table, columns, [(target, *row) for row in rows])

    return store


def rows_of(model: type[models.Model], run: int) -> tuple[list[str], list[tuple]]:
    """Columns of its table, that of the run first, and the values of the others."""
    columns = [field.column for field in model._meta.concrete_fields if field.column != "run_id"]
    return ["run_id", *columns], fetch_all(
        f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE run_id = %s", [run]
    )


if __name__ == "__main__":
    main()
