"""Journeys through a comparison in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run
from tests.browser.test_run_detail import drawn, log_line


@pytest.fixture
def three(server):
    experiment_id = create_experiment(server, "three")
    runs = []
    for number, name in enumerate(("wide-moth", "calm-otter", "keen-finch")):
        params = {"model": "forest" if number else "mlp", "batch": "64"}
        runs.append(log_run(server, experiment_id, name, params=params, metrics={"test_acc": 0.9 + number / 100}))
        log_line(server, runs[-1], "val_loss", [1 / (step + 1 + number) for step in range(200)])
    return experiment_id, runs


def test_from_the_table_to_a_comparison_and_on(page, three):
    experiment_id, runs = three
    page.goto(f"/experiments/{experiment_id}/")
    for name in ("wide-moth", "calm-otter"):
        page.locator("tr[data-key]", has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("^Compare")).click()

    expect(page.locator(".say")).to_contain_text("model")
    assert sorted(re.search(r"runs=([^&]*)", page.url)[1].split(",")) == sorted(runs[:2])
    page.get_by_label("Add a run by name or id").fill("keen-finch")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("h1")).to_have_text("Compare 3 runs")

    rows = page.locator("table.compare")
    expect(rows).not_to_contain_text("batch")
    page.get_by_role("link", name="all", exact=True).click()
    expect(rows).to_contain_text("batch")
    page.get_by_title("Make keen-finch the reference").click()
    expect(page.locator(".title .note")).to_have_text("against keen-finch")
    page.get_by_label("Remove keen-finch").click()
    expect(page.locator("h1")).to_have_text("Compare 2 runs")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Compare 3 runs")


def test_lines_of_all_runs_are_drawn_together(page, three):
    _, runs = three
    page.goto(f"/compare/?runs={','.join(runs)}")
    figure = drawn(page, "val_loss")

    assert figure.evaluate("figure => figure.querySelector('.drawing').data.map(line => line.name)") == [
        "wide-moth", "calm-otter", "keen-finch",
    ]  # fmt: skip
    page.get_by_role("link", name="val_loss").last.click()
    drawn(page, "val_loss")
    expect(page.locator("figure footer")).to_contain_text("600 of 600 points")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_narrow_window(page, three, theme):
    _, runs = three
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/compare/?runs={','.join(runs)}&theme={theme}")

    expect(page.locator(".say")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_folding_and_taking_out_leave_the_table_where_it_is(page, server):
    experiment_id = create_experiment(server, "many")
    params = [{f"optimizer.p{key}": str(number % 3) for key in range(9)} | {"z": str(number)} for number in range(12)]
    runs = [log_run(server, experiment_id, f"run {number}", params=one) for number, one in enumerate(params)]
    page.goto(f"/compare/?runs={','.join(runs)}")
    table = page.locator(".compare-wrap")
    table.evaluate("table => { table.scrollLeft = 300 }")

    page.get_by_role("link", name="optimizer.").click()
    expect(page.get_by_role("link", name="optimizer.")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("table.compare")).not_to_contain_text("p8")
    page.get_by_label("Remove run 5", exact=True).click()
    expect(page.locator("h1")).to_have_text("Compare 11 runs")

    assert table.evaluate("table => table.scrollLeft") == 300
    expect(page).to_have_url(re.compile("fold=params:optimizer."))
    page.get_by_role("link", name="optimizer.").click()
    expect(page.locator("table.compare")).to_contain_text("p8")
