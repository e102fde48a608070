"""Whatever is sent is taken or refused, and what was taken can be shown."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_model_version, make_registered_model

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=12)
    | st.sampled_from(
        ["Production", "champion", "latest", "v3", "a/b", "../x", "runs:/x/m", "models:/forest/1", "\0", "\ud800"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "name description tags source run_id model_id run_link stage aliases archive_existing_versions note version".split()
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=5)
QUERIES = st.dictionaries(
    st.sampled_from(
        "q order_by page_size cursor format stage alias unaliased stale tag tags.team user_id name kind run_id as_of "
        "since until version production_older".split()
    ),
    st.text(st.characters(codec="utf-8"), max_size=12)
    | st.sampled_from(
        ["name = 'forest'", "tags.team = 'x'", "version_number > 1", "name DESC", "csv", "1", "-7d", "all"]
    )
    | st.integers(-(2**70), 2**70).map(str),
    max_size=4,
)
REQUESTS = st.sampled_from(
    [
        ("POST", "models/"),
        ("PATCH", "models/forest/"),
        ("POST", "models/forest/versions/"),
        ("PATCH", "models/forest/versions/1/"),
        ("POST", "models/forest/versions/1/promote/"),
        ("PUT", "models/forest/aliases/champion/"),
    ]
)
LISTS = ("models/", "model-versions/", "model-events/", "models/forest/versions/", "models/forest/events/")
modestly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@modestly
@given(asked=REQUESTS, body=BODIES)
def test_any_body_is_taken_or_refused(api, asked, body):
    if api.get("models/forest/versions/1/").status_code == 404:
        make_model_version(make_registered_model("forest"))

    response = api.send(*asked, body)

    assert response.status_code in (200, 201, 400, 404), response.content
    json.loads(response.content, parse_constant=no_constant)


@modestly
@given(path=st.sampled_from(LISTS), query=QUERIES)
def test_any_query_is_answered_or_refused(api, path, query):
    if api.get("models/forest/").status_code == 404:
        make_model_version(make_registered_model("forest"))

    response = api.get(path, query)

    assert response.status_code in (200, 400, 404), response.content
    if response.streaming:
        assert b"".join(response.streaming_content)


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
