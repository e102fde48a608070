"""Lines for eyes against the plain list of points, however they are stored and however little is unpacked."""

import random

import numpy as np
import pytest

from runs.metrics import outline as outline_module
from runs.metrics.codec import GREATEST, LEAST
from runs.metrics.outline import outlines, smoothed_outlines
from runs.metrics.smoothing import Smoothing
from runs.metrics.windows import Along, Window, earliest_times
from tests.factories import make_run
from tests.runs.metrics.stored import damage, random_points, store_anyhow, store_points

pytestmark = pytest.mark.django_db


def drawn(windows, key, along=Along.STEP, *, pixels=600, **more):
    return dict(outlines(windows, key, along, pixels=pixels, **more))


def sine(count, *, start=0):
    return [(step, 1000 * step, float(np.sin(step / 50)), False) for step in range(start, start + count)]


def cut(points, size=4096):
    return [points[start : start + size] for start in range(0, len(points), size)]


def line_points(line):
    """(x, y) of the part in the window, NaN by its name so that it equals itself."""
    return [(x, str(y) if y != y else y) for x, y in zip(line.x[line.inside], line.y[line.inside], strict=True)]


def true_points(points, along, window):
    at = 0 if along is Along.STEP else 1
    inside = [point for point in points if window.low <= point[at] <= window.high]
    xs = [point[at] if along is Along.STEP else float(point[at]) - window.origin for point in inside]
    return [(x, "nan" if is_nan else value) for x, (_, _, value, is_nan) in zip(xs, inside, strict=True)]


def finite(points):
    return [(x, y) for x, y in points if y != "nan" and np.isfinite(y)]


@pytest.fixture(params=[0, 10, 1_000_000])
def unpacked_at_most(request, monkeypatch):
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", request.param)
    return request.param


@pytest.fixture
def unpacked(monkeypatch):
    """Numbers of the blocks that were unpacked."""
    numbers = []

    def spy(heads, key):
        numbers.extend(heads["number"].tolist())
        return read_blocks(heads, key)

    read_blocks = outline_module.read_blocks
    monkeypatch.setattr(outline_module, "read_blocks", spy)
    return numbers


def some_window(choose, run, points, along):
    at = 0 if along is Along.STEP else 1
    low, high = sorted(choose.choice(points)[at] + choose.randint(-1, 1) for _ in range(2))
    low, high = (min(max(end, LEAST), GREATEST) for end in (low, high))
    return Window(run.pk, 0, *choose.choice([(LEAST, GREATEST), (low, high), (low, GREATEST), (LEAST, high)]))


@pytest.mark.parametrize("along", list(Along))
@pytest.mark.parametrize("seed", range(10))
def test_what_is_drawn_is_stored_counted_and_keeps_the_extremes(seed, along, unpacked_at_most):
    choose = random.Random(seed)
    run = make_run()
    points = random_points(choose, choose.randint(1, 80))
    key = store_anyhow(run, "loss", points, choose)
    window = some_window(choose, run, points, along)

    line = drawn([window], key, along, pixels=choose.choice([4, 600]))[run.pk]

    truth = true_points(points, along, window)
    tally = line.tally
    assert (line.x[1:] >= line.x[:-1]).all()
    assert set(finite(line_points(line))) <= set(truth)
    assert line.inside.start <= 1 and len(line.x) - line.inside.stop <= 1
    if not tally.is_about:
        assert tally.count == len(truth)
        assert tally.nan_count == sum(y == "nan" for _, y in truth)
        assert tally.infinity_count == len(truth) - tally.nan_count - len(finite(truth))
        assert (tally.nan_count > 0) == any(y == "nan" for _, y in line_points(line))
        values, kept = ([y for _, y in finite(some)] for some in (truth, line_points(line)))
        assert min(kept, default=None) == min(values, default=None)
        assert max(kept, default=None) == max(values, default=None)
        assert tally.not_positive_count <= sum(y <= 0 for y in values)
        assert tally.more_not_positive or tally.not_positive_count == sum(y <= 0 for y in values)


