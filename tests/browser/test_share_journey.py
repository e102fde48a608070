"""Share a view: a colleague with another browser sees exactly what was found."""

import pytest
from playwright.sync_api import expect

from tests.browser.sweep import log_sweep


@pytest.fixture
def colleague(browser, server):
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def shown(page):
    return page.locator("tr[data-key] > :not(.tick, .note)").all_inner_texts()


def test_share_this_view(page, colleague, server):
    experiment = log_sweep(server)
    page.goto(f"/experiments/{experiment}/?q=metrics.val_acc+>+0.9")
    page.locator("thead").get_by_role("link", name="val_acc", exact=True).click()
    expect(page.locator("thead [aria-sort]")).to_contain_text("val_acc")
    page.locator(".facets").get_by_role("link", name="3e-4", exact=True).click()
    expect(page.locator("tr[data-key]")).to_have_count(3)

    page.locator(".views summary").click()
    page.get_by_label("Save what is shown as").fill("seeds, best first")
    page.get_by_label("for everyone").check()
    page.get_by_label("open it by default").check()
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".views summary .clip")).to_have_text("seeds, best first")
    page.locator(".views summary").click()
    page.get_by_role("link", name="All saved views").click()
    link = page.locator("tr", has_text="seeds, best first").locator("copy-button").get_attribute("text")
    page.go_back()

    colleague.goto(link)
    expect(colleague.locator("tr[data-key]")).to_have_count(3)
    assert shown(colleague) == shown(page)
    expect(colleague.locator(".views summary .clip")).to_have_text("seeds, best first")
    colleague.reload()
    assert shown(colleague) == shown(page)

    colleague.goto(f"/experiments/{experiment}/")
    expect(colleague.locator("tr[data-key]")).to_have_count(3)
    colleague.locator(".views summary").click()
    colleague.get_by_role("link", name="Without the default view").click()
    expect(colleague.locator("tr[data-key]")).to_have_count(18)

    colleague.goto(link)
    colleague.locator(".chip .away").first.click()
    expect(colleague.locator(".views summary")).to_contain_text("*")


def test_an_address_alone_gives_the_same_page(page, colleague, server):
    experiment = log_sweep(server)
    page.goto(
        f"/experiments/{experiment}/?params.model=tree&order=metrics.val_loss&columns=params.lr,metrics.val_loss.min"
    )

    colleague.goto(page.url)

    assert shown(colleague) == shown(page)
    assert len(shown(page)) == 9 * 3
