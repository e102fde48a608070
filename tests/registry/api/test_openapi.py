from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern

from registry.api import urls
from tests.runs.api.helpers import refused


def test_every_endpoint_is_documented_with_an_example(api):
    paths = api.get("openapi.json").json()["paths"]

    for pattern in [*urls.LISTS, *urls.OBJECTS]:
        address = path_of(pattern)
        for method in pattern.callback.actions.keys() - {"head"}:
            operation = paths[address][method]
            assert operation["summary"], (method, address)
            assert any(status.startswith("4") for status in operation["responses"]), (method, address)
            if method != "delete":
                assert '"examples"' in str(operation).replace("'", '"'), (method, address)


def path_of(pattern: URLPattern) -> str:
    return "/api/v1" + simplify_regex(str(pattern.pattern)).replace("<", "{").replace(">", "}").replace("?", "")


def test_parameters_of_the_past_and_of_facets_are_documented(api):
    paths = api.get("openapi.json").json()["paths"]

    named = {each["name"] for each in paths["/api/v1/models/"]["get"]["parameters"]}
    assert {"q", "order_by", "as_of", "stale", "unaliased", "user_id", "tag", "page_size", "cursor"} <= named
    named = {each["name"] for each in paths["/api/v1/models/{name}/versions/"]["get"]["parameters"]}
    assert {"q", "order_by", "as_of", "stage", "alias", "unaliased", "name"} <= named


def test_what_no_route_takes_is_told_by_the_api(api):
    for path in ("models/a/b/c/", "models/a/aliases/", "model-events/1/", "models/a/versions/1/demote/"):
        refused(api.get(path), 404, "ENDPOINT_NOT_FOUND")
