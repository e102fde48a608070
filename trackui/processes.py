"""What a process must do before it forks."""

from django.db import connections


def close_connections() -> None:
    """A connection, or a pool's threads, must not be shared with a forked process."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()
