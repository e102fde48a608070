"""From a run to production: register its model, find it with keys, compare, promote with a reason."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.logged import call, create_experiment, log_run


@pytest.fixture
def runs(server):
    """Two runs with a model among their artifacts; that of the first is version 1 of a model, in Production."""
    experiment = create_experiment(server, "to production")
    runs = [
        log_run(server, experiment, f"fit {number}", metrics={"val_acc": 0.9 + number / 100}) for number in range(2)
    ]
    for run in runs:
        upload = urllib.request.Request(
            f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/model/MLmodel",
            b"flavors: {}\n",
            method="PUT",
        )
        urllib.request.urlopen(upload, timeout=30).close()
    call(server, "registered-models/create", {"name": "leavers"})
    call(server, "model-versions/create", {"name": "leavers", "source": f"runs:/{runs[0]}/model", "run_id": runs[0]})
    moved = {"name": "leavers", "version": "1", "stage": "Production", "archive_existing_versions": False}
    call(server, "model-versions/transition-stage", moved)
    return runs


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def test_a_model_goes_from_its_run_to_production(page, runs):
    page.goto(f"/runs/{runs[1]}/artifacts?path=model")
    page.get_by_role("link", name="Register model").click()
    expect(page.get_by_label("Registered model")).to_have_value("leavers")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("Registered as version 2")

    press(page, "g m")
    expect(page).to_have_url(re.compile(r"/models/$"))
    press(page, "/")
    page.keyboard.type("leavers")
    press(page, "Enter")
    expect(page.locator("tr[data-key]")).to_have_count(1)
    press(page, "j Enter")
    expect(page.locator("h1")).to_have_text("leavers")
    expect(page.locator("tr[data-key=v2] .delta").first).to_have_text("+1.11 %")

    press(page, "j x j x")
    expect(page.locator("output")).to_have_text("2 selected")
    expect(page).to_have_url(re.compile(r"versions=leavers%2F2,leavers%2F1$"))
    press(page, "c")
    expect(page).to_have_url(re.compile(r"/model-versions/compare"))
    page.go_back()

    page.get_by_role("link", name="Promote version 2").click()
    page.get_by_label("Stage", exact=True).select_option("Production")
    page.get_by_label("Aliases to point here").fill("champion")
    page.get_by_label("Why").fill("better on the holdout")
    page.get_by_role("button", name="See what changes").click()
    expect(page.locator(".plan li")).to_have_count(3)
    page.get_by_role("button", name="Promote version 2").click()
    expect(page.locator(".title")).to_contain_text("Production 2")

    page.get_by_role("link", name="History").click()
    expect(page.locator("tbody tr").first).to_contain_text("better on the holdout")
    versions = json.load(
        urllib.request.urlopen(f"{page.url.partition('/models/')[0]}/models/leavers/versions.json?archived=show")
    )
    assert [(one["version"], one["stage"]) for one in versions] == [(2, "Production"), (1, "Archived")]
