"""Real servers as processes on a free loopback port: our own, and MLflow's to compare with."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
START_SECONDS = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class ServerProcess:
    """A started server and all processes it started; `url` answers when the constructor has returned."""

    data: Path  # the folder it keeps everything in

    def __init__(self, command: list, *, port: int, log: Path, environ: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that all of them can be reached by one signal
            )
        try:
            self.wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        """As an operator would: SIGTERM, then the exit status."""
        self.process.terminate()
        try:
            return self.process.wait(40)
        finally:
            self.kill()

    def kill(self) -> None:
        """All its processes, at once and without a word."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def trackui_server(data: Path, **environ: str) -> ServerProcess:
    """`manage.py serve` over the folder `data`, started; TRACKUI_* settings as keywords."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRACKUI_")}
    data.parent.mkdir(parents=True, exist_ok=True)
    server = ServerProcess(
        [sys.executable, "manage.py", "serve"],
        port=port,
        log=data.parent / f"{data.name}-{port}.log",
        environ={**inherited, "TRACKUI_DATA": str(data), "TRACKUI_BIND": f"127.0.0.1:{port}", **environ},
    )
    server.data = data
    return server


def prepare(shared: Path) -> Path:
    """The data folder of a server that was started and stopped, made once below a folder that processes share.

    Collecting static files and making the tables take longer than all the rest of a start.
    """
    prepared = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            server = trackui_server(shared / "preparing")
            assert server.stop() == 0, server.log.read_text()
            server.data.rename(prepared)
    return prepared


def folder_like(prepared: Path, folder: Path, *, has_database: bool = True) -> Path:
    """A new data folder with the static files of a prepared one, and with its database."""
    folder.mkdir(mode=0o700)
    shutil.copytree(prepared / "static", folder / "static", copy_function=os.link)
    if has_database:
        shutil.copy(prepared / "trackui.sqlite3", folder)
    return folder


def mlflow_server(folder: Path, *, python: Path) -> ServerProcess:
    """MLflow's own server, from the environment that `python` belongs to, on an SQLite file in `folder`."""
    port = free_port()
    command = [
        python,
        "-m",
        "mlflow",
        "server",
        f"--backend-store-uri=sqlite:///{folder / 'mlflow.db'}",
        f"--artifacts-destination={folder / 'artifacts'}",
        "--host=127.0.0.1",
        f"--port={port}",
        "--workers=1",
    ]
    server = ServerProcess(command, port=port, log=folder / "server.log", environ=mlflow_environ())
    server.data = folder
    return server


def mlflow_environ(**environ: str) -> dict[str, str]:
    """The environment of an MLflow process of a test: nothing inherited from the user's own set-up, no calls home."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "TRACKUI_"))}
    return {**inherited, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", **environ}


@contextlib.contextmanager
def stopped_at_the_end() -> Iterator[list[ServerProcess]]:
    """Servers put into this list are stopped when the block ends, however it ends."""
    servers: list[ServerProcess] = []
    try:
        yield servers
    finally:
        for server in servers:
            server.stop() if server.process.poll() is None else server.kill()
