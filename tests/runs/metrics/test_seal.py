"""Unsealed points become full blocks: when there are enough, when the run ends, in pieces when there are many."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from runs.metrics.seal import Unsealed, seal_run
from runs.models import MetricBlock, MetricBlockData, MetricPoint, MetricSummary
from tests.factories import make_run
from tests.runs.metrics.points import append, stored_points
from trackui.db import fetch_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr("runs.metrics.blocks.FULL_BLOCK", 8)
    monkeypatch.setattr("runs.metrics.blocks.WORTH_A_BLOCK", 3)


def line(count, *, key=1, first=0):
    return [(key, (step, step, step / 7, False)) for step in range(first, first + count)]


def block_sizes(run, *, is_sealed, key=1):
    found = MetricBlock.objects.filter(run=run, key=key, is_sealed=is_sealed).order_by("number")
    return list(found.values_list("count", flat=True))


def state(run, key=1) -> Unsealed:
    return Unsealed(*MetricSummary.objects.values_list("unsealed_count", "next_block").get(run=run, key_id=key))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 20])
def test_batches_of_any_size_end_in_full_blocks(size):
    run = make_run()

    for first in range(0, 100, size):
        append(run, line(size, first=first))

    sealed = block_sizes(run, is_sealed=True)
    count = len(range(0, 100, size)) * size
    assert set(sealed) == {8}
    assert state(run).count == count - sum(sealed) < 8
    assert stored_points(run, 1) == [point for _, point in line(count)]


def test_points_in_any_order_are_sealed_once_each():
    run = make_run()
    points = line(60)
    random.Random(5).shuffle(points)

    for start in range(0, 60, 5):
        append(run, points[start : start + 5])
        append(run, points[: start + 1 : 7])

    assert stored_points(run, 1) == [point for _, point in line(60)]


def test_many_keys_are_sealed_by_a_fixed_number_of_statements(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("runs.metrics.seal.FULL_BLOCKS_AT_ONCE", 100)
    halves = [[point for key in range(20) for point in line(5, key=key, first=first)] for first in (0, 5)]
    run, other = make_run(), make_run()
    for half in halves:
        append(other, half)  # PostgreSQL is asked for the types of columns once
    append(run, halves[0])

    # State, heads and bytes of the batch; rows and small blocks, which are dropped, heads and bytes of full ones
    # with their rest; summaries.
    with django_assert_num_queries(3 + 6 + 1):
        append(run, halves[1])

    assert MetricBlock.objects.filter(run=run, is_sealed=True).count() == 20


def test_what_is_too_much_for_one_batch_is_sealed_by_the_next_ones():
    run = make_run()
    append(run, [point for key in range(12) for point in line(7, key=key)])

    sealed = []
    for step in range(7, 11):
        append(run, [point for key in range(12) for point in line(1, key=key, first=step)])
        sealed.append(MetricBlock.objects.filter(is_sealed=True).count())

    assert sealed == [4, 7, 10, 12]
    for key in range(12):
        assert stored_points(run, key) == [point for _, point in line(11, key=key)]


def old_rows(run, count) -> None:
    """As points were stored before there were blocks."""
    append(run, line(1))
    MetricPoint.objects.bulk_create(
        [MetricPoint(run=run, key_id=1, step=s, timestamp=t, value=v, is_nan=n) for _, (s, t, v, n) in line(count)[1:]]
    )
    MetricSummary.objects.update(unsealed_count=count, count=count, last_step=count - 1, last_timestamp=count - 1)


def test_any_number_of_old_rows_is_sealed_piece_by_piece():
    run = make_run()
    old_rows(run, 1000)
    calls = 0

    while seal_run(run.pk):
        calls += 1
        assert MetricPoint.objects.count() == 1000 - 32 * calls

    assert block_sizes(run, is_sealed=True) == [8] * 125
    assert state(run).count == 0
    assert stored_points(run, 1) == [point for _, point in line(1000)]


def test_a_run_with_old_rows_goes_on():
    run = make_run()
    old_rows(run, 200)

    for first in range(200, 260, 4):
        append(run, line(4, first=first))

    assert not MetricPoint.objects.exists()
    assert stored_points(run, 1) == [point for _, point in line(260)]


def test_the_end_of_a_run_seals_what_is_worth_a_block():
    run = make_run()
    append(run, [*line(13), *line(2, key=2)])

    assert not seal_run(run.pk)

    assert block_sizes(run, is_sealed=True) == [8, 5]
    assert list(MetricPoint.objects.values_list("key_id", flat=True)) == [2, 2]


def test_a_run_that_goes_on_after_its_end_gets_new_blocks():
    run = make_run()
    append(run, line(13))
    seal_run(run.pk)

    append(run, line(13, first=5))
    seal_run(run.pk)

    assert block_sizes(run, is_sealed=True) == [8, 5, 5]
    assert stored_points(run, 1) == [point for _, point in line(18)]


def test_nothing_to_seal_costs_one_statement(django_assert_num_queries):
    run = make_run()
    append(run, line(2))

    with django_assert_num_queries(1):
        assert not seal_run(run.pk)


def test_a_damaged_small_block_is_left_alone():
    run = make_run()
    append(run, line(5))
    MetricBlockData.objects.update(data=b"damaged")

    append(run, line(5, first=5))
    append(run, line(5, first=10))

    assert block_sizes(run, is_sealed=True) == [5, 8]
    assert MetricBlockData.objects.get(number=0).data == b"damaged"
    assert state(run).count == 2


@pytest.mark.sqlite_only
def test_what_sealing_costs_stays_the_same_as_a_run_grows():
    """SQLite counts the rows that a statement looks at: all deletes go by the whole of a primary key."""
    run = make_run()
    with CaptureQueriesContext(connection) as sealing:
        for first in range(0, 40, 2):
            append(run, [*line(2, first=first), *line(4, key=2, first=2 * first)])

    deletes = {query["sql"].partition(": ")[2] or query["sql"] for query in sealing if "DELETE" in query["sql"]}
    assert len(deletes) == 3
    for sql in deletes:
        values = [1] * sql.count("%s")
        plan = " ".join(row[3] for row in fetch_all(f"EXPLAIN QUERY PLAN {sql.strip(chr(39))}", values))
        assert "(run_id=? AND key_id=? AND " in plan, plan
