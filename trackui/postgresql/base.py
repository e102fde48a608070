"""Django's PostgreSQL backend, with a bound on the threads that wait for a connection.

While the server is down all would wait, and nothing else be answered: not even /health.
"""

import random
import threading

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base

from trackui.errors import RequestLimitExceeded

# Seconds for which a thread waits to be one of those that wait.
SHORT_WAIT = 0.1

_waiting = threading.BoundedSemaphore(max(1, settings.TRACKUI_THREADS - 2))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        """RequestLimitExceeded at once when enough threads wait for the primary."""
        if self.alias != DEFAULT_DB_ALIAS:
            return super().get_new_connection(conn_params)
        if not _waiting.acquire(timeout=SHORT_WAIT):
            raise RequestLimitExceeded(
                "Others wait for the database already; nothing was done.", retry_after=random.randint(1, 5)
            )
        try:
            return super().get_new_connection(conn_params)
        finally:
            _waiting.release()
