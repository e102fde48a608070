import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runs.artifacts.files import save_artifact
from runs.artifacts.paths import file_path
from tests.clients import JsonClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("artifact_root")]

DATA = b"0123456789"
URL = "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts"


@pytest.fixture
def get():
    save_artifact(file_path("0/r/artifacts/a"), [DATA])
    save_artifact(file_path("0/r/artifacts/empty"), [])
    client = JsonClient("")
    return lambda name="a", **headers: client.get(f"{URL}/{name}", **headers)


@pytest.mark.parametrize(
    ("asked", "sent", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=5-1000", b"56789", "bytes 5-9/10"),
        ("bytes=-1000", DATA, "bytes 0-9/10"),
    ],
)
def test_a_range_is_sent(get, asked, sent, content_range):
    response = get(Range=asked)

    assert (response.status_code, response.content) == (206, sent)
    assert response["Content-Range"] == content_range
    assert response["Content-Length"] == str(len(sent))


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2",
        "bytes=0-1,3-4",
        "bytes=" + ",".join(["0-1"] * 1000),
        "bytes=-",
        "bytes=a-b",
        "items=0-3",
        "bytes 0-3",
        "bytes=0-" + "9" * 100,
        "bytes=٣-٤",
        "",
    ],
)
def test_other_ranges_send_the_file(get, asked):
    response = get(Range=asked.encode().decode("latin-1"))

    assert (response.status_code, response.content) == (200, DATA)
    assert "Content-Range" not in response


@pytest.mark.parametrize(("name", "asked"), [("a", "bytes=10-"), ("a", "bytes=-0"), ("empty", "bytes=0-")])
def test_a_range_beyond_the_file_is_refused(get, name, asked):
    response = get(name, Range=asked)

    assert (response.status_code, response.json()["error_code"]) == (416, "INVALID_PARAMETER_VALUE")
    assert response["Content-Range"] == f"bytes */{10 if name == 'a' else 0}"


def test_a_range_of_a_large_file_is_streamed(get):
    data = bytes(range(256)) * 10_000
    save_artifact(file_path("0/r/artifacts/big"), [data])

    response = get("big", Range="bytes=1000-1999999")

    assert response.streaming
    assert b"".join(response.streaming_content) == data[1000:2_000_000]


def test_a_client_that_has_the_file_gets_no_bytes(get):
    etag = get()["ETag"]

    for condition in (etag, f'"other", W/{etag}', "*"):
        response = get(**{"If-None-Match": condition})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
    assert get(**{"If-None-Match": '"other"'}).status_code == 200


def test_another_file_has_another_etag(get):
    before = get()["ETag"]
    save_artifact(file_path("0/r/artifacts/a"), [DATA[::-1]])

    assert get()["ETag"] != before


def test_a_range_of_a_file_that_has_changed_is_the_new_file(get):
    etag = get()["ETag"]

    assert get(**{"Range": "bytes=0-3", "If-Range": etag}).status_code == 206
    assert get(**{"Range": "bytes=0-3", "If-Range": '"other"'}).status_code == 200


@given(st.text(alphabet="bytes=-,0123456789 ٣", max_size=30) | st.from_regex(r"bytes=\d*-\d*", fullmatch=True))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_range_header_breaks_the_answer(get, asked):
    response = get(Range=asked.encode().decode("latin-1"))

    assert response.status_code in (200, 206, 416)
    if response.status_code == 206:
        assert response.content in DATA
