"""gunicorn, configured for trackui and started in this process."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from trackui.addresses import bracketed
from trackui.background import TrackuiArbiter
from trackui.gateway import hold_signals_while_forking
from trackui.heap import give_memory_back
from trackui.processes import close_connections

WORKER_CLASS = "trackui.gateway.TrackuiWorker"
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes a file of its own in it and unlinks it at once


def gunicorn_options() -> dict:
    """What differs from gunicorn's defaults, and defaults that we rely on."""
    host, port = settings.TRACKUI_BIND_HOST, settings.TRACKUI_BIND_PORT
    return {
        "bind": f"{bracketed(host)}:{port}",
        "worker_class": WORKER_CLASS,
        "workers": settings.TRACKUI_WORKERS,
        "threads": settings.TRACKUI_THREADS,
        # Loaded before the fork, so the workers share its memory.
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 30,
        "keepalive": 75,
        # 10,000 requests, give or take 1,000: memory that a library lost comes back, and not in all workers at once.
        "max_requests": 9_000,
        "max_requests_jitter": 2_000,
        # The other one is an extension in C, which is not to be had everywhere.
        "http_parser": "python",
        "limit_request_line": 8190,
        "limit_request_fields": 100,
        "limit_request_field_size": 8190,
        # The heartbeat is a file's time: on a disk, a slow sync would look like a frozen worker.
        "worker_tmp_dir": SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None,
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
        "proc_name": "trackui",
        "logger_class": "trackui.gateway.GatewayLog",
        "loglevel": "warning",
    }


class TrackuiApplication(BaseApplication):
    """`when_ready()` is called once the address is bound and all is loaded."""

    def __init__(self, when_ready) -> None:
        self.when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        for name, value in gunicorn_options().items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", lambda arbiter: self.when_ready())

    def run(self) -> None:
        give_memory_back()
        hold_signals_while_forking()
        TrackuiArbiter(self).run()

    def load(self):
        """The application, with all its modules, and nothing that a fork would break."""
        application = get_wsgi_application()
        disconnect_needless_receivers()
        get_resolver().url_patterns  # noqa: B018 - imports every view
        import_module("scipy.special")  # which statistics import when they are first asked for
        close_connections()
        gc.collect()
        gc.freeze()  # the collector would touch, and so copy, pages that the workers share
        return application


def disconnect_needless_receivers() -> None:
    """What Django does at each request in vain: a connection that is too old or broken is closed at its end as well,
    and there is no cache with a connection to close.
    """
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)
