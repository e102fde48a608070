import pytest

from runs.charts.series import XAxis, YScale
from runs.metrics.smoothing import Smoothing
from runs.queries import metric_panel as panel_module
from runs.queries import panel_lines
from runs.queries.metric_panel import metric_panel, panel_state
from runs.queries.panel_options import PanelOptions
from tests.factories import make_run
from tests.runs.metrics.stored import damage, store_points

pytestmark = pytest.mark.django_db


def falling(count, *, start=0):
    return [(step, 1000 * step, 1.0 - step / 10_000, False) for step in range(start, start + count)]


def cut(points, size=4096):
    return [points[start : start + size] for start in range(0, len(points), size)]


@pytest.fixture
def read_little(monkeypatch):
    monkeypatch.setattr("runs.metrics.outline.UNPACKED_AT_MOST", 0)


def test_a_long_line_is_told_by_heads_and_that_is_said(read_little):
    run = make_run()
    store_points(run, "loss", sealed=cut(falling(3 * 4096)))

    chart = metric_panel([run], "loss", PanelOptions())

    assert chart.caption == "6 of 12,288 points, extremes kept: first, last, lowest and highest of each 4,096"


def test_what_is_told_by_heads_in_part_is_counted(monkeypatch):
    monkeypatch.setattr("runs.metrics.outline.UNPACKED_AT_MOST", 100)
    run = make_run()
    wide = [(100_000 * step, step, float(step), False) for step in range(1, 100)]
    store_points(run, "loss", sealed=[*cut(falling(4096)), wide])

    chart = metric_panel([run], "loss", PanelOptions())

    said = "101 of 4,195 points, extremes kept · 4,096 of them by first, last, lowest and highest of each 4,096"
    assert chart.caption == said


def test_a_damaged_block_is_said():
    run = make_run()
    key = store_points(run, "loss", sealed=cut(falling(300), 100))
    damage(run, key, 1)

    caption = metric_panel([run], "loss", PanelOptions()).caption

    assert caption == (
        "202 of 300 points, extremes kept · 1 damaged block of 100 points, drawn by first, last, lowest and highest"
    )


def test_a_log_axis_says_that_there_may_be_more_below(read_little):
    run = make_run()
    store_points(
        run, "loss", sealed=[[(0, 0, 2.0, False), (1, 1, -1.0, False), (2, 2, 0.0, False), (3, 3, 4.0, False)]]
    )

    log, linear = (metric_panel([run], "loss", PanelOptions(y=scale)) for scale in (YScale.LOG, YScale.LINEAR))

    assert "at least 1 not above 0, marked at the bottom" in log.caption
    assert log.series[0].not_positive_x.tolist() == [1]
    assert "not above" not in linear.caption


def test_marks_whose_place_is_unknown_are_said(read_little):
    run = make_run()
    points = falling(500)
    points[123] = (123, 123, 0.0, True)
    store_points(run, "loss", sealed=[points])

    assert "1 NaN · marks in the middle of each 4,096 points" in metric_panel([run], "loss", PanelOptions()).caption


def test_smoothing_uses_every_point_or_says_that_it_does_not(read_little, monkeypatch):
    run = make_run()
    store_points(run, "loss", sealed=cut(falling(1000), 300))
    options = PanelOptions(smoothing=Smoothing.parse("0.9"))

    smoothed = metric_panel([run], "loss", options)
    monkeypatch.setattr(panel_module, "SMOOTHED_AT_MOST", 999)
    raw = metric_panel([run], "loss", options)

    assert len(smoothed.series[0].smooth_y) == 1000
    assert len(raw.series[0].smooth_y) == 0
    assert raw.caption.endswith("· not smoothed: over 999 points")


def test_runs_are_smoothed_in_turns_and_drawn_in_their_order(monkeypatch):
    monkeypatch.setattr(panel_lines, "SMOOTHED_AT_ONCE", 15)
    runs = [make_run(name=name) for name in "abc"]
    for run in runs:
        store_points(run, "loss", sealed=[falling(10)])

    chart = metric_panel(runs[::-1], "loss", PanelOptions(smoothing=Smoothing.parse("0.5")))

    assert [(one.name, one.dash) for one in chart.series] == [("c", 0), ("b", 1), ("a", 2)]


@pytest.mark.parametrize(("x_from", "x_to", "expected"), [(100.0, None, (100.0, 999.0)), (None, 100.0, (0.0, 100.0))])
def test_a_range_with_one_end_reaches_to_the_end_of_the_lines(x_from, x_to, expected):
    run = make_run()
    store_points(run, "loss", sealed=[falling(1000)])

    chart = metric_panel([run], "loss", PanelOptions(x_from=x_from, x_to=x_to))

    low, high = chart.x_range
    assert (low, high) == pytest.approx(expected, abs=1)


def test_time_since_the_start_is_zoomed_in_its_own_unit():
    run = make_run(start_time=1_000_000)
    store_points(run, "loss", sealed=[[(n, 1_000_000 + 60_000 * n, float(n), False) for n in range(10)]])

    chart = metric_panel([run], "loss", PanelOptions(x=XAxis.RELATIVE, x_from=2.5, x_to=5.0))

    assert chart.x_unit == "min"
    assert chart.series[0].x.tolist() == [2, 3, 4, 5, 6]
    assert chart.caption == "3 of 3 points"


def test_the_state_changes_when_points_are_put_into_blocks():
    runs = [make_run(), make_run()]
    store_points(runs[0], "loss", rows=falling(10))
    store_points(runs[1], "loss", sealed=[falling(10)])

    states = {panel_state([run], "loss", PanelOptions()).replace(run.run_id, "") for run in runs}

    assert len(states) == 2


def test_a_long_chart_of_many_runs_takes_four_statements_and_no_points(django_assert_num_queries):
    runs = [make_run() for _ in range(5)]
    for run in runs:
        store_points(run, "loss", sealed=cut(falling(40_960), 128))

    with django_assert_num_queries(4) as statements:
        metric_panel(runs, "loss", PanelOptions())

    assert not any("blockdata" in query["sql"] for query in statements.captured_queries)
