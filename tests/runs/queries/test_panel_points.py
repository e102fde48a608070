"""Charts drawn of every point: other axes, robust ranges, means of groups."""

import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.charts.metric_lines import metric_lines
from runs.charts.series import Role, XAxis, YScale
from runs.charts.svg import svg_chart
from runs.metrics.group_mean import Band
from runs.metrics.smoothing import Smoothing
from runs.queries.chart_subject import ChartGroup
from runs.queries.metric_panel import metric_panel, panel_state
from runs.queries.panel_options import PanelOptions
from tests.factories import make_run
from tests.runs.metrics.stored import damage, store_points
from tests.runs.points import log_line, log_points

pytestmark = pytest.mark.django_db
START, SECOND, HOUR = 1_700_000_000_000, 1000, 3_600_000


def line(chart, name="r"):
    return next(one for one in chart.series if one.name == name)


def test_process_time_leaves_pauses_out_and_says_so():
    run = make_run(name="r", start_time=START)
    times = [0, 60, 120, 120 + 7200, 180 + 7200]
    log_points(run, "loss", [(step, START + SECOND * time, float(step)) for step, time in enumerate(times)])

    chart = metric_panel([run], "loss", PanelOptions(x=XAxis.PROCESS))

    assert chart.x_title == "process time (min)"
    assert line(chart).x.tolist() == [0, 1, 2, 3, 4]
    assert "1 pause of 1 h 59 m in all taken out: gaps over 60 s and 10 × the median" in chart.caption


def test_another_metric_is_the_axis_by_steps():
    run = make_run(name="r")
    log_line(run, "epoch", [0.0, 0.5, 1.0])
    log_line(run, "loss", [4.0, 3.0, 2.0, 1.0])

    chart = metric_panel([run], "loss", PanelOptions(x=XAxis.METRIC, x_key="epoch", x_from=0.4))

    assert (chart.x_title, chart.x_range) == ("epoch", (0.4, 1.0))
    assert line(chart).x.tolist() == [0.0, 0.5, 1.0]
    assert "2 of 2 points · 1 points without epoch at their step" in chart.caption


def test_an_axis_that_no_run_has_leaves_nothing_and_says_why():
    run = make_run(name="r")
    log_line(run, "loss", [4.0, 3.0])

    chart = metric_panel([run], "loss", PanelOptions(x=XAxis.METRIC, x_key="nope"))

    assert "2 points without nope at their step" in chart.caption
    assert svg_chart(chart) and go.Figure(metric_lines(chart)) is not None


@pytest.mark.parametrize("axis", [XAxis.PROCESS, XAxis.METRIC])
def test_too_many_points_are_drawn_otherwise_and_that_is_said(axis, monkeypatch):
    monkeypatch.setattr("runs.queries.metric_panel.READ_AT_MOST", 3)
    run = make_run(name="r")
    log_line(run, "loss", range(4))

    chart = metric_panel([run], "loss", PanelOptions(x=axis, x_key="loss"))

    assert "over 3 points" in chart.caption
    assert chart.x_axis in (XAxis.RELATIVE, XAxis.STEP)


