"""serve: bring database and static files up to date, then answer requests until told to stop."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from trackui.addresses import binding_problem, bracketed, is_loopback
from trackui.checks import START
from trackui.database_transfer.ledger import IN_TRANSFER
from trackui.serving import TrackuiApplication
from trackui.static_files import collect_static_files

# What an upload staged so long ago, and never ended, is removed at the next start.
ABANDONED_SECONDS = 24 * 60 * 60

FIRST_RUN = """
Log a first run:

  import mlflow
  mlflow.set_tracking_uri("{url}")
  mlflow.log_metric("accuracy", 0.93)
"""


class Command(BaseCommand):
    help = "Start trackui: the dashboard, the MLflow protocol and the REST API, at TRACKUI_BIND."
    requires_system_checks = [START]
    requires_migrations_checks = False

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--insecure-no-auth",
            action="store_true",
            help="serve other machines without asking who they are",
        )

    def handle(self, *, insecure_no_auth: bool, **options) -> None:
        os.umask(0o077)
        self.check_address(insecure_no_auth)
        with starting_alone():
            self.migrate()
            collect_static_files()
            storages["artifacts"].sweep(older_than=ABANDONED_SECONDS)
        self.is_empty = not apps.get_model("runs", "Run").objects.exists()
        TrackuiApplication(when_ready=self.announce).run()

    def check_address(self, insecure_no_auth: bool) -> None:
        host, port = settings.TRACKUI_BIND_HOST, settings.TRACKUI_BIND_PORT
        if settings.TRACKUI_AUTH == "off" and not is_loopback(host):
            if not insecure_no_auth:
                raise CommandError(
                    f"TRACKUI_BIND={host}:{port} is open to other machines, and without TRACKUI_AUTH=on anyone there "
                    "may read and change everything. Bind 127.0.0.1, or give --insecure-no-auth."
                )
            self.stderr.write(self.style.WARNING(f"Warning: no log-in, and {host}:{port} is open to other machines."))
        if problem := binding_problem(host, port):
            raise CommandError(f"TRACKUI_BIND={host}:{port} cannot be used: {problem}.")

    def migrate(self) -> None:
        if IN_TRANSFER in connection.introspection.table_names():
            raise CommandError(
                "The database is the target of a transfer that has not come to its end. "
                "Give the transfer command again, or an empty database."
            )
        executor = MigrationExecutor(connection)
        unknown = executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
        ours = executor.loader.migrated_apps
        newer = sorted(f"{app}.{name}" for app, name in unknown if app in ours)
        if newer:
            raise CommandError(
                f"The database was written by a newer trackui (it has {newer[-1]}). Nothing was changed."
            )
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)

    def announce(self) -> None:
        url = f"http://{bracketed(settings.TRACKUI_BIND_HOST)}:{settings.TRACKUI_BIND_PORT}"
        self.stdout.write(f"trackui is at {url}  (stop: Ctrl-C)")
        if self.is_empty:
            self.stdout.write(FIRST_RUN.format(url=url))
        self.stdout.flush()


@contextmanager
def starting_alone() -> Iterator[None]:
    """Of starts at the same time over one data folder, one prepares it while the others wait."""
    settings.TRACKUI_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(settings.TRACKUI_DATA / "start.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
