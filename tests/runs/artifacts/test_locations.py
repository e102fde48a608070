import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.artifacts.locations import checked_location, default_location, stored_path
from trackui.errors import InvalidParameterValue, NotImplementedHere

REFUSED = [
    "",
    "http:///#/../../../../etc/",
    "http:///?/../..",
    "https://example.org/x",
    "file:///etc",
    "FILE:/etc",
    "/etc",
    "./mlruns",
    "mlruns",
    "//host/share",
    "C:\\data",
    "runs:/0123456789abcdef0123456789abcdef/x",
    "models:/m/1",
    "sftp://host/x",
    "s3://bucket/x",
    "mlflow-artifacts:",
    "mlflow-artifacts:/",
    "mlflow-artifacts:x",
    "mlflow-artifacts://evil.example/x",
    "mlflow-artifacts:///x",
    "mlflow-artifacts:/a/../b",
    "mlflow-artifacts:/a/%2e%2e/b",
    "mlflow-artifacts:/a/%252e%252e/b",
    "mlflow-artifacts:/a b",
    "mlflow-artifacts:/a%20b",
    "mlflow-artifacts:/a?x=../..",
    "mlflow-artifacts:/a%3fx",
    "mlflow-artifacts:/a#b",
    "mlflow-artifacts:/a;b",
    "mlflow-artifacts:/a//b",
    "mlflow-artifacts:/.trackui-staging",
    "mlflow-artifacts:/a\n",
    "mlflow-artifacts:/\ud800",
    "mlflow-artifacts:/" + "a" * 2049,
    "MLFLOW-ARTIFACTS:/a",
]


@pytest.mark.parametrize("location", REFUSED)
def test_an_unsafe_location_is_refused(location):
    with pytest.raises(InvalidParameterValue, match="artifact location"):
        checked_location(location)


def test_a_location_is_kept_but_for_slashes_at_its_end():
    assert checked_location("mlflow-artifacts:/team/vision//") == "mlflow-artifacts:/team/vision"
    assert checked_location(default_location("7")) == "mlflow-artifacts:/7"


def test_an_object_store_needs_the_operators_leave(settings):
    settings.TRACKUI_LOCATION_SCHEMES = ["s3", "abfss"]

    assert checked_location("s3://bucket/team") == "s3://bucket/team"
    assert checked_location("s3://bucket") == "s3://bucket"
    assert checked_location("abfss://files@account.dfs.core.windows.net/a")
    for location in ("s3://b/../../x", "s3://b/%2e%2e/x", "s3:///x", "s3:/b/x", "s3://user:secret@b/x", "gs://b/x"):
        with pytest.raises(InvalidParameterValue):
            checked_location(location)


def test_an_artifact_uri_means_a_directory_of_the_store():
    assert str(stored_path("mlflow-artifacts:/7/abc/artifacts")) == "7/abc/artifacts"


def test_an_artifact_uri_is_checked_again_before_it_is_used(settings):
    settings.TRACKUI_LOCATION_SCHEMES = ["s3"]

    with pytest.raises(InvalidParameterValue):
        stored_path("file:///etc")
    with pytest.raises(NotImplementedHere):
        stored_path("s3://bucket/7/abc/artifacts")


@given(st.text(max_size=80))
def test_whatever_is_accepted_lies_in_this_servers_store(text):
    try:
        location = checked_location(f"mlflow-artifacts:{text}")
    except InvalidParameterValue:
        return

    assert ".." not in stored_path(location).segments
    assert location.startswith("mlflow-artifacts:/")
