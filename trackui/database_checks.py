"""Start-up checks of PostgreSQL: it answers, it has room for our pools, and the replica is its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections

from trackui.checks import START
from trackui.replica import REPLICA

MAX_CONNECTIONS = (
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true)::int, 0)"
)
IS_STANDBY = "SELECT pg_is_in_recovery()"
IDENTITY = "SELECT system_identifier, current_database() FROM pg_control_system()"


@register(START)
def postgresql_fits(app_configs, **kwargs) -> list[CheckMessage]:
    if connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        return []
    try:
        with session(DEFAULT_DB_ALIAS) as primary:
            messages = has_room(primary, "TRACKUI_DATABASE_URL")
            return messages + (replica_follows(primary) if REPLICA in settings.DATABASES else [])
    except driver_error(DEFAULT_DB_ALIAS) as error:
        return [Error(f"TRACKUI_DATABASE_URL: PostgreSQL cannot be reached: {line(error)}", id="trackui.E003")]


def has_room(server: Any, variable: str) -> list[CheckMessage]:
    """Whether all connections that the processes may open fit into what the server takes."""
    wanted = settings.TRACKUI_WORKERS * settings.TRACKUI_DATABASE_POOL
    room = server.execute(MAX_CONNECTIONS).fetchone()[0]
    if wanted <= room:
        return []
    return [
        Error(
            f"{variable}: TRACKUI_WORKERS times TRACKUI_DATABASE_POOL is {wanted} connections, and the server takes "
            f"{room}. Lower one of them, or raise its max_connections.",
            id="trackui.E004",
        )
    ]


def replica_follows(primary: Any) -> list[CheckMessage]:
    """A standby that is down is no reason to stay down: the primary answers until it is back."""
    try:
        with session(REPLICA) as replica:
            if not replica.execute(IS_STANDBY).fetchone()[0]:
                return [wrong_replica("is no standby: it would answer with data of its own.")]
            if replica.execute(IDENTITY).fetchone() != primary.execute(IDENTITY).fetchone():
                return [wrong_replica("follows another server or database than TRACKUI_DATABASE_URL.")]
            return has_room(replica, "TRACKUI_REPLICA_URL")
    except driver_error(REPLICA) as error:
        return [
            Warning(
                f"TRACKUI_REPLICA_URL: the replica cannot be reached, so the primary answers: {line(error)}",
                id="trackui.W003",
            )
        ]


def wrong_replica(what: str) -> CheckMessage:
    return Error(f"TRACKUI_REPLICA_URL {what}", id="trackui.E005")


@contextmanager
def session(alias: str) -> Iterator[Any]:
    """The driver's own connection: a pool would try again for seconds, and not say why it failed."""
    django_connection = connections[alias]
    connection = django_connection.Database.connect(**django_connection.get_connection_params())
    try:
        yield connection
    finally:
        connection.close()


def driver_error(alias: str) -> type[Exception]:
    return connections[alias].Database.Error


def line(error: Exception) -> str:
    return " ".join(str(error).split())
