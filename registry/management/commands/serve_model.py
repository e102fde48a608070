"""serve_model: answer predictions of one model over HTTP until told to stop."""

import getpass
import os
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from registry.management.model_arguments import add_model_arguments, checked_loaders, interpreter, number
from registry.serving.preparing import Preparation
from registry.serving.recording import EXPERIMENT
from registry.serving.resolved import can_change, resolved_model
from registry.serving.scorers import CannotLoad
from registry.serving.serving import ServerDied, Serving, Wanted
from registry.serving.supervisor import CannotServe, socket_folder
from trackui.addresses import binding_problem, is_loopback
from trackui.environments.building import CannotBuild
from trackui.errors import TrackingError

WATCH_SECONDS = 2.0


class Command(BaseCommand):
    help = "Serve a model over HTTP by MLflow's scoring protocol: /invocations, /ping, /health, /version."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        add_model_arguments(parser)
        parser.add_argument("--host", default="127.0.0.1", help="address to bind (127.0.0.1)")
        parser.add_argument("--port", type=number(1, 65535), default=7000, help="port to bind (7000)")
        parser.add_argument("--insecure-no-auth", action="store_true", help="let other machines ask, without log-in")
        parser.add_argument("--threads", type=number(1, 64), default=1, help="requests a process scores at once (1)")
        parser.add_argument(
            "--watch",
            type=float,
            nargs="?",
            const=WATCH_SECONDS,
            default=0.0,
            metavar="SECONDS",
            help="follow the alias or stage: look every so many seconds (2) and swap without a pause",
        )
        parser.add_argument("--experiment", default=EXPERIMENT, help=f"of the run that records it ({EXPERIMENT})")
        parser.add_argument("--no-metrics", action="store_true", help="record no run")

    def handle(self, *, model: str, host: str, port: int, watch: float, **options) -> None:
        os.umask(0o077)
        self.check_address(host, port, allowed=options["insecure_no_auth"])
        self.check_watch(model, watch)
        python = interpreter(options["python"])
        stop = threading.Event()
        signal.signal(signal.SIGTERM, interrupt)
        wanted = Wanted(
            uri=model,
            host=host,
            port=port,
            workers=options["workers"],
            watch=watch,
            experiment="" if options["no_metrics"] else options["experiment"],
            user_name=getpass.getuser(),
        )
        try:
            resolved = resolved_model(model, user=None)
            how = Preparation(
                folder=socket_folder(settings.TRACKUI_DATA / "servers"),
                env_manager=options["env_manager"],
                python=python,
                threads=options["threads"],
                loaders=checked_loaders(options["allow_loader"]),
                say=self.say,
            )
            Serving(wanted, how, self.say, when_ready=lambda: stop_on_signals(stop), stop=stop).run(resolved)
        except (TrackingError, CannotBuild, CannotLoad, CannotServe, ServerDied) as error:
            raise CommandError(str(error)) from None
        except Error as error:
            raise CommandError(f"The database cannot be used ({error}). `manage.py serve` prepares it.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before it served.") from None

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def check_address(self, host: str, port: int, *, allowed: bool) -> None:
        if not is_loopback(host):
            if not allowed:
                raise CommandError(
                    f"{host}:{port} is open to other machines, and anyone there could ask the model. "
                    "Bind 127.0.0.1, or give --insecure-no-auth."
                )
            self.stderr.write(self.style.WARNING(f"Warning: no log-in, and {host}:{port} is open to other machines."))
        if problem := binding_problem(host, port):
            raise CommandError(f"{host}:{port} cannot be used: {problem}.")

    def check_watch(self, model: str, seconds: float) -> None:
        if seconds < 0 or 0 < seconds < 0.1:
            raise CommandError("--watch: at least 0.1 seconds.")
        try:
            if seconds and not can_change(model):
                raise CommandError("--watch needs an alias, a stage or latest: all else always means the same model.")
        except TrackingError as error:
            raise CommandError(error.message) from None


def interrupt(number, frame) -> None:
    raise KeyboardInterrupt


def stop_on_signals(stop: threading.Event) -> None:
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