@pytest.mark.parametrize("along", list(Along))
@pytest.mark.parametrize("seed", range(6))
def test_all_points_are_there_where_all_blocks_are_unpacked(seed, along):
    choose = random.Random(seed)
    run = make_run()
    points = random_points(choose, choose.randint(1, 80))
    key = store_anyhow(run, "loss", points, choose)
    window = some_window(choose, run, points, along)

    line = drawn([window], key, along, unpack_all=True)[run.pk]

    assert sorted(line_points(line), key=str) == sorted(true_points(points, along, window), key=str)
    beyond = true_points(points, along, Window(run.pk))
    for x, nearest in (
        (line.x[: line.inside.start], max((x for x, _ in beyond if x < window.low), default=None)),
        (line.x[line.inside.stop :], min((x for x, _ in beyond if x > window.high), default=None)),
    ):
        assert x.tolist() == ([] if nearest is None else [nearest])


@pytest.mark.parametrize("place", [0, 1, 4095, 4096, 4097, 8191, 12_345, 19_998, 19_999])
def test_a_single_spike_is_seen_at_its_place_without_unpacking_a_block(place, unpacked):
    run = make_run()
    points = sine(20_000)
    points[place] = (place, 1000 * place, 77.0, False)
    key = store_points(run, "loss", sealed=cut(points))

    line = drawn([Window(run.pk)], key, pixels=10)[run.pk]

    assert (place, 77.0) in line_points(line)
    assert unpacked == []
    assert (line.tally.count, line.tally.unread) == (20_000, 20_000)


def test_each_block_keeps_its_first_last_lowest_and_highest():
    run = make_run()
    choose = np.random.default_rng(3)
    blocks = cut([(step, step, float(choose.normal()), False) for step in range(3000)], 300)
    key = store_points(run, "loss", sealed=blocks)

    points = line_points(drawn([Window(run.pk)], key, pixels=10)[run.pk])

    for block in blocks:
        values = [(value, step) for step, _, value, _ in block]
        expected = {(block[0][0], block[0][2]), (block[-1][0], block[-1][2])}
        expected |= {(step, value) for value, step in (min(values), max(values))}
        assert {point for point in points if block[0][0] <= point[0] <= block[-1][0]} == expected


def test_zoomed_in_the_blocks_of_the_range_alone_are_unpacked(unpacked):
    run = make_run()
    key = store_points(run, "loss", sealed=cut(sine(4096 * 6)))

    line = drawn([Window(run.pk, 0, 2 * 4096, 3 * 4096 - 1)], key)[run.pk]
    assert unpacked == [2]
    assert line.x.tolist() == list(range(2 * 4096 - 1, 3 * 4096 + 1))
    assert line.tally.count == 4096

    unpacked.clear()
    line = drawn([Window(run.pk, 0, 2 * 4096 - 1, 2 * 4096)], key)[run.pk]
    assert unpacked == [1, 2]
    assert line.x[line.inside].tolist() == [2 * 4096 - 1, 2 * 4096]


@pytest.mark.parametrize("along", Along)
def test_unsealed_points_far_beyond_the_range_take_nothing_of_its_detail(along):
    run = make_run()
    key = store_points(run, "loss", sealed=cut(sine(4096 * 2)), rows=sine(5, start=1_000_000))
    unit = 1 if along is Along.STEP else 1000

    line = drawn([Window(run.pk, 0, 100 * unit, 400 * unit)], key, along)[run.pk]

    assert line.x[line.inside].tolist() == [unit * step for step in range(100, 401)]


def test_a_range_without_points_has_the_two_around_it():
    run = make_run()
    key = store_points(run, "loss", sealed=[sine(10)], small=[sine(10, start=100)], rows=sine(3, start=50))

    line = drawn([Window(run.pk, 0, 20, 30)], key)[run.pk]

    assert line.x.tolist() == [9, 50]
    assert line.tally.count == 0


def test_equally_wide_blocks_are_treated_alike(unpacked, monkeypatch):
    runs = [make_run(), make_run()]
    for run in runs:
        key = store_points(run, "loss", sealed=cut(sine(4096 * 4)))
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 5 * 4096)

    lines = drawn([Window(run.pk) for run in runs], key)
    assert unpacked == []
    assert {line.tally.unread for line in lines.values()} == {4 * 4096}

    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 8 * 4096)
    drawn([Window(run.pk) for run in runs], key)
    assert unpacked == [0, 1, 2, 3] * 2


def test_the_widest_blocks_are_unpacked_first(unpacked, monkeypatch):
    run = make_run()
    sparse = [(1000 + 100 * step, step, 1.0, False) for step in range(50)]
    key = store_points(run, "loss", sealed=[sine(50), sine(50, start=100), sparse])
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 60)

    drawn([Window(run.pk)], key)

    assert unpacked == [2]


