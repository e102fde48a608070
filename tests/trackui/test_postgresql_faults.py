"""A real server over a real PostgreSQL that stops, crashes and comes back."""

import threading
import time
from http.client import HTTPException

import pytest

from tests.compat.wire import Refused, Wire
from tests.postgres import PostgresServer
from tests.servers import folder_like, stopped_at_the_end, trackui_server

STARTED = 1_700_000_000_000


@pytest.fixture(scope="module")
def postgres():
    postgres = PostgresServer()
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop()


@pytest.fixture(scope="module")
def app(postgres, prepared_folder, tmp_path_factory):
    with stopped_at_the_end() as servers:
        data = folder_like(prepared_folder, tmp_path_factory.mktemp("app") / "data", has_database=False)
        servers.append(trackui_server(data, TRACKUI_DATABASE_URL=postgres.url))
        yield servers[0]


def new_run(wire: Wire) -> str:
    return wire.post("runs/create", experiment_id="0", start_time=STARTED)["run"]["info"]["run_id"]


def stored_steps(wire: Wire, run_id: str) -> list[int]:
    answer = wire.get("metrics/get-history", run_id=run_id, metric_key="loss", max_results=25_000)
    return [point["step"] for point in answer.get("metrics", [])]


def warm(app) -> None:
    """Fill the pools of both workers with connections."""

    def read():
        wire = Wire(app.url)
        for _ in range(5):
            wire.post("runs/search", experiment_ids=["0"])

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_after_a_restart_the_next_requests_are_answered_as_if_nothing_had_been(app, postgres, mode):
    run_id = new_run(Wire(app.url))
    warm(app)
    postgres.pause(mode)
    postgres.resume()

    for step in range(20):
        Wire(app.url).post("runs/log-metric", run_id=run_id, key="loss", value=1, timestamp=STARTED, step=step)
        assert stored_steps(Wire(app.url), run_id) == list(range(step + 1))


def test_what_was_acknowledged_while_the_database_restarts_is_there_once(app, postgres):
    run_ids = [new_run(Wire(app.url)) for _ in range(4)]
    acknowledged = {run_id: [] for run_id in run_ids}
    refused = []
    over = threading.Event()

    def write(run_id):
        wire, step = Wire(app.url), 0
        while not over.is_set():
            step += 1
            try:
                wire.post("runs/log-metric", run_id=run_id, key="loss", value=1, timestamp=STARTED, step=step)
                acknowledged[run_id].append(step)
            except Refused as error:
                refused.append(error.status)
            except (OSError, HTTPException):
                wire = Wire(app.url)

    threads = [threading.Thread(target=write, args=(run_id,)) for run_id in run_ids]
    for thread in threads:
        thread.start()
    for mode in ("immediate", "fast", "immediate"):
        time.sleep(0.3)
        postgres.pause(mode)
        postgres.resume()
    time.sleep(0.5)
    over.set()
    for thread in threads:
        thread.join()

    assert set(refused) <= {429, 503}
    for run_id in run_ids:
        stored = stored_steps(Wire(app.url), run_id)
        assert len(stored) == len(set(stored))
        assert set(acknowledged[run_id]) <= set(stored)
        assert len(acknowledged[run_id]) > 5


def seconds_until_health_is_answered_among_many(app, run_id) -> float:
    statuses = []

    def read():
        statuses.append(Wire(app.url).send("GET", f"/api/2.0/mlflow/runs/get?run_id={run_id}").status)

    threads = [threading.Thread(target=read) for _ in range(40)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    began = time.monotonic()
    assert app.answers()
    seconds = time.monotonic() - began
    for thread in threads:
        thread.join()
    assert set(statuses) <= {429, 503}
    return seconds


def test_while_the_database_is_down_requests_get_503_and_health_goes_on(app, postgres):
    run_id = new_run(Wire(app.url))
    postgres.pause("fast")
    try:
        for send in (
            lambda: Wire(app.url).post("runs/log-metric", run_id=run_id, key="loss", value=1, timestamp=1, step=1),
            lambda: Wire(app.url).get("runs/get", run_id=run_id),
        ):
            with pytest.raises(Refused) as refused:
                send()
            assert (refused.value.status, refused.value.error_code) == (503, "TEMPORARILY_UNAVAILABLE")
        assert Wire(app.url).send("GET", "/experiments/").status == 503
        # Meanwhile the attempts to connect are given up, and are made again when the server is back.
        assert seconds_until_health_is_answered_among_many(app, run_id) < 1
    finally:
        postgres.resume()

    Wire(app.url).post("runs/log-metric", run_id=run_id, key="loss", value=1, timestamp=1, step=1)
    assert stored_steps(Wire(app.url), run_id) == [1]
