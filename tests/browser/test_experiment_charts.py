"""Journeys through the charts of an experiment in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run
from tests.browser.test_run_detail import AXES, drag, drawn, log_line

NAMES = ("wide-moth", "calm-otter", "keen-finch")


@pytest.fixture
def charted(server):
    """Three runs apart from each other: the first has the greatest values."""
    experiment_id = create_experiment(server, "charted")
    for number, name in enumerate(NAMES):
        run_id = log_run(server, experiment_id, name, params={"model": "mlp" if number else "tree"})
        for key in ("train/loss", "val/loss"):
            log_line(server, run_id, key, [(3 - number) * (1 + 1 / (1 + step)) for step in range(500)])
    return f"/experiments/{experiment_id}/charts"


def hover(page, figure, across, up):
    figure.scroll_into_view_if_needed()
    box = figure.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * up)


def test_the_tooltip_lists_lines_by_distance_and_their_line_stands_out_everywhere(page, charted):
    page.goto(charted)
    train, val = drawn(page, "train/loss"), drawn(page, "val/loss")

    hover(page, train, 0.5, 0.95)
    tooltip = train.locator(".tooltip")

    assert [text.split() for text in tooltip.locator("p:not(.note) .clip").all_text_contents()] == [
        ["keen-finch"], ["calm-otter"], ["wide-moth"],
    ]  # fmt: skip
    expect(tooltip.locator("p").nth(1).locator("b")).to_have_text(re.compile(r"^1\.00"))
    expect(page.locator(".chart-legend .lit")).to_contain_text("keen-finch")
    for figure in (train, val):
        expect(figure.locator(".drawing")).to_have_class(re.compile("picks"))
        assert figure.locator(".trace.lit").count() == 1
    page.mouse.move(2, 2)
    expect(tooltip).to_have_count(0)
    expect(page.locator(".picks")).to_have_count(0)


def test_a_name_in_the_legend_picks_its_line_out(page, charted):
    page.goto(charted)
    figure = drawn(page, "val/loss")

    page.locator(".chart-legend li", has_text="calm-otter").hover()

    lit = figure.evaluate(
        "f => { const d = f.querySelector('.drawing'), uid = [...d.querySelector('.trace.lit').classList]"
        ".find((name) => name.startsWith('trace') && name !== 'trace').slice(5);"
        " return d._fullData.find((trace) => trace.uid === uid).name; }"
    )
    assert lit == "calm-otter"


def test_a_zoom_is_that_of_all_charts_and_of_the_address(page, charted):
    page.goto(charted)
    train, val = drawn(page, "train/loss"), drawn(page, "val/loss")
    whole = val.evaluate(AXES)

    drag(page, train, (0.2, 0.5), (0.4, 0.5))
    page.wait_for_function(
        "() => document.querySelectorAll('plot-figure')[1].querySelector('.drawing')._fullLayout.xaxis.range[1] < 300"
    )

    assert val.evaluate(AXES)[:2] == pytest.approx(train.evaluate(AXES)[:2], rel=1e-3)
    assert "x_from=" in page.url and "x_to=" in page.url
    page.reload()
    assert drawn(page, "val/loss").evaluate(AXES)[1] < 300
    drawn(page, "train/loss").locator(".nsewdrag").first.dblclick()
    page.wait_for_function("() => !location.search.includes('x_from')")
    page.wait_for_function(
        "() => document.querySelectorAll('plot-figure')[1].querySelector('.drawing')._fullLayout.xaxis.range[1] > 400"
    )
    assert val.evaluate(AXES) == pytest.approx(whole)


def test_groups_are_drawn_with_bands_and_say_how_many_they_are_of(page, charted):
    page.goto(f"{charted}?group=params.model")
    figure = drawn(page, "val/loss")

    hover(page, figure, 0.5, 0.9)

    expect(figure.locator(".tooltip p").nth(1)).to_contain_text("model mlp")
    expect(figure.locator(".tooltip p").nth(1)).to_contain_text("n 2")
    assert figure.locator(".fills path, .js-fill").count() >= 1


def test_cards_are_drawn_when_they_come_near(page, server):
    experiment_id = create_experiment(server, "many")
    run_id = log_run(server, experiment_id, "r")
    for number in range(12):
        log_line(server, run_id, f"layer/{number:02}", [1.0, 2.0])
    page.set_viewport_size({"width": 700, "height": 500})
    asked = []
    page.on("request", lambda request: asked.append(request.url) if ".plotly.json" in request.url else None)

    page.goto(f"/experiments/{experiment_id}/charts?cols=1")
    drawn(page, "layer/00")

    assert len(asked) < 6
    page.locator('plot-figure[label="layer/11"]').scroll_into_view_if_needed()
    drawn(page, "layer/11")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_narrow_window(page, charted, theme):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{charted}?theme={theme}")

    expect(page.locator(".chart-section").first).to_be_visible()
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 360
