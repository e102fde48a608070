"""Figures over runs in a real browser: what is brushed becomes a filter, names are text, a forest grows by itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run

HOSTILE = "<b>bold</b> & <img src=x onerror=alert(1)>"


@pytest.fixture
def sweep(server):
    """Thirty runs; the accuracy falls with the rate's power."""
    experiment_id = create_experiment(server, "explore")
    for number in range(30):
        log_run(
            server,
            experiment_id,
            f"{HOSTILE} {number}",
            metrics={"val_acc": 0.95 - number / 100},
            params={"lr": repr(10 ** (-4 + number / 10)), "model": HOSTILE if number % 2 else "mlp"},
        )
    return experiment_id


def figure(page, address):
    page.goto(address)
    drawing = page.locator("plot-figure.drawn .drawing")
    expect(drawing).to_be_visible()
    return drawing.bounding_box()


def drag(page, box, start, end):
    """Between two places of the plot, in shares of it."""
    (x0, y0), (x1, y1) = ((box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end))
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=4)
    page.mouse.move(x1, y1, steps=4)
    page.mouse.up()


def test_what_is_selected_in_a_scatter_becomes_the_filter_of_the_table(page, sweep):
    box = figure(page, f"/experiments/{sweep}/explore/scatter?x=params.lr&y=metrics.val_acc")

    drag(page, box, (0.15, 0.05), (0.5, 0.85))
    expect(page.locator("[data-brush-said]")).to_contain_text("of the drawn runs are in it")
    low = float(page.get_by_label("lr from", exact=True).input_value())
    high = float(page.get_by_label("lr to", exact=True).input_value())
    assert 0 < low < high < 0.1
    page.get_by_role("button", name="Show these runs").click()

    expect(page).to_have_url(re.compile(rf"/experiments/{sweep}/\?.*q=params.lr"))
    assert 0 < page.locator("tr[data-key]").count() < 30


def test_axes_that_are_brushed_fill_in_ranges_and_values(page, sweep):
    box = figure(page, f"/experiments/{sweep}/explore/parallel?axes=params.lr,params.model,metrics.val_acc")
    right = box["x"] + box["width"] - 40
    page.mouse.move(right, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(right, box["y"] + 160, steps=5)
    page.mouse.move(right, box["y"] + 200, steps=5)
    page.mouse.up()

    expect(page.get_by_label("val_acc from", exact=True)).not_to_have_value("")
    expect(page.get_by_label("lr from", exact=True)).to_have_value("")
    page.get_by_role("button", name="Only these here").click()

    expect(page).to_have_url(re.compile(r"explore/parallel\?.*q=metrics.val_acc"))
    expect(page.locator("[data-caption]")).not_to_contain_text("30 of 30 runs")


@pytest.mark.parametrize("kind", ["parallel", "scatter", "box", "bar", "contour", "histogram?x=params.model"])
def test_names_of_people_are_letters_in_every_figure(page, sweep, kind):
    figure(page, f"/experiments/{sweep}/explore/{kind}")

    texts = " ".join(page.locator("plot-figure .drawing text").all_text_contents())
    if kind in ("parallel", "box", "bar"):
        assert "<b>bold" in texts
    assert not page.locator("plot-figure .drawing :is(b, img, [onerror])").count()
    assert not page.locator('plot-figure .drawing tspan[style*="bold"]').count()


def test_a_dot_tells_its_run_and_opens_it(page, sweep):
    box = figure(page, f"/experiments/{sweep}/explore/pareto?x=params.lr&y=metrics.val_acc&x_best=lower")
    dot = page.locator("plot-figure .drawing .scatterlayer .points path").last.bounding_box()
    assert box
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    expect(page.locator(".hoverlayer")).to_contain_text("<b>bold</b> & <img")
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)

    expect(page).to_have_url(re.compile(r"/runs/\w+/"))


def test_a_forest_of_few_runs_grows_by_itself(page, sweep):
    page.goto(f"/experiments/{sweep}/explore/importance")

    expect(page.locator("figure h2")).to_have_text("What explains val_acc", timeout=60_000)
    # A refresh leaves the figure drawn, once.
    expect(page.locator("plot-figure.drawn .drawing")).to_be_visible()
    expect(page.locator("plot-figure > svg.chart")).to_be_hidden()
    page.get_by_role("rowheader").get_by_role("link", name="lr").click()
    expect(page.locator("figure h2")).to_have_text("val_acc expected as lr changes")


def test_all_of_it_works_with_scripts_off(browser, server, sweep):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto(f"/experiments/{sweep}/explore")
    page.get_by_role("heading", name="lr").get_by_role("link").click()
    expect(page.locator("plot-figure svg.chart")).to_be_visible()
    page.get_by_label("lr to", exact=True).fill("0.001")
    page.get_by_role("button", name="Only these here").click()

    expect(page.locator("[data-caption]")).to_contain_text("11 of 11 runs")
    context.close()
