"""Points are there once for whoever reads while they move from rows and small blocks into a sealed block."""

import threading

import pytest
from django.db import connection

from runs.metrics import stored
from runs.metrics.blocks import NewBlock, drop_blocks, store_blocks
from runs.metrics.history import history
from runs.metrics.orders import Order
from runs.models import MetricPoint
from tests.factories import make_run
from tests.runs.metrics.stored import line_of, store_points
from trackui.db import write_transaction

pytestmark = pytest.mark.usefixtures("transactional_db")
ROWS = [(step, step, 1.0, False) for step in range(10)]
SMALL = [(step, step, 2.0, False) for step in range(10, 50)]


def sealed_by_another(run, key):
    """All points of the run, by a connection of its own, committed when this returns."""

    def seal():
        with write_transaction():
            MetricPoint.objects.filter(run=run).delete()
            drop_blocks(run.pk, [(key, 0)])
            store_blocks(run.pk, [NewBlock(key, 1, line_of(ROWS + SMALL), True)])
        connection.close()

    thread = threading.Thread(target=seal)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def steps(lines):
    return [step for line in lines for step in line.steps.tolist()]


@pytest.mark.parametrize("before", ["read_rows", "heads", "read_blocks"])
def test_between_any_two_statements_of_a_read(before, monkeypatch):
    run = make_run()
    key = store_points(run, "loss", rows=ROWS, small=[SMALL])
    read = getattr(stored, before)

    def read_late(*args):
        monkeypatch.setattr(stored, before, read)
        sealed_by_another(run, key)
        return read(*args)

    monkeypatch.setattr(stored, before, read_late)

    assert steps(history(run.pk, "loss")) == list(range(50))
    assert steps(history(run.pk, "loss")) == list(range(50))
    assert not MetricPoint.objects.exists()


def test_a_stream_that_has_begun_goes_on_with_what_it_began_with():
    run = make_run()
    key = store_points(run, "loss", rows=ROWS, small=[SMALL])

    lines = history(run.pk, "loss", order=Order.BY_STEP)
    sealed_by_another(run, key)

    assert not connection.in_atomic_block
    assert steps(lines) == list(range(50))
