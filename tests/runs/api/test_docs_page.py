"""The page of the OpenAPI document in a real browser, under the policy that forbids inline scripts and styles."""


def test_a_person_reads_the_document_and_tries_it(page):
    page.goto("/api/v1/docs/")
    page.get_by_text("Record a whole run").click()
    page.get_by_role("button", name="Try it out").click()

    page.get_by_role("button", name="Execute").click()

    status = page.locator(".live-responses-table tbody .response-col_status").first
    status.wait_for()
    assert status.inner_text().strip() == "201"


def test_it_is_dark_where_the_page_is(page):
    page.goto("/api/v1/docs/?theme=dark")

    page.locator(".opblock").first.wait_for()
    assert "dark-mode" in page.locator("html").get_attribute("class")
