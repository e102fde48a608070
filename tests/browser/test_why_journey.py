"""Why did this run get worse? From a bad run to what changed, and to what that change did in all other runs."""

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run


@pytest.fixture
def nightly(server):
    """Twenty-four nights; a rate above 0.01 costs accuracy, the width hardly matters. The last one is bad."""
    experiment_id = create_experiment(server, "nightly")
    rates = ("0.001", "0.003", "0.01", "0.03")
    for night in range(24):
        rate = rates[night % 4]
        acc = 0.9 - (0.2 if rate == "0.03" else 0) + (night % 3) / 1000
        log_run(
            server,
            experiment_id,
            f"night {night}",
            metrics={"val_acc": acc},
            params={"lr": rate, "width": str(64 * (1 + night // 8)), "data": "v3"},
        )
    return experiment_id, log_run(
        server,
        experiment_id,
        "last night",
        metrics={"val_acc": 0.69},
        params={"lr": "0.03", "width": "192", "data": "v3"},
    )


def test_from_a_bad_run_to_what_made_it_so(page, nightly):
    experiment_id, bad = nightly

    # It is at the bottom of the table.
    page.goto(f"/experiments/{experiment_id}/?order=metrics.val_acc")
    page.get_by_role("rowheader", name="last night").get_by_role("link", name="last night", exact=True).click()

    # Its page tells the nearest earlier runs, and what changed since.
    nearest = page.get_by_role("region", name="Earlier runs set up alike")
    expect(nearest).to_contain_text("lr")
    nearest.get_by_role("row", name="0.03").get_by_role("link", name="compare").first.click()
    expect(page.locator(".say").first).to_contain_text("val_acc")

    # Among all runs the change is what matters most.
    page.goto(f"/runs/{bad}/")
    page.get_by_role("link", name="among all runs").click()
    expect(page.locator(".say").first).to_contain_text("val_acc 0.69: 24 of 25 runs here are better.")
    panels = page.locator(".explore-grid figure")
    expect(panels.first.locator("h3")).to_have_text("lr")
    expect(panels.first.locator("svg circle")).to_be_visible()
    expect(page.locator(".explore-same")).to_contain_text("data")
    expect(page.locator(".explore-why h2")).to_have_text("What explains val_acc", timeout=60_000)

    # And the figure shows from where on.
    panels.first.get_by_role("link", name="lr").click()
    expect(page.locator("figure h2")).to_have_text("val_acc against lr")
    page.get_by_label("lr to", exact=True).fill("0.01")
    page.get_by_role("button", name="Show these runs").click()
    expect(page.locator("tr[data-key]")).to_have_count(18)
