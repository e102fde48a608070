"""Journeys through experiments and their runs in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.logged import call, create_experiment, log_run


@pytest.fixture
def sweep(server):
    """An experiment of six runs: run 5 is the newest and the best."""
    experiment_id = create_experiment(server, "sweep")
    for number in range(6):
        log_run(
            server,
            experiment_id,
            f"run {number}",
            metrics={"val_acc": 0.9 + number / 100, "epoch": 3.0},
            params={"model": "mlp" if number % 2 else "forest", "lr": f"1e-{number + 1}"},
        )
    return experiment_id


def row(page, name):
    return page.locator("tr[data-key]", has_text=name)


def test_from_an_empty_experiment_to_its_first_run(page, server):
    page.goto("/")
    page.get_by_role("link", name="New experiment").click()
    page.get_by_label("Name", exact=True).fill("made by hand")
    page.get_by_label("Note").fill("Which one **wins**?")
    page.get_by_role("button", name="Create").click()

    expect(page.locator("h1")).to_have_text("made by hand")
    expect(page.locator("#snippet")).to_contain_text("mlflow.start_run()")
    experiment_id = re.search(r"/experiments/(\d+)/", page.url)[1]

    log_run(server, experiment_id, "first", metrics={"loss": 0.5})

    page.reload()
    expect(row(page, "first")).to_contain_text("0.5")
    page.locator(".experiment-note summary").click()
    expect(page.locator(".experiment-note strong")).to_have_text("wins")


def test_sort_narrow_and_go_back_keep_everything_in_the_address(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    expect(page.locator("tr[data-key] a").first).to_have_text("run 5")

    page.locator("thead").get_by_role("link", name="val_acc", exact=True).click()
    page.locator("thead").get_by_role("link", name="val_acc ↓").click()
    expect(page.locator("tr[data-key] a").first).to_have_text("run 0")
    assert page.url.endswith("?order=metrics.val_acc")

    page.locator(".facets").get_by_role("link", name="mlp", exact=True).click()
    expect(page.locator("tr[data-key]")).to_have_count(3)
    expect(page.locator("tr[data-key] a").first).to_have_text("run 1")

    page.reload()
    expect(page.locator("tr[data-key]")).to_have_count(3)
    page.go_back()
    expect(page.locator("tr[data-key]")).to_have_count(6)
    expect(page.locator("tr[data-key] a").first).to_have_text("run 0")


def test_ticks_outlive_sorting_and_lead_to_compare(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    compare = page.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()

    row(page, "run 4").get_by_role("checkbox").click()
    row(page, "run 2").get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.locator("output")).to_have_text("3 selected")
    page.locator("thead").get_by_role("link", name="val_acc", exact=True).click()
    expect(page.locator("thead [aria-sort]")).to_contain_text("val_acc")

    expect(page.locator("output")).to_have_text("3 selected")
    compare.click()
    expect(page).to_have_url(re.compile(r"/compare/\?runs="))


def test_the_filter_is_completed_coloured_and_sent_by_enter(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    page.keyboard.press("/")
    page.keyboard.type("params.model = ")
    page.locator("#completions li", has_text="forest").click()
    expect(page.locator(".q-key")).to_have_text("params.model")
    expect(page.get_by_label("Filter runs")).to_have_value("params.model = 'forest' ")

    page.keyboard.press("Enter")

    expect(page.locator("tr[data-key]")).to_have_count(3)
    assert "q=params.model" in page.url


def test_columns_are_picked_in_a_panel(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    page.get_by_role("link", name=re.compile("^Columns")).click()
    panel = page.locator(".link-panel")
    panel.get_by_label("Find a key").fill("val")
    expect(panel.locator("[data-name=lr]")).to_be_hidden()
    panel.locator(".offer", has_text="val_acc").get_by_label("max").check()
    expect(panel.locator(".shown li").last).to_contain_text("val_acc max")
    panel.locator(".shown li").last.get_by_role("button", name=re.compile("to the left$")).press("Enter")
    expect(panel.locator(".shown li").last).not_to_contain_text("val_acc max")
    panel.get_by_role("button", name="Show").click()

    expect(page.locator("thead th", has_text="val_acc max")).to_be_visible()
    assert "params.lr,metrics.val_acc.max,params.model" in page.url


def test_running_runs_move_by_themselves_and_disturb_nothing(page, server):
    experiment_id = create_experiment(server, "live")
    run_id = log_run(server, experiment_id, "moving", metrics={"loss": 1.5}, is_finished=False)
    log_run(server, experiment_id, "still", metrics={"loss": 2.5})
    page.goto(f"/experiments/{experiment_id}/")
    row(page, "still").get_by_role("checkbox").check()
    page.locator(".copy-as summary").click()

    call(server, "runs/log-metric", {"run_id": run_id, "key": "loss", "value": 0.25, "timestamp": 1, "step": 1})

    expect(row(page, "moving")).to_contain_text("0.25")
    expect(row(page, "still").get_by_role("checkbox")).to_be_checked()
    expect(page.locator(".copy-as .panel")).to_be_visible()

    page.get_by_role("button", name="Live · pause").click()
    expect(page.get_by_role("button", name="Paused · resume")).to_be_visible()


def test_ticked_runs_are_archived_after_a_question_and_restored(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    for name in ("run 1", "run 3"):
        row(page, name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Archive…").click()
    expect(page.locator("h1")).to_have_text("Archive 2 runs?")
    page.get_by_role("button", name="Archive 2 runs").click()
    expect(page.locator("#job")).to_contain_text("2 runs archived.")

    page.goto(f"/experiments/{sweep}/")
    expect(page.locator("tr[data-key]")).to_have_count(4)
    page.locator(".said").get_by_role("link", name="deleted").click()
    expect(page.locator("tr[data-key]")).to_have_count(2)
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Restore…").click()
    page.get_by_role("button", name="Restore 2 runs").click()
    expect(page.locator("#job")).to_contain_text("2 runs restored.")


def test_keys_move_tick_and_open(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("output")).to_have_text("2 selected")

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/runs/\w{32}/$"))


@pytest.mark.parametrize(
    "path", ["/experiments/", "/experiments/{}/", "/experiments/{}/columns", "/experiments/{}/edit"]
)
def test_at_360_pixels_nothing_runs_out_of_the_page(page, sweep, path):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path.format(sweep))

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_theme_is_kept_from_page_to_page(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    page.get_by_role("link", name="Dark").click()
    assert page.url.endswith("?theme=dark")

    page.goto("/experiments/")

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 18, 22)"


def test_without_javascript_the_same_can_be_done(browser, server, sweep):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/experiments/{sweep}/")

    page.get_by_label("Filter runs").fill("params.model = 'mlp'")
    page.get_by_role("button", name="Search").click()
    page.locator("thead").get_by_role("link", name="val_acc", exact=True).click()
    assert page.locator("tr[data-key] th > a:not(.set-base)").all_inner_texts() == ["run 5", "run 3", "run 1"]
    page.get_by_role("link", name=re.compile("^Columns")).click()
    page.get_by_label("Ended").check()
    page.get_by_role("button", name="Show").click()
    assert page.locator("thead th", has_text="Ended").count() == 1
    for name in ("run 5", "run 1"):
        row(page, name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()

    assert "/compare/?runs=" in page.url
    context.close()


def test_ticks_are_in_the_address_and_lead_along(page, sweep):
    page.goto(f"/experiments/{sweep}/?q=metrics.epoch+%3D+3")
    row(page, "run 5").get_by_role("checkbox").check()
    row(page, "run 4").get_by_role("checkbox").check()
    ids = [row(page, f"run {number}").get_attribute("data-key") for number in (5, 4)]

    assert page.url.endswith(f"?q=metrics.epoch+%3D+3&runs={ids[0]},{ids[1]}")
    expect(page.locator(".tabs a", has_text="Charts")).to_have_attribute("href", re.compile(f"runs={ids[0]},{ids[1]}"))

    page.reload()
    expect(page.locator("output", has_text="2 selected")).to_be_visible()
    row(page, "run 5").get_by_role("checkbox").uncheck()
    assert page.url.endswith(f"&runs={ids[1]}")


def test_a_click_in_a_row_makes_it_the_baseline(page, sweep):
    page.goto(f"/experiments/{sweep}/?columns=metrics.val_acc")

    row(page, "run 3").hover()
    row(page, "run 3").get_by_role("link", name="baseline").click()

    expect(page.locator("tr.base")).to_contain_text("run 3")
    expect(row(page, "run 5").locator(".delta")).to_have_text("+2.15 %")
    page.get_by_role("button", name="Make it the experiment’s baseline").click()
    expect(page.locator(".against")).to_contain_text("the baseline of the experiment")
    assert page.url.endswith("?columns=metrics.val_acc")
