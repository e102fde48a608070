"""All of it with the keyboard: find the best of a sweep, compare, open, edit, group, go back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.sweep import log_sweep


@pytest.fixture
def sweep(server):
    return log_sweep(server)


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def test_do_it_all_with_the_keyboard(page, sweep):
    page.goto("/experiments/")
    press(page, "Control+k")
    page.keyboard.type("sweep over seeds")
    expect(page.locator(".palette [aria-selected=true]")).to_contain_text("sweep over seeds")
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/experiments/\d+/$"))

    press(page, "/")
    page.keyboard.type("metrics.val_a")
    expect(page.locator("#completions li").first).to_contain_text("metrics.val_acc")
    press(page, "ArrowDown Tab")
    page.keyboard.type("> 0.9 ")
    expect(page.locator("#completions li").first).to_contain_text("AND")
    press(page, "Escape Enter")
    expect(page.locator("tr[data-key]")).to_have_count(8)
    expect(page.locator(".chip code")).to_have_text("metrics.val_acc > 0.9")

    page.locator("thead").get_by_role("link", name="val_acc", exact=True).focus()
    press(page, "Enter")
    expect(page.locator("thead [aria-sort=descending]")).to_contain_text("val_acc")
    expect(page.locator("tr[data-key] a").first).to_have_text("mlp 3e-4 seed 2")

    press(page, "j x j x")
    expect(page.locator("output")).to_have_text("2 selected")
    press(page, "c")
    expect(page).to_have_url(re.compile(r"/compare/\?runs="))
    expect(page.locator("main")).to_contain_text("seed")
    page.go_back()
    expect(page.locator("tr[data-key] a").first).to_have_text("mlp 3e-4 seed 2")

    press(page, "j b")
    expect(page.locator("tr.base")).to_contain_text("mlp 3e-4 seed 2")

    press(page, "j e")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("  ")
    press(page, "Enter")
    expect(page.locator(".edit-dialog .errorlist")).to_be_visible()
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("the winner")
    press(page, "Enter")
    expect(page.locator("tr[data-key]", has_text="the winner").first).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)

    press(page, "j Enter")
    expect(page).to_have_url(re.compile(r"/runs/\w{32}/$"))
    press(page, "g r")
    expect(page).to_have_url(re.compile(r"/runs/$"))
    press(page, "g e")
    expect(page).to_have_url(re.compile(r"/experiments/$"))


def test_groups_are_a_palette_away_and_keep_the_filter(page, sweep):
    page.goto(f"/experiments/{sweep}/?q=params.model+%3D+%27mlp%27")
    press(page, "Control+k")
    page.keyboard.type("groups")
    press(page, "Enter")

    expect(page).to_have_url(re.compile(r"/groups\?q=params.model"))
    expect(page.locator("h1")).to_contain_text("sweep over seeds")


def test_the_list_of_keys_opens_and_closes(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    press(page, "?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()


def test_what_is_typed_into_a_field_is_no_key(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    press(page, "/")
    page.keyboard.type("xjcbge?")

    expect(page.get_by_label("Filter runs")).to_have_value("xjcbge?")
    expect(page.locator("tr.at")).to_have_count(0)


def test_columns_are_ordered_with_the_keyboard(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    page.get_by_role("link", name=re.compile("^Columns")).focus()
    press(page, "Enter")
    panel = page.locator(".link-panel")
    expect(panel.get_by_label("Find a key")).to_be_focused()
    first = panel.locator(".shown li").nth(0).get_attribute("data-spec")
    panel.locator(".shown li").nth(0).get_by_role("button", name=re.compile("to the right$")).focus()
    press(page, "Enter")
    expect(panel.locator(".shown li").nth(1)).to_have_attribute("data-spec", first)
    press(page, "Enter")
    expect(panel.locator(".shown li").nth(2)).to_have_attribute("data-spec", first)
    press(page, "Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^Columns"))).to_be_focused()


def test_a_condition_is_added_in_plain_words(page, sweep):
    page.goto(f"/experiments/{sweep}/")
    page.get_by_role("link", name="Add filter").focus()
    press(page, "Enter")
    form = page.locator("condition-form")
    expect(form.get_by_label("Key")).to_be_focused()
    page.keyboard.type("nobody")
    press(page, "Enter")
    expect(form.locator("#condition_problem")).to_contain_text("No run here has")
    form.get_by_label("Key").fill("lr")
    form.get_by_label("Value").fill("3e-4")
    press(page, "Enter")

    expect(page.locator("tr[data-key]")).to_have_count(6)
    page.locator(".chip [data-chip]").focus()
    press(page, "Enter")
    assert page.evaluate("getSelection().toString()") == "params.lr = 3e-4"
    page.locator(".chip .away").focus()
    press(page, "Enter")
    expect(page.locator("tr[data-key]")).to_have_count(18)
