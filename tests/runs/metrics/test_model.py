"""The store held against the plain set of points, whatever is sent, in whichever order, sealed or not."""

import math
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.keys import key_ids
from runs.metrics.check import check_runs
from runs.metrics.history import history
from runs.metrics.orders import Order
from runs.metrics.points import columns_of
from runs.models import MetricBlock, MetricSummary, Run, RunStatus
from runs.services.runs import update_run
from tests.factories import make_run
from tests.runs.metrics.points import (
    POINTS,
    as_stored,
    expected_summary,
    line_points,
    same_summary,
    stored_points,
    stored_summary,
)

KEYS = ("a", "b", "c")
Model = dict[str, set[tuple]]

LINES = st.builds(
    lambda first, count, time: [as_stored(step, time, step / 3) for step in range(first, first + count)],
    st.integers(-3, 60),
    st.integers(1, 30),
    st.integers(0, 1),
)
BATCHES = st.dictionaries(st.sampled_from(KEYS), st.lists(POINTS, min_size=1, max_size=12) | LINES, max_size=3)
AGAIN, END, RESUME = "again", "end", "resume"
ACTIONS = st.lists(
    BATCHES | st.tuples(st.just(AGAIN), st.integers(0, 20)) | st.sampled_from([END, RESUME]), min_size=1, max_size=14
)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr("runs.metrics.blocks.FULL_BLOCK", 8)
    monkeypatch.setattr("runs.metrics.blocks.WORTH_A_BLOCK", 3)


def log(run: Run, batch: dict[str, list[tuple]]) -> None:
    """Half of the zeros are sent with a sign."""
    columns = {key: columns_of(points) for key, points in batch.items()}
    for steps, _, values in columns.values():
        values[:] = [-0.0 if value == 0 and step % 2 else value for step, value in zip(steps, values, strict=True)]
    log_batch(run.run_id, Batch(points=columns), user=None)


def assert_same(run: Run, model: Model) -> None:
    for key, number in key_ids(model).items():
        points = sorted(model[key])
        assert stored_points(run, number) == points
        by_step = [point for line in history(run.pk, key, order=Order.BY_STEP) for point in line_points(line)]
        assert [as_stored(*point) for point in by_step] == points
        by_time = [point for line in history(run.pk, key) for point in line_points(line)]
        assert [as_stored(*point) for point in by_time] == sorted(points, key=lambda p: (p[1], p[0], p[2], p[3]))
        assert same_summary(stored_summary(run, number), expected_summary(model[key]))
    assert MetricSummary.objects.filter(run=run).count() == len(model)
    assert list(check_runs([run.pk])) == []


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=ACTIONS)
def test_whatever_is_done_the_points_are_those_of_the_plain_set(actions):
    run = make_run()
    model: Model = defaultdict(set)
    sent: list[dict] = []

    for action in actions:
        if action in (END, RESUME):
            update_run(run.run_id, status=RunStatus.FINISHED if action == END else RunStatus.RUNNING, user=None)
            continue
        if isinstance(action, tuple):
            action = sent[action[1] % len(sent)] if sent else {}
        log(run, action)
        sent.append(action)
        for key, points in action.items():
            model[key] |= set(points)

    assert_same(run, model)


@pytest.mark.usefixtures("transactional_db")
def test_writers_at_the_same_time_leave_the_points_of_all():
    run = make_run()
    model: Model = defaultdict(set)
    plans = [[some_batch(random.Random(f"{writer} {number}"), number) for number in range(25)] for writer in range(4)]
    for batch in (batch for plan in plans for batch in plan):
        for key, points in batch.items():
            model[key] |= set(points)

    def write(plan):
        try:
            for number, batch in enumerate(plan):
                log(run, batch)
                if number % 9 == 8:
                    update_run(run.run_id, status=RunStatus.FINISHED, user=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(write, plans))

    assert MetricBlock.objects.filter(run=run, is_sealed=True).exists()
    assert_same(run, model)


def some_batch(rng: random.Random, number: int) -> dict[str, list[tuple]]:
    """Mostly later than what was sent so far, by this writer or others."""
    first = rng.choice([5 * number, 5 * number, rng.randrange(120)])
    values = [0.5, 0.0, math.nan, math.inf, -math.inf, 1e300]
    return {
        key: [
            as_stored(step, rng.choice([0, 1]), rng.choice(values))
            for step in range(first, first + rng.randrange(1, 9))
        ]
        for key in rng.sample(KEYS, 2)
    }
