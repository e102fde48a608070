"""Every exact read against the plain sorted list of points, however they are stored."""

import random
from itertools import chain

import pytest

from runs.metrics.history import bulk_history, history, history_by_step, lines
from runs.metrics.interval import bulk_interval
from runs.metrics.orders import Order
from runs.metrics.pages import points_after
from runs.models import Run
from tests.factories import make_run
from tests.runs.metrics.stored import by_time, random_points, store_anyhow

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["usual", "tiny"])
def sizes(request, monkeypatch):
    """Tiny ones make a few points go the way of millions."""
    if request.param == "tiny":
        monkeypatch.setattr("runs.metrics.merging.POINTS_A_READING", 5)
        monkeypatch.setattr("runs.metrics.merging.POINTS_A_WINDOW", 8)
        monkeypatch.setattr("runs.metrics.disorder.POINTS_A_WINDOW", 8)
        monkeypatch.setattr("runs.metrics.disorder.STRIDE", 2)
        monkeypatch.setattr("runs.metrics.interval.STEPS_AT_ONCE", 10)


def stored(pieces) -> list[tuple]:
    """Lines as the tuples that the model has."""
    return list(chain.from_iterable(Order.BY_STEP.points(line) for line in pieces))


def page_sizes(count):
    return sorted({1, 6, count // 2 + 1, count, count + 1})


@pytest.mark.parametrize("seed", range(12))
def test_one_history_in_both_orders_and_all_pages(seed, sizes):
    choose = random.Random(seed)
    run = make_run()
    points = random_points(choose, choose.randint(1, 70))
    store_anyhow(run, "loss", points, choose)
    store_anyhow(run, "other", random_points(choose, 5), choose)

    for order, expected in ((Order.BY_TIME, sorted(points, key=by_time)), (Order.BY_STEP, sorted(points))):
        assert stored(history(run.pk, "loss", order=order)) == expected
        for size in page_sizes(len(points)):
            for offset in range(0, len(points) + 1, size):
                page = stored(history(run.pk, "loss", order=order, limit=size, offset=offset))
                assert page == expected[offset : offset + size]


@pytest.mark.parametrize("seed", range(8))
def test_pages_from_where_the_last_one_ended(seed, sizes):
    choose = random.Random(seed)
    run = make_run()
    points = random_points(choose, choose.randint(1, 50))
    store_anyhow(run, "loss", points, choose)

    for size in page_sizes(len(points)):
        found, position = [], None
        while page := points_after(run.pk, "loss", position, limit=size):
            found += page
            position = page[-1]
            assert len(page) == size or len(found) == len(points)
        assert found == sorted(points)
    shown = history_by_step(run.pk, "loss", limit=3, offset=1)
    assert [(point.step, point.timestamp, str(point.value)) for point in shown] == [
        (step, time, "nan" if is_nan else str(value)) for step, time, value, is_nan in sorted(points)[1:4]
    ]


@pytest.mark.parametrize("seed", range(8))
def test_many_histories_whole_and_in_part(seed, sizes):
    choose = random.Random(seed)
    runs = {make_run().pk: random_points(choose, choose.randint(1, 40)) for _ in range(4)}
    for run_pk, points in runs.items():
        store_anyhow(Run.objects.get(pk=run_pk), "loss", points, choose)
    in_any_order = choose.sample(list(runs), len(runs))
    steps = sorted(step for points in runs.values() for step, *_ in points)
    first, last = sorted(choose.choices([*steps, steps[0] - 1 if steps[0] > -(2**63) else steps[0]], k=2))

    whole = lines(in_any_order, "loss")
    part = lines(in_any_order, "loss", first_step=first, last_step=last)
    limits = {limit: bulk_history(in_any_order, "loss", limit=limit) for limit in (1, 7, 50, 1000)}

    assert {run_pk: stored([line]) for run_pk, line in whole.items()} == {pk: sorted(runs[pk]) for pk in runs}
    cut = {pk: sorted(point for point in points if first <= point[0] <= last) for pk, points in runs.items()}
    assert {pk: stored([line]) for pk, line in part.items()} == {pk: points for pk, points in cut.items() if points}
    expected = [(pk, *point) for pk in in_any_order for point in sorted(runs[pk], key=by_time)]
    for limit, pieces in limits.items():
        assert [(pk, *point) for pk, line in pieces for point in stored([line])] == expected[:limit]


def kept_steps(all_steps, count):
    """The rule of the protocol, word for word."""
    steps = sorted(set(all_steps))
    if len(steps) <= count:
        return set(steps)
    return {steps[i * len(steps) // count] for i in range(count)} | {steps[-1]}


@pytest.mark.parametrize("seed", range(15))
def test_an_interval_of_any_runs_follows_the_rule(seed, sizes):
    choose = random.Random(seed)
    runs = {make_run().pk: random_points(choose, choose.randint(1, 60)) for _ in range(3)}
    for run_pk, points in runs.items():
        store_anyhow(Run.objects.get(pk=run_pk), "loss", points, choose)
    start, end = choose.choice([(None, None), (5, 50), (-30, 10), (-(2**63), 2**63 - 1)])
    count = choose.randint(1, 12)

    pieces = bulk_interval(list(runs), "loss", start_step=start, end_step=end, max_results=count)

    low, high = (0, 2**63 - 1) if start is None else (start, end)
    inside = [step for points in runs.values() for step, *_ in points if low <= step <= high]
    ends = {step for points in runs.values() for step in (min(points)[0], max(points)[0]) if low <= step <= high}
    kept = kept_steps(inside, count) | ends
    assert [(pk, *point) for pk, line in pieces for point in stored([line])] == [
        (pk, *point) for pk in sorted(runs) for point in sorted(runs[pk]) if point[0] in kept
    ]
