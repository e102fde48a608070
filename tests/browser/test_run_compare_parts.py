"""Journeys through the files of compared runs, and freezing, in a real browser."""

import base64
import re
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run
from tests.browser.test_run_detail import log_line

# One pixel each, so that a browser takes them for images.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def put(server, experiment_id, run_id, path, data):
    address = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment_id}/{run_id}/artifacts/"
    request = urllib.request.Request(address + urllib.parse.quote(path), data, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()


@pytest.fixture
def two(server):
    experiment_id = create_experiment(server, "files")
    runs = []
    for number, name in enumerate(("wide-moth", "calm-otter")):
        run_id = log_run(server, experiment_id, name, params={"lr": str(number)}, metrics={"acc": 0.9 + number / 100})
        log_line(server, run_id, "val_loss", [1 / (step + 1) for step in range(20)])
        for step in (0, 10, 20):
            put(server, experiment_id, run_id, f"images/fit_step_{step}.png", PIXEL)
        put(server, experiment_id, run_id, "config.yaml", f"lr: {number}\n<img src=x>: {number}\n".encode())
        runs.append(run_id)
    return runs


def test_one_slider_moves_all_images_and_the_address(page, two):
    page.goto(f"/compare/artifacts?runs={','.join(two)}")
    images = page.locator("table.images img")
    expect(images).to_have_count(2)
    expect(images.first).to_have_attribute("src", re.compile("fit_step_20.png"))

    page.get_by_role("slider", name="Step").fill("1")
    expect(images.first).to_have_attribute("src", re.compile("fit_step_10.png"))
    expect(images.last).to_have_attribute("src", re.compile("fit_step_10.png"))
    expect(page).to_have_url(re.compile("step=10"))

    page.get_by_role("link", name="Step 0").click()
    expect(images.first).to_have_attribute("src", re.compile("fit_step_0.png"))
    expect(page.get_by_label("Step", exact=True)).to_have_value("0")
    page.reload()
    expect(images.first).to_have_attribute("src", re.compile("fit_step_0.png"))


def test_without_scripts_links_move_the_images(browser, server, two):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/compare/artifacts?runs={','.join(two)}")
    expect(page.locator("input[type=range]")).to_be_hidden()

    page.get_by_role("link", name="Step 10").click()

    expect(page.locator("table.images img").first).to_have_attribute("src", re.compile("fit_step_10.png"))
    context.close()


def test_from_the_list_of_files_to_what_differs_in_one(page, two):
    page.goto(f"/compare/?runs={','.join(two)}")
    page.get_by_role("link", name="Artifacts").click()
    page.get_by_role("link", name="4 files").click()
    page.get_by_role("link", name="config.yaml").click()

    expect(page.locator("table.diff mark").first).to_have_text("0")
    expect(page.locator("table.diff")).to_contain_text("<img src=x>")
    page.get_by_role("link", name="unified").click()
    expect(page.locator("table.diff .sign.added").first).to_have_text("+")


def test_a_frozen_comparison_says_what_has_changed_since(page, server, two):
    page.goto(f"/compare/?runs={','.join(two)}")
    page.get_by_role("button", name="Freeze").click()
    expect(page).to_have_url(re.compile(r"/frozen/[0-9a-f]{12}$"))
    expect(page.locator(".since")).to_contain_text("Nothing has changed since")
    address = page.url

    log_line(server, two[0], "val_loss", [0.5], first_step=20)
    page.goto(address)

    expect(page.locator(".since")).to_contain_text("1 new point")
    expect(page.locator("figure svg.chart").first).to_be_visible()
    page.get_by_role("link", name="all frozen of this experiment").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_it_prints_on_numbered_pages_with_the_address(page, server, two):
    page.goto(f"/compare/?runs={','.join(two)}&print=1")
    page.emulate_media(media="print")

    expect(page.locator(".bar")).to_be_hidden()
    foot = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--print-foot')")
    assert f"{server.url}/compare/?runs=" in foot.replace("\\2c ", ",")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("path", ["", "&path=config.yaml", "&path=config.yaml&layout=unified", "&show=files"])
def test_files_fit_a_narrow_window(page, two, path):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/compare/artifacts?runs={','.join(two)}{path}")

    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
