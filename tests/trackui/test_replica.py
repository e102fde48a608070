"""A real primary, a real hot standby, and servers of ours over both."""

import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.compat.wire import Wire
from tests.postgres import PostgresServer
from tests.servers import folder_like, stopped_at_the_end, trackui_server
from trackui import replica

STARTED = 1_700_000_000_000


@pytest.fixture(scope="module")
def primary():
    """It and its standby write each statement into their logs, which tell who answered what."""
    primary = PostgresServer(log_statement="all")
    try:
        primary.start()
        yield primary
    finally:
        primary.stop()


@pytest.fixture(scope="module")
def standby(primary):
    standby = primary.standby()
    try:
        yield standby
    finally:
        standby.stop()


@pytest.fixture(scope="module")
def app(primary, standby, prepared_folder, tmp_path_factory):
    with stopped_at_the_end() as servers:
        data = folder_like(prepared_folder, tmp_path_factory.mktemp("app") / "data", has_database=False)
        servers.append(
            trackui_server(data, TRACKUI_DATABASE_URL=primary.url, TRACKUI_REPLICA_URL=standby.url, TRACKUI_WORKERS="1")
        )
        yield servers[0]


@pytest.fixture
def wire(app):
    return Wire(app.url)


def new_run(wire, name="run"):
    run = wire.post("runs/create", experiment_id="0", start_time=STARTED, run_name=name)["run"]
    return run["info"]["run_id"]


def found(wire, name):
    return wire.post("runs/search", experiment_ids=["0"], filter=f"run_name = '{name}'").get("runs", [])


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def statements(*servers):
    """What each server is asked for within the block: a list of SQL texts each, filled at its end."""
    sizes = [len((server.folder / "log").read_text()) for server in servers]
    asked = [[] for _ in servers]
    yield asked
    for server, size, sqls in zip(servers, sizes, asked, strict=True):
        sqls += (server.folder / "log").read_text()[size:].split("LOG:  statement: ")[1:]


def of_runs(sqls):
    return [sql for sql in sqls if "runs_" in sql]


