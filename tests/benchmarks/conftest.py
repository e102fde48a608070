"""What the benchmarks that fill a database expect of it."""

import gc

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def lone_database(transactional_db):
    """Nobody else is there: connections that threads of other tests have left behind are closed."""
    gc.collect()
    for other in gc.get_objects():
        # Not isinstance: it looks through weak references, which may be dead.
        if issubclass(type(other), BaseDatabaseWrapper) and other is not connections["default"]:
            other.inc_thread_sharing()
            other.close()