@given(values=st.lists(st.floats(-1e3, 1e3), min_size=40, max_size=200), is_log=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_robust_axis_is_that_of_pandas_and_marks_what_it_cuts(values, is_log):
    run = make_run(name="r")
    log_line(run, "loss", values)
    kept = pd.Series(values)[lambda all_: (all_ > 0) | (not is_log)]

    chart = metric_panel([run], "loss", PanelOptions(is_robust=True, y=YScale.LOG if is_log else YScale.LINEAR))

    low, high = kept.quantile(0.05), kept.quantile(0.95)
    if not low < high:
        assert chart.y_range is None
        return
    assert chart.y_range == pytest.approx((low, high))
    one = line(chart)
    assert (one.above_count, one.below_count) == ((kept > chart.y_range[1]).sum(), (kept < chart.y_range[0]).sum())
    assert "5th to 95th percentile of all values" in chart.caption


def test_cut_values_have_marks_in_figure_and_drawing():
    run = make_run(name="r")
    log_line(run, "loss", [*np.linspace(1, 2, 100), 1e9])

    chart = metric_panel([run], "loss", PanelOptions(is_robust=True))
    figure = metric_lines(chart)

    assert line(chart).above_x.tolist()[-1] == 100
    assert "above the axis" in [trace["meta"].get("mark") for trace in figure["data"]]
    assert figure["layout"]["yaxis"]["range"][1] < 3
    assert "<title>above the axis</title>" in svg_chart(chart)


@given(
    lines=st.lists(st.lists(st.floats(-100, 100), min_size=1, max_size=30), min_size=2, max_size=4),
    smooth=st.sampled_from([None, "mean:3"]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mean_is_over_all_members_whatever_else_is_drawn(lines, smooth):
    runs = []
    for values in lines:
        runs.append(make_run())
        log_line(runs[-1], "loss", values)
    group, other = ChartGroup("a" * 12, "g", tuple(runs)), ChartGroup("b" * 12, "h", tuple(runs[:1]))
    expected = pd.DataFrame([pd.Series(values) for values in lines]).mean()
    options = PanelOptions(smoothing=Smoothing.parse(smooth or ""))

    alone, beside, zoomed = (
        line(metric_panel([], "loss", settings_, groups=groups), "g")
        for settings_, groups in (
            (options, [group]),
            (options, [other, group]),
            (PanelOptions(smoothing=options.smoothing, x_from=-0.5, x_to=0.5), [group]),
        )
    )

    np.testing.assert_allclose(alone.y, expected, atol=1e-9)
    np.testing.assert_array_equal(alone.y, beside.y)
    np.testing.assert_array_equal(alone.y[: len(zoomed.y)], zoomed.y)
    assert alone.role is Role.MEAN


@pytest.mark.parametrize("axis", [XAxis.STEP, XAxis.RELATIVE, XAxis.PROCESS, XAxis.WALL, XAxis.METRIC])
@pytest.mark.parametrize("scale", YScale)
@pytest.mark.parametrize("band", Band)
def test_groups_are_figures_and_drawings_along_every_axis(axis, scale, band):
    runs = [make_run(name=f"r{n}", start_time=START) for n in range(3)]
    for number, run in enumerate(runs):
        log_line(run, "loss", [number, -1.0, np.nan, 5.0, *range(number)])
        log_line(run, "epoch", [0.0, 0.5, 1.0, 1.5])
    options = PanelOptions(x=axis, x_key="epoch", y=scale, band=band, is_robust=True)

    chart = metric_panel(runs[2:], "loss", options, groups=[ChartGroup("a" * 12, "g", tuple(runs[:2]))])

    go.Figure(metric_lines(chart))
    assert not re.search(r' (d|transform|cx|cy)="[^"]*(nan|inf)', svg_chart(chart))
    assert chart.story


def test_a_band_is_broken_where_one_member_is_left():
    runs = [make_run(), make_run()]
    log_points(runs[0], "loss", [(step, step, 1.0) for step in range(6)])
    log_points(runs[1], "loss", [(step, step, 3.0) for step in (0, 1, 4, 5)])

    chart = metric_panel([], "loss", PanelOptions(), groups=[ChartGroup("a" * 12, "g", tuple(runs))])
    (band,) = [trace for trace in metric_lines(chart)["data"] if trace["meta"].get("band")]

    assert np.isnan(band["x"]).sum() == 1
    assert line(chart, "g").members.tolist() == [2, 2, 1, 1, 2, 2]


def test_a_run_with_a_damaged_block_is_left_out_of_a_mean_and_that_is_said():
    runs = [make_run(), make_run()]
    for run in runs:
        key = store_points(run, "loss", sealed=[[(step, step, 1.0, False) for step in range(50)]])
    damage(runs[0], key, 0)

    chart = metric_panel([], "loss", PanelOptions(), groups=[ChartGroup("a" * 12, "g", tuple(runs))])

    assert "1 run left out: a block of points is damaged" in chart.caption
    assert "mean of 1 runs" in chart.caption


def test_the_state_changes_with_groups_baseline_and_the_other_metric():
    run = make_run()
    log_line(run, "loss", [1.0])
    options = PanelOptions(x=XAxis.METRIC, x_key="epoch")
    before = panel_state([run], "loss", options)

    log_line(run, "epoch", [1.0])

    states = {
        before,
        panel_state([run], "loss", options),
        panel_state([run], "loss", options, baseline=run.run_id),
        panel_state([run], "loss", options, groups=[ChartGroup("a", "g", (run,))]),
    }
    assert len(states) == 4
