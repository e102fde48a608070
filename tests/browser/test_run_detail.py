"""Journeys through one run in a real browser."""

import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import call, create_experiment, log_run

START = 1_780_000_000_000


def log_line(server, run_id, key, values, *, first_step=0):
    points = [
        {"key": key, "value": value, "timestamp": START + step, "step": step}
        for step, value in enumerate(values, first_step)
    ]
    for start in range(0, len(points), 1000):
        call(server, "runs/log-batch", {"run_id": run_id, "metrics": points[start : start + 1000]})


@pytest.fixture
def trained(server):
    experiment_id = create_experiment(server, "trained")
    run_id = log_run(server, experiment_id, "wide-moth", params={"model.units": "8", "model.depth": "3"})
    log_line(
        server, run_id, "val/loss", [math.exp(-step / 900) + (50.0 if step == 1234 else 0) for step in range(3000)]
    )
    return run_id


def drawn(page, key):
    figure = page.locator(f'plot-figure[label^="{key}"]')
    expect(figure).to_have_class(re.compile(r"\bdrawn\b"))
    return figure


def test_from_the_overview_to_a_spike_among_many_points(page, trained):
    page.goto(f"/runs/{trained}/")
    page.get_by_role("region", name="Metrics").get_by_role("link", name="val/loss").click()

    figure = drawn(page, "val/loss")
    high = figure.evaluate("figure => figure.querySelector('.drawing')._fullLayout.yaxis.range[1]")
    caption = page.locator("figure footer")

    assert high > 50
    expect(caption).to_contain_text("of 3,000 points, extremes kept")
    page.get_by_role("link", name="log", exact=True).click()
    drawn(page, "val/loss")
    assert "y=log" in page.url


AXES = "f => ['xaxis', 'yaxis'].flatMap((axis) => f.querySelector('.drawing')._fullLayout[axis].range)"


def drag(page, figure, start, end):
    """From one place in the plot to another, in parts of its width and height; the answer of the finer range."""
    box = figure.locator(".nsewdrag").first.bounding_box()
    (x, y), (to_x, to_y) = ((box["x"] + box["width"] * u, box["y"] + box["height"] * v) for u, v in (start, end))
    with page.expect_response(lambda response: "x_from=" in response.url) as zoomed:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(to_x, to_y, steps=5)
        page.mouse.up()
    return zoomed.value.json()


def test_zooming_fetches_the_finer_range_and_a_double_click_goes_back(page, trained):
    page.goto(f"/runs/{trained}/charts")
    figure = drawn(page, "val/loss")
    whole = figure.evaluate(AXES)

    layout = drag(page, figure, (0.5, 0.5), (0.7, 0.5))["layout"]

    low, high = layout["xaxis"]["range"]
    assert 1300 < low < 1700 < 1900 < high < 2300
    # The spike is at step 1,234: seen from here, the axis need not reach up to it.
    assert layout["yaxis"]["range"][1] < 1
    expect(page.locator("[data-caption]")).not_to_contain_text("of 3,000 points")
    page.wait_for_timeout(300)  # Plotly tells two clicks from a drag and a click by the time between them.
    with page.expect_response(lambda response: "x_from=" not in response.url and ".json" in response.url):
        figure.locator(".nsewdrag").first.dblclick()
    expect(page.locator("[data-caption]")).to_contain_text("of 3,000 points")
    assert figure.evaluate(AXES) == whole


def test_a_box_keeps_the_heights_it_was_drawn_at(page, trained):
    page.goto(f"/runs/{trained}/charts")
    figure = drawn(page, "val/loss")

    drag(page, figure, (0.2, 0.5), (0.6, 0.9))
    expect(page.locator("[data-caption]")).not_to_contain_text("of 3,000 points")

    _, _, low, high = figure.evaluate(AXES)
    assert 0 < low < 10 < 20 < high < 40


def test_name_note_and_tags_are_edited(page, trained):
    page.goto(f"/runs/{trained}/")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("calm-otter")
    page.get_by_label("Note", exact=True).fill("It **won**.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("calm-otter")
    expect(page.locator(".markdown strong")).to_have_text("won")

    page.get_by_role("link", name=re.compile("^Tags")).click()
    page.get_by_label("Name of the tag").fill("team")
    page.get_by_label("Value of the tag").fill("vision")
    page.get_by_role("button", name="Set tag").click()
    page.get_by_role("row", name=re.compile("team")).get_by_role("link", name="edit").click()
    page.get_by_label("Value of team").fill("speech")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=re.compile("team"))).to_contain_text("speech")


def test_a_run_is_deleted_after_a_question_and_restored(page, trained):
    page.goto(f"/runs/{trained}/")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete run").click()
    expect(page.get_by_text("This run is deleted.")).to_be_visible()

    page.get_by_role("link", name="Restore it").click()
    page.get_by_role("button", name="Restore run").click()
    expect(page.get_by_role("link", name="Delete")).to_be_visible()


def test_a_running_run_shows_what_is_logged_without_a_reload(page, server):
    run_id = log_run(server, create_experiment(server, "live"), "live", metrics={"loss": 0.75}, is_finished=False)
    page.goto(f"/runs/{run_id}/metrics")
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("button", name="Live · pause")).to_be_visible()

    log_line(server, run_id, "acc", [0.5, 0.625], first_step=1)
    expect(page.get_by_role("row", name=re.compile("acc"))).to_contain_text("0.625")
    call(server, "runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": START})
    expect(page.locator(".title .state")).to_have_text("finished")

    assert page.evaluate("window.stayed")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_fits_a_narrow_window(page, trained, theme):
    page.set_viewport_size({"width": 360, "height": 800})

    for path in ("", "metrics", "charts", "params", "tags", "artifacts", "charts/val/loss", "edit", "delete"):
        page.goto(f"/runs/{trained}/{path}?theme={theme}")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