READS = {
    "runs page": lambda wire, run_id: wire.send("GET", "/experiments/0/"),
    "runs as CSV": lambda wire, run_id: wire.send("GET", "/experiments/0/runs.csv"),
    "experiments": lambda wire, run_id: wire.send("GET", "/experiments/"),
    "run page": lambda wire, run_id: wire.send("GET", f"/runs/{run_id}/"),
    "chart": lambda wire, run_id: wire.send("GET", f"/runs/{run_id}/charts/loss.json"),
    "points as CSV": lambda wire, run_id: wire.send("GET", f"/runs/{run_id}/charts/loss.csv"),
    "comparison": lambda wire, run_id: wire.send("GET", f"/compare/?runs={run_id}"),
    "API": lambda wire, run_id: wire.send("GET", "/api/v1/runs/"),
    "API as CSV": lambda wire, run_id: wire.send("GET", "/api/v1/runs.csv"),
    "search of runs": lambda wire, run_id: wire.post("runs/search", experiment_ids=["0"]),
    "search of experiments": lambda wire, run_id: wire.post("experiments/search", max_results=10),
    "lines of the protocol": lambda wire, run_id: wire.get(
        "metrics/get-history-bulk-interval", run_ids=run_id, metric_key="loss"
    ),
    "search of models": lambda wire, run_id: wire.post("logged-models/search", experiment_ids=["0"]),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_the_standby_answers_all_of_a_read(wire, primary, standby, read):
    run_id = new_run(wire)
    wire.post("runs/log-metric", run_id=run_id, key="loss", value=0.5, timestamp=STARTED, step=1)
    wait_for(lambda: read_by_standby(wire, standby))

    with statements(primary, standby) as (at_primary, at_standby):
        read(wire, run_id)

    assert of_runs(at_primary) == []
    assert of_runs(at_standby)


def read_by_standby(wire, standby):
    with statements(standby) as (at_standby,):
        wire.post("runs/search", experiment_ids=["0"])
    return bool(of_runs(at_standby))


def test_writes_and_what_belongs_to_them_stay_at_the_primary(wire, standby):
    run_id = new_run(wire)

    with statements(standby) as (at_standby,):
        wire.post("runs/log-batch", run_id=run_id, tags=[{"key": "a", "value": "b"}])
        wire.get("runs/get", run_id=run_id)
        wire.get("metrics/get-history", run_id=run_id, metric_key="loss")
        assert wire.send("GET", f"/runs/{run_id}/edit").status == 200

    assert of_runs(at_standby) == []


def test_a_read_sees_every_write_answered_before_it(app, standby):
    """Many writers at once, each of which looks for what it wrote at once, as clients do."""
    missed = []

    def work(number):
        wire = Wire(app.url)
        for turn in range(15):
            name = f"seen {number} {turn}"
            new_run(wire, name)
            if not found(wire, name):
                missed.append(name)
            page = wire.send("GET", f"/experiments/0/?q=run_name%20%3D%20%27{name.replace(' ', '%20')}%27")
            if f">{name}<".encode() not in page.body:
                missed.append(f"page {name}")

    with statements(standby) as (at_standby,):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert missed == []
    assert of_runs(at_standby)


def log_lines(app, words):
    return app.log.read_text().count(words)


NOT_USED, USED_AGAIN = "The read replica is not used", "The read replica answers again"


def test_a_standby_that_falls_behind_is_left_alone_until_it_has_caught_up(wire, app, primary, standby):
    wait_for(lambda: read_by_standby(wire, standby))
    told = log_lines(app, NOT_USED)
    standby.execute("SELECT pg_wal_replay_pause()")
    try:
        turn = 0
        while not log_lines(app, NOT_USED) > told:
            turn += 1
            new_run(wire, f"behind {turn}")
            assert found(wire, f"behind {turn}")
        time.sleep(1.5)
        assert found(wire, "behind 1")
        assert log_lines(app, NOT_USED) == told + 1
    finally:
        standby.execute("SELECT pg_wal_replay_resume()")

    wait_for(lambda: read_by_standby(wire, standby))
    assert found(wire, f"behind {turn}")


def test_a_standby_that_is_down_is_not_missed(wire, app, standby):
    wait_for(lambda: read_by_standby(wire, standby))
    told, again = log_lines(app, NOT_USED), log_lines(app, USED_AGAIN)
    standby.pause("fast")
    try:
        for turn in range(10):
            new_run(wire, f"down {turn}")
            assert found(wire, f"down {turn}")
            assert wire.send("GET", "/experiments/0/").status == 200
        assert log_lines(app, NOT_USED) == told + 1
    finally:
        standby.resume()

    wait_for(lambda: read_by_standby(wire, standby), seconds=30)
    assert log_lines(app, USED_AGAIN) == again + 1


def test_sessions_that_the_standby_ended_are_not_missed(wire, standby):
    run_ids = [new_run(wire, f"download {number}") for number in range(3)]
    for number, run_id in enumerate(run_ids):
        wire.post("runs/log-metric", run_id=run_id, key="loss", value=number, timestamp=STARTED, step=1)
    wait_for(lambda: read_by_standby(wire, standby))
    standby.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'trackui'")

    page = wire.send("GET", f"/compare.csv?runs={','.join(run_ids)}")

    assert page.status == 200
    assert "loss" in page.body.decode()


# --- Start -------------------------------------------------------------------------------------


def start_fails(tmp_path, **environ):
    with pytest.raises(RuntimeError) as raised:
        trackui_server(tmp_path / "data", **environ)
    return str(raised.value)


def test_a_replica_that_is_no_standby_or_another_servers_stops_the_start(tmp_path, primary, standby):
    other = PostgresServer()
    try:
        other.start()
        alone = start_fails(tmp_path, TRACKUI_DATABASE_URL=primary.url, TRACKUI_REPLICA_URL=other.url)
        strange = start_fails(tmp_path, TRACKUI_DATABASE_URL=other.url, TRACKUI_REPLICA_URL=standby.url)
    finally:
        other.stop()

    assert "TRACKUI_REPLICA_URL is no standby" in alone
    assert "TRACKUI_REPLICA_URL follows another server" in strange


def test_a_replica_needs_postgresql(tmp_path, standby):
    assert "TRACKUI_REPLICA_URL needs PostgreSQL" in start_fails(tmp_path, TRACKUI_REPLICA_URL=standby.url)


def test_pools_that_the_server_has_no_room_for_stop_the_start(tmp_path, primary):
    said = start_fails(tmp_path, TRACKUI_DATABASE_URL=primary.url, TRACKUI_WORKERS="4", TRACKUI_DATABASE_POOL="64")

    assert "TRACKUI_WORKERS times TRACKUI_DATABASE_POOL is 256 connections" in said


def test_a_database_that_is_down_stops_the_start_with_one_line(tmp_path):
    said = start_fails(tmp_path, TRACKUI_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert "TRACKUI_DATABASE_URL: PostgreSQL cannot be reached" in said
    assert "Traceback" not in said


@pytest.fixture
def connections(monkeypatch):
    both = {"default": SimpleNamespace(in_atomic_block=False), "replica": SimpleNamespace(in_atomic_block=False)}
    monkeypatch.setattr(replica, "connections", both)
    monkeypatch.setattr(replica, "_standby", replica.Standby())
    monkeypatch.setattr(replica._standby, "is_current", lambda: True)
    return both


def test_a_snapshot_of_the_standby_is_read_there_to_its_end(connections):
    @replica.reads_replica
    def view():
        connections["replica"].in_atomic_block = True
        replica._standby.miss(5.0, "it is behind")
        within = replica.reading_alias()
        connections["replica"].in_atomic_block = False
        return within, replica.reading_alias()

    assert view() == ("replica", "default")


def test_a_view_that_went_to_the_primary_stays_there(connections):
    @replica.reads_replica
    def view():
        asked = [replica.reading_alias()]
        replica._standby.miss(5.0, "it is behind")
        asked.append(replica.reading_alias())
        replica._standby.find_again()
        return [*asked, replica.reading_alias()]

    assert view() == ["replica", "default", "default"]
    assert view()[0] == "replica"
