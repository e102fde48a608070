import numpy as np

from runs.metrics.axes import by_metric, by_process_time, by_time
from runs.metrics.codec import Line


def line(steps, times, values):
    return Line(np.array(steps, "i8"), np.array(times, "i8"), np.array(values, "f8"))


def test_points_stand_in_the_order_of_time():
    found = by_time(line([0, 1, 2], [30, 10, 20], [1, 2, 3]), origin=10)

    assert (found.x.tolist(), found.y.tolist(), found.steps.tolist()) == ([0, 10, 20], [2, 3, 1], [1, 2, 0])


def test_a_pause_is_as_long_as_the_usual_gap():
    second, hour = 1000, 3_600_000
    found = by_process_time(line(range(5), [0, second, 2 * second, 2 * second + hour, 3 * second + hour], range(5)), 0)

    assert found.x.tolist() == [0, 1000, 2000, 3000, 4000]
    assert (found.pauses, found.paused) == (1, hour - second)


def test_long_steps_are_no_pauses():
    hours = [3_600_000 * hour for hour in (0, 1, 2, 5)]

    assert by_process_time(line(range(4), hours, range(4)), 0).x.tolist() == hours


def test_short_gaps_are_no_pauses():
    assert by_process_time(line(range(4), [0, 10, 20, 50_000], range(4)), 0).pauses == 0


def test_points_stand_at_the_other_metrics_last_value_at_their_step():
    other = line([0, 1, 1, 2, 4], [0, 0, 1, 0, 0], [0.0, 9.0, 3.0, np.nan, 1.0])

    found = by_metric(line([0, 1, 2, 3, 4], [0] * 5, [10, 11, 12, 13, 14]), other)

    assert (found.x.tolist(), found.y.tolist(), found.steps.tolist()) == ([0, 1, 3], [10, 14, 11], [0, 4, 1])
    assert found.alone == 2


def test_without_the_other_metric_all_are_alone():
    assert by_metric(line([0, 1], [0, 1], [1, 2]), None).alone == 2
