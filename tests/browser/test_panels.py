"""Panels, dialogs and menus that scripts open: nothing serious for axe-core, nothing out of a narrow window."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import load_axe, violations
from tests.browser.sweep import log_sweep

OPENED = {
    "palette": (lambda page: page.keyboard.press("Control+k"), ".palette"),
    "columns": (lambda page: page.locator("panel-link a", has_text="Columns").click(), ".link-panel .shown"),
    "condition": (lambda page: page.locator("panel-link a", has_text="Add filter").click(), ".link-panel .condition"),
    "views": (lambda page: page.locator(".views summary").click(), ".views .panel"),
    "copy": (lambda page: page.locator(".copy-as summary").first.click(), ".copy-as .panel"),
    "keys": (lambda page: page.keyboard.press("?"), "#keys"),
    "edit": (lambda page: (page.keyboard.press("j"), page.keyboard.press("e")), ".edit-dialog"),
}


@pytest.fixture(scope="module")
def sweep(server):
    return log_sweep(server, "panels")


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("opened", OPENED)
def test_it_is_usable_by_all_and_fits(browser, server, sweep, opened, width):
    scheme = "dark" if width == 360 else "light"
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 780}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"/experiments/{sweep}/?q=params.model+%3D+%27mlp%27")
    act, selector = OPENED[opened]
    act(page)
    panel = page.locator(selector).first
    expect(panel).to_be_visible()

    load_axe(page)
    found = violations(page)
    box = panel.bounding_box()
    page_width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert found == []
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page_width <= width
