"""All of it with scripts off: find the best of a sweep, group, compare, save the view, edit, go back."""

import re

import pytest

from tests.browser.sweep import log_sweep


@pytest.fixture
def page(browser, server):
    context = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport={"width": 1440, "height": 900}
    )
    yield context.new_page()
    context.close()


def names(page):
    return page.locator("tr[data-key] th > a:not(.set-base)").all_inner_texts()


def test_do_it_all_with_scripts_off(page, server):
    experiment = log_sweep(server)
    page.goto(f"/experiments/{experiment}/")

    page.get_by_role("link", name="Add filter").click()
    page.get_by_label("Key", exact=True).fill("model")
    page.get_by_label("Value", exact=True).fill("mlp")
    page.get_by_role("button", name="Add").click()
    assert page.locator(".chip code").inner_text() == "params.model = 'mlp'"
    page.locator("thead").get_by_role("link", name="val_acc", exact=True).click()
    assert names(page)[0] == "mlp 3e-4 seed 2"

    page.get_by_role("link", name=re.compile("^Columns")).click()
    page.get_by_label("Find a key").fill("loss")
    page.get_by_role("button", name="Find").click()
    page.locator(".offer", has_text="val_loss").get_by_label("min").check()
    page.get_by_role("button", name="Show").click()
    assert page.locator("thead th", has_text="val_loss min").count() == 1

    page.locator(".views summary").click()
    page.get_by_label("Save what is shown as").fill("mlp, best first")
    page.get_by_role("button", name="Save view").click()
    assert page.locator(".views summary .clip").inner_text() == "mlp, best first"
    assert "saved=" in page.url
    address = page.url

    for name in ("mlp 3e-4 seed 2", "mlp 1e-3 seed 0"):
        page.locator("tr[data-key]", has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()
    assert "/compare/?runs=" in page.url
    assert "lr" in page.locator("main").inner_text()
    page.go_back()
    assert page.url == address

    page.get_by_role("navigation", name="Experiment").get_by_role("link", name="Groups").click()
    assert "/groups" in page.url
    assert page.locator(".chip code").inner_text() == "params.model = 'mlp'"

    page.goto(address)
    page.get_by_role("link", name="mlp 3e-4 seed 2", exact=True).click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("the one to ship")
    page.get_by_role("button", name="Save").click()
    assert "the one to ship" in page.locator("h1").inner_text()

    page.get_by_role("searchbox", name=re.compile("^Jump")).fill("the one to ship")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/runs/\w{32}/$", page.url)
    page.goto(address)
    page.locator(".chip .away").click()
    assert page.locator("tr[data-key]").count() == 18


def test_a_direction_is_declared_without_a_script(page, server):
    experiment = log_sweep(server)
    page.goto(f"/experiments/{experiment}/directions")

    page.locator("tr", has_text="val_acc").get_by_role("button", name="↓ lower").click()

    assert "guess" not in page.locator("tr", has_text="val_acc").locator("td").nth(1).inner_text()
