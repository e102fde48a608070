from django.core.management import call_command
from django.urls import get_resolver

from tests.clients import parse


def test_the_document_is_valid_and_has_no_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "openapi.yaml")


def test_the_document_holds_the_native_api_and_nothing_else(api):
    document = api.get("openapi.json").json()

    assert document["openapi"].startswith("3.")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    routes = {name for name in get_resolver("runs.api.urls").reverse_dict if isinstance(name, str)}
    assert {"run-list", "run-bulk", "run-append", "run-history", "experiment-restore"} <= routes
    assert "/api/v1/runs/bulk/" in document["paths"]


def test_every_operation_is_described_and_tells_its_errors(api):
    document = api.get("openapi.json").json()

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert any(status.startswith("4") for status in operation["responses"]), (method, path)


def test_the_page_needs_no_other_site_and_no_inline_script(api):
    response = api.get("docs/")

    page = parse(response)
    assert response.status_code == 200
    assert page.select_one("#api-docs")["data-schema"] == "/api/v1/openapi.json"
    assert not page.find_all("style")
    assert not page.select("[style]")
    assert all(script.get("src", "").startswith("/static/") and not script.text for script in page.find_all("script"))
