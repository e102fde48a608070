import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from runs.artifacts.local import STAGING
from tests.postgres import PostgresServer
from tests.processes import children, is_running, wait_for
from tests.servers import REPOSITORY, free_port, trackui_server
from trackui.addresses import is_loopback


def serve(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess:
    """A start that is expected to fail."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRACKUI_")}
    environ = {"TRACKUI_DATA": str(data), "TRACKUI_BIND": f"127.0.0.1:{free_port()}", **environ}
    return subprocess.run(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=REPOSITORY,
        env={**inherited, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def post(server, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        f"{server.url}/api/2.0/mlflow/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def test_an_empty_installation_says_how_to_log_a_first_run(start_server):
    server = start_server()

    output = server.log.read_text()
    assert f"trackui is at {server.url}" in output
    assert "import mlflow" in output
    assert f'mlflow.set_tracking_uri("{server.url}")' in output


def test_an_installation_with_runs_does_not(start_server, tmp_path):
    server = start_server()
    post(server, "runs/create", {"experiment_id": "0"})
    server.stop()

    again = start_server()

    assert "import mlflow" not in again.log.read_text()


def test_it_is_ready_soon_on_a_migrated_database(start_server, tmp_path):
    """Against what a command that only loads the project takes here and now."""

    def loading() -> float:
        began = time.monotonic()
        environ = {**os.environ, "TRACKUI_DATA": str(tmp_path / "data")}
        subprocess.run([sys.executable, "manage.py", "check"], cwd=REPOSITORY, env=environ, capture_output=True)
        return time.monotonic() - began

    def starting() -> float:
        began = time.monotonic()
        server = start_server()
        took = time.monotonic() - began
        server.stop()
        return took

    # Now and then the machine has other things to do.
    assert any(starting() < 4 * loading() for _ in range(3))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(start_server, sent):
    server = start_server()

    server.process.send_signal(sent)

    # What had been started would be waited for as long as 30 s.
    assert server.process.wait(25) == 0
    assert "Traceback" not in server.log.read_text()


def test_a_stop_finishes_what_was_started(start_server):
    server = start_server(TRACKUI_WORKERS="1")
    run_id = post(server, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
    acknowledged, failed = [], []

    def write(number: int) -> None:
        for step in range(200):
            point = {"run_id": run_id, "key": f"m{number}", "value": step, "timestamp": 1, "step": step}
            try:
                post(server, "runs/log-metric", point)
            except OSError:
                failed.append((number, step))
                return
            acknowledged.append((number, step))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert server.stop() == 0
    for thread in threads:
        thread.join(30)

    with sqlite3.connect(server.data / "trackui.sqlite3") as database:
        stored = database.execute(
            "SELECT name, step FROM runs_metricpoint JOIN runs_key ON runs_key.id = key_id"
        ).fetchall()
    assert acknowledged
    assert failed
    assert {(f"m{number}", step) for number, step in acknowledged} == set(stored)


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the workers in /proc")
def test_acknowledged_writes_survive_a_killed_server(start_server):
    server = start_server()
    run_id = post(server, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
    for step in range(50):
        post(server, "runs/log-metric", {"run_id": run_id, "key": "m", "value": step, "timestamp": 1, "step": step})
        if step == 25:
            os.kill(children(server.process.pid)[0], signal.SIGKILL)
            wait_for_workers(server, 3)
    server.kill()

    again = start_server()

    url = f"{again.url}/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m"
    with urllib.request.urlopen(url, timeout=30) as response:
        assert [point["step"] for point in json.load(response)["metrics"]] == list(range(50))


def wait_for_workers(server, number: int) -> list[int]:
    """Those of gunicorn, oldest first, then the one of background jobs, and where webhooks are on the one of these."""
    return wait_for(lambda: len(found := children(server.process.pid)) == number and server.answers() and found)


def test_two_starts_at_once_on_an_empty_folder_share_one_preparation(tmp_path):
    servers, failures = [], []

    def start() -> None:
        try:
            servers.append(trackui_server(tmp_path / "data"))
        except RuntimeError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)

    try:
        ids = [post(server, "experiments/create", {"name": server.url})["experiment_id"] for server in servers]
    finally:
        for server in servers:
            server.kill()
    assert failures == []
    assert len(set(ids)) == 2


def test_a_bind_for_other_machines_is_refused_without_a_log_in(tmp_path):
    refused = serve(tmp_path / "data", TRACKUI_BIND=f"0.0.0.0:{free_port()}")

    assert refused.returncode != 0
    assert "TRACKUI_BIND" in refused.stderr
    assert "--insecure-no-auth" in refused.stderr


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_what_only_this_machine_can_reach(host, expected):
    assert is_loopback(host) is expected


def test_an_address_in_use_stops_the_start_with_one_line(start_server, tmp_path):
    server = start_server()

    refused = serve(tmp_path / "other", TRACKUI_BIND=server.url.removeprefix("http://"))

    assert refused.returncode != 0
    assert refused.stderr.splitlines()[-1].startswith("CommandError: TRACKUI_BIND=127.0.0.1:")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKUI_BIND", "nowhere"),
        ("TRACKUI_WORKERS", "many"),
        ("TRACKUI_THREADS", "0"),
        ("TRACKUI_DATABASE_URL", "mysql://localhost/x"),
        ("TRACKUI_AUTH", "perhaps"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(tmp_path, name, value):
    refused = serve(tmp_path / "data", **{name: value})

    assert refused.returncode != 0
    assert len(refused.stderr.strip().splitlines()) == 1
    assert name in refused.stderr


def test_the_target_of_a_transfer_that_was_interrupted_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "trackui.sqlite3") as connection:
        connection.execute("CREATE TABLE trackui_transfer (source text)")

    start = serve(tmp_path)

    assert start.returncode == 1
    assert "Give the transfer command again" in start.stderr
    with sqlite3.connect(tmp_path / "trackui.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_database_of_a_newer_release_is_left_alone(start_server, tmp_path):
    start_server().stop()
    path = tmp_path / "data" / "trackui.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('runs', '9999_future', '2030-01-01')"
        )
    database.close()
    before = path.read_bytes()

    refused = serve(tmp_path / "data")

    assert refused.returncode != 0
    assert "runs.9999_future" in refused.stderr
    assert path.read_bytes() == before


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads memory from /proc")
def test_all_processes_together_fit_in_250_mib(start_server):
    server = start_server()
    wait_for_workers(server, 3)
    post(server, "runs/search", {"experiment_ids": ["0"]})

    processes = [server.process.pid, *children(server.process.pid)]
    pages = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes]

    # The parent, two workers of gunicorn and the one of background jobs.
    assert len(processes) == 4
    kib = sum(int(line.split()[1]) for page in pages for line in page.splitlines() if line.startswith("Pss:"))
    assert kib / 1024 < 250


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")
def test_the_processes_beside_it_come_back_when_they_die(start_server):
    server = start_server(TRACKUI_WEBHOOK_HOSTS="hooks.example.com")
    before = wait_for_workers(server, 4)
    beside = before[-2:]  # that of jobs and that of webhooks, started after the others

    for pid in beside:
        os.kill(pid, signal.SIGKILL)

    wait_for(lambda: not set(beside) & set(children(server.process.pid)))
    after = wait_for_workers(server, 4)
    assert after[:-2] == before[:-2]
    assert server.stop() == 0


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the processes in /proc")
def test_no_process_outlives_a_killed_server(start_server):
    server = start_server(TRACKUI_WEBHOOK_HOSTS="hooks.example.com")
    processes = wait_for_workers(server, 4)

    server.process.kill()
    server.process.wait(10)

    wait_for(lambda: not any(is_running(pid) for pid in processes))


def test_files_it_makes_are_for_its_user_alone(prepared_folder):
    for made in (prepared_folder, prepared_folder / "trackui.sqlite3", prepared_folder / "secret_key"):
        assert made.stat().st_mode & 0o077 == 0


def test_it_serves_from_postgresql(start_server):
    postgres = PostgresServer()
    try:
        postgres.start()
        server = start_server(TRACKUI_DATABASE_URL=postgres.url)

        run_id = post(server, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        for step in range(20):
            post(server, "runs/log-metric", {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1, "step": step})

        assert server.stop() == 0
        assert not (server.data / "trackui.sqlite3").exists()
        assert "Traceback" not in server.log.read_text()
    finally:
        postgres.stop()


def test_a_start_removes_what_uploads_abandoned_and_nothing_newer(start_server, tmp_path):
    staging = tmp_path / "data" / "artifacts" / STAGING
    staging.mkdir(parents=True)
    abandoned, recent = staging / "abandoned", staging / "recent"
    for file in (abandoned, recent):
        file.write_bytes(b"half a model")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(abandoned, (two_days_ago, two_days_ago))

    start_server(data=tmp_path / "data")

    assert not abandoned.exists()
    assert recent.exists()
