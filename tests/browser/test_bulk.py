"""Many runs changed at once, by a person who looks on."""

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run


@pytest.fixture
def sweep(server, request):
    experiment = create_experiment(server, f"bulk {request.node.name}")
    for number in range(6):
        log_run(server, experiment, f"run {number}", params={"lr": str(number)})
    return experiment


def test_all_that_match_are_archived_while_one_looks_on_and_restored(page, sweep):
    page.goto(f"/experiments/{sweep}/?q=params.lr+>=+2")
    page.locator(".selection .menu summary").click()
    page.get_by_role("link", name="Archive…").click()
    expect(page.locator("h1")).to_have_text("Archive 4 runs?")
    page.get_by_role("button", name="Archive 4 runs").click()

    expect(page.locator(".job-state")).to_have_text("done")
    expect(page.locator("#job")).to_contain_text("4 runs archived.")
    page.get_by_role("link", name="See the result").click()
    expect(page.locator("#run_table tbody tr[data-key]")).to_have_count(2)

    page.goto(f"/experiments/{sweep}/?view=deleted")
    page.locator(".selection .menu summary").click()
    page.get_by_role("link", name="Restore…").click()
    page.get_by_role("button", name="Restore 4 runs").click()
    expect(page.locator("#job")).to_contain_text("4 runs restored.")
    page.goto(f"/experiments/{sweep}/audit")
    expect(page.locator("tbody th").first).to_have_text("runs.restore")


def test_ticked_runs_are_tagged_with_scripts_off(browser, server, sweep):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/experiments/{sweep}/")
    for box in page.locator("tbody input[name=runs]").all()[:2]:
        box.check()
    page.get_by_role("button", name="Tag…").click()
    page.get_by_label("Tag", exact=True).fill("keep")
    page.get_by_label("Value").fill("yes")
    page.get_by_role("button", name="Tag 2 runs").click()

    for _ in range(60):
        if page.locator(".job-state").inner_text() == "done":
            break
        page.wait_for_timeout(250)
        page.reload()
    page.goto(f"/experiments/{sweep}/?q=tags.keep+=+'yes'")
    expect(page.locator("#run_table tbody tr[data-key]")).to_have_count(2)
    context.close()
