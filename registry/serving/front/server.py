"""gunicorn with the front in it, in a process of its own that ends when its standard input does."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gunicorn.app.base import BaseApplication

from registry.serving.front.application import ANY_HOST, Front
from registry.serving.front.board import Board
from registry.serving.front.scoring import SCORE_SECONDS, Scorers
from registry.serving.front.tally import Tally
from trackui.gateway import hold_signals_while_forking

WORKER_CLASS = "trackui.gateway.TrackuiWorker"
READY = "ready"


@dataclass(frozen=True, slots=True)
class FrontConfig:
    """`binds` as gunicorn writes them; `tally`: the socket figures go to, none where nobody keeps them."""

    board: str
    binds: tuple[str, ...]
    processes: int = 1
    threads: int = 8
    hosts: tuple[str, ...] = field(default=(ANY_HOST,))
    tally: str | None = None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


class FrontServer(BaseApplication):
    def __init__(self, config: FrontConfig) -> None:
        self.config = config
        self.tally = Tally(config.tally)
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": list(self.config.binds),
            "worker_class": WORKER_CLASS,
            "workers": self.config.processes,
            "threads": self.config.threads,
            "preload_app": True,
            "timeout": 2 * int(SCORE_SECONDS),
            "graceful_timeout": int(SCORE_SECONDS),
            "keepalive": 75,
            "umask": 0o077,
            # The other one is an extension in C, which is not to be had everywhere.
            "http_parser": "python",
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "limit_request_field_size": 8190,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "proc_name": "trackui-serving",
            "logger_class": "trackui.gateway.GatewayLog",
            "loglevel": "warning",
            "when_ready": lambda arbiter: print(READY, flush=True),
            "post_worker_init": lambda worker: self.tally.start(),
            "worker_exit": lambda arbiter, worker: self.tally.report(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Front:
        front = Front(Scorers(Board(self.config.board)), self.tally, hosts=self.config.hosts)
        gc.collect()
        gc.freeze()
        return front


def end_with_input() -> None:
    """Stop in order once whoever started this process is gone, which closes its standard input."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def main() -> None:
    config = FrontConfig(**json.loads(Path(sys.argv[1]).read_text()))
    end_with_input()
    hold_signals_while_forking()
    FrontServer(config).run()
