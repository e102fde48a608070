"""Find the best of a sweep over seeds, see whether it is really better, and send a link that shows just that."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run

ACCURACIES = {
    ("mlp", "0.001"): (0.9401, 0.9412, 0.9420, 0.9395, 0.9432),
    ("mlp", "0.0003"): (0.9462, 0.9473, 0.9480, 0.9455, 0.9490),
    ("forest", "0.001"): (0.9301, 0.9299, 0.9310, 0.9305, 0.9512),
}


@pytest.fixture
def sweep(server):
    experiment_id = create_experiment(server, "sweep")
    for (model, lr), values in ACCURACIES.items():
        for seed, value in enumerate(values):
            params = {"model": model, "lr": lr, "data": "digits", "seed": str(seed)}
            log_run(server, experiment_id, f"{model}-{lr}-{seed}", params=params, metrics={"val_acc": value})
    return experiment_id


def rows(page):
    return page.locator("#group_table tr[data-key]")


def test_find_the_best_of_a_sweep_over_seeds(page, sweep):
    # The best single run is a lucky one: it is not of the best configuration.
    page.goto(f"/experiments/{sweep}/?order=-metrics.val_acc")
    expect(page.locator("#run_table tbody tr").first).to_contain_text("forest-0.001-4")

    page.get_by_role("link", name="Groups").click()
    expect(page.locator("#group_table .said")).to_contain_text("3 groups of 15 runs")
    expect(page.locator(".group-by summary")).to_contain_text("all params but seed")
    expect(rows(page).first).to_contain_text("0.0003")
    expect(rows(page).first.locator("svg.interval .mean")).to_be_visible()

    rows(page).first.get_by_role("link", name="Runs of").click()
    expect(page.locator("tr.members tbody tr")).to_have_count(5)
    expect(page.locator("tr.members")).to_contain_text("mlp-0.0003-4")
    assert "open=" in page.url

    for row in (1, 0):
        rows(page).nth(row).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("Compare two groups")
    expect(page.locator(".verdict")).to_have_text(
        "Over 5 seeds a side, val_acc is 0.0060 lower, which is worse (95 % interval −0.0081 to −0.0039),"
        " Welch p < 0.001: unlikely by chance."
    )
    page.get_by_role("link", name="Swap a and b").click()
    expect(page.locator(".verdict")).to_contain_text("0.0060 higher, which is better")
    said, figures = page.locator(".say").inner_text(), page.locator("table.compared").inner_text()

    other = page.context.browser.new_context(base_url=re.match(r"https?://[^/]+", page.url)[0])
    opened = other.new_page()
    opened.goto(page.url)
    assert opened.locator(".say").inner_text() == said
    assert opened.locator("table.compared").inner_text() == figures
    other.close()


def test_groups_are_chosen_and_sorted_in_place_and_the_way_back_holds(page, sweep):
    page.goto(f"/experiments/{sweep}/groups")
    page.locator(".group-by summary").click()
    page.locator(".group-by form").nth(1).get_by_label("model").check()
    page.get_by_role("button", name="Group by these").click()
    expect(rows(page)).to_have_count(2)
    expect(page.locator("#group_table .said")).to_contain_text("2 groups of 15 runs")

    page.get_by_role("link", name="Runs", exact=True).last.click()
    expect(page.locator("#group_table thead th[aria-sort]")).to_have_text("Runs ↓")
    assert "sort=-runs" in page.url
    page.reload()
    expect(rows(page).first).to_contain_text("10 runs")
    page.go_back()
    expect(page.locator("#group_table thead th[aria-sort]")).to_contain_text("mean")


@pytest.mark.parametrize("width", [360])
def test_a_narrow_window_scrolls_the_table_and_not_the_page(page, sweep, width):
    page.set_viewport_size({"width": width, "height": 800})
    for address in (f"/experiments/{sweep}/groups", f"/experiments/{sweep}/groups/compare"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_all_works_with_scripts_off(browser, server, sweep):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/experiments/{sweep}/groups")
    rows(page).first.get_by_role("link", name="Runs of").click()
    expect(page.locator("tr.members tbody tr")).to_have_count(5)
    for row in (1, 0):
        rows(page).nth(row).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".verdict")).to_contain_text("Over 5 seeds a side")
    context.close()