def test_a_nan_among_numbers_is_looked_for_and_a_block_of_nan_is_not(unpacked):
    run = make_run()
    some, nothing = sine(500), [(step, step, 0.0, True) for step in range(500, 1000)]
    some[123] = (123, 123, 0.0, True)
    key = store_points(run, "loss", sealed=[some, nothing])

    line = drawn([Window(run.pk)], key, pixels=4)[run.pk]

    assert unpacked == [0]
    assert [x for x, y in line_points(line) if y == "nan"] == [123, 500, 999]
    assert line.tally.nan_count == 501


def test_a_nan_that_cannot_be_looked_for_stands_in_the_middle_and_that_is_said(monkeypatch):
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 0)
    run = make_run()
    points = sine(500)
    points[123] = (123, 123, 0.0, True)
    key = store_points(run, "loss", sealed=[points])

    line = drawn([Window(run.pk)], key)[run.pk]

    assert [x for x, y in line_points(line) if y == "nan"] == [249]
    assert line.tally.has_vague_marks and line.tally.nan_count == 1


def test_a_damaged_block_is_drawn_from_its_head_and_counted():
    run = make_run()
    key = store_points(run, "loss", sealed=cut(sine(300), 100))
    damage(run, key, 1)

    line = drawn([Window(run.pk)], key)[run.pk]

    assert (line.tally.damaged_blocks, line.tally.damaged_points, line.tally.count) == (1, 100, 300)
    assert len([x for x in line.x if 100 <= x < 200]) in (2, 3, 4)
    assert len([x for x in line.x if not 100 <= x < 200]) == 200


def test_time_is_counted_from_the_origin_of_each_run():
    runs = [make_run(), make_run()]
    for start, run in enumerate(runs, 1):
        key = store_points(run, "loss", sealed=[[(0, start * 10**12 + 5, 1.0, False), (1, start * 10**12, 2.0, False)]])
    first = earliest_times([run.pk for run in runs], key)
    windows = [Window(run.pk, first[run.pk], first[run.pk], first[run.pk] + 5) for run in runs]

    lines = drawn(windows, key, Along.TIME)

    assert [line_points(line) for line in lines.values()] == [[(0.0, 2.0), (5.0, 1.0)]] * 2


def test_smoothing_reads_every_point_and_cuts_afterwards(monkeypatch):
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 0)
    run = make_run()
    points = sine(1000)
    key = store_points(run, "loss", sealed=cut(points, 300), rows=[(1000, 1000, 0.0, True)])
    smoothing = Smoothing.parse("ema:0.81")
    whole = smoothing.of(np.arange(1000), np.array([value for _, _, value, _ in points]))

    window = Window(run.pk, 0, 100, 120)
    ((_, line),) = smoothed_outlines([window], key, Along.STEP, smoothing=smoothing)

    assert line.x.tolist() == list(range(99, 122))
    assert line.tally.count == 21
    np.testing.assert_allclose(line.smooth, whole[99:122])


@pytest.mark.parametrize("along", list(Along))
@pytest.mark.parametrize("ends", [(LEAST, GREATEST), (0, 5_000_000)])
def test_statements_do_not_grow_with_runs_and_blocks(along, ends, django_assert_num_queries):
    runs = [make_run() for _ in range(3)]
    for run in runs:
        key = store_points(run, "loss", sealed=cut(sine(2000), 100), rows=sine(5, start=3000))

    with django_assert_num_queries(2) as statements:
        drawn([Window(run.pk, 0, *ends) for run in runs], key, along, pixels=10)
    assert not any("blockdata" in query["sql"] for query in statements.captured_queries)

    with django_assert_num_queries(3):
        drawn([Window(run.pk, 0, *ends) for run in runs], key, along, pixels=600)


def test_a_block_that_an_end_of_the_range_cuts_is_drawn_no_finer_than_its_neighbours(unpacked, monkeypatch):
    monkeypatch.setattr(outline_module, "UNPACKED_AT_MOST", 2 * 4096)
    run = make_run()
    key = store_points(run, "loss", sealed=cut(sine(4096 * 6)))

    line = drawn([Window(run.pk, 0, 1000, 5 * 4096 + 1000)], key)[run.pk]

    assert unpacked == [0, 5]
    assert line.x[line.inside][0] == 1000 and line.x[line.inside][-1] == 5 * 4096 + 1000
    assert len(line.x[line.inside]) <= 4 * 6
    assert line.tally.count == line.tally.unread == 5 * 4096 + 1
