import base64
import hashlib
import io
from urllib.parse import quote

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import file_path
from runs.models import Experiment, StoredArtifact
from tests.clients import MLFLOW_PREFIXES, JsonClient
from trackui import transfers
from trackui.mlflow_api.page_tokens import make_page_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("artifact_root")]

RUN = "0/0123456789abcdef0123456789abcdef/artifacts"
STRANGE_NAMES = ["a b", "%41", "a+b", "a&b=c", "café", "e\u0301", "模型", "🚀", "a?b", '"><img src=x>', "-rf", "a;b"]

# As they stand in the request line.
UNSAFE = [
    "../x",
    "0/../../x",
    "..%2fx",
    "%2e%2e/x",
    "%2E%2E%2Fx",
    "0/%252e%252e/x",
    "0/%252E%252E/x",
    "0/..%5c..%5cx",
    "0/a%5cb",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "file%3A/etc",
    "C%3A/x",
    "0/model%00.pkl",
    "0/model%2500.pkl",
    "0/a%0Ab",
    "0/a%23/../../x",
    "0/a%23b",
    "0/a%3B/../../x",
    "0/%ff",
    "0/%c0%ae%c0%ae/x",
    "0//x",
    ".trackui-staging/x",
    "0/.Trackui-x",
    "0/" + "x" * 256,
    "0/" + "/".join(["d"] * 32),
    "0/" + "/".join(["x" * 200] * 6),
]


class Store:
    """The store below one prefix."""

    def __init__(self, prefix):
        self.client = JsonClient(f"{prefix}/mlflow-artifacts")

    def put(self, path, body=b"", **headers):
        return self.client.send("PUT", f"artifacts/{path}", body, content_type="application/octet-stream", **headers)

    def get(self, path, **headers):
        return self.client.get(f"artifacts/{path}", **headers)

    def delete(self, path):
        return self.client.http.delete(self.client.url(f"artifacts/{path}"))

    def list(self, path="", **query):
        return self.client.get("artifacts", {"path": path, **query})


@pytest.fixture(params=MLFLOW_PREFIXES)
def store(request):
    return Store(request.param)


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def is_invalid(response):
    return response.status_code == 400 and response.json()["error_code"] == "INVALID_PARAMETER_VALUE"


# --- Names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_name_comes_back_as_it_was_sent(store, name):
    assert store.put(f"{RUN}/{quote(name)}", b"bytes").status_code == 200

    assert store.list(RUN).json() == {"files": [{"path": name, "is_dir": False, "file_size": 5}]}
    assert content(store.get(f"{RUN}/{quote(name)}")) == b"bytes"


def test_a_plus_is_a_plus(store):
    store.put(f"{RUN}/a+b", b"x")

    assert store.get(f"{RUN}/a%2Bb").status_code == 200
    assert store.get(f"{RUN}/a%20b").status_code == 404


@pytest.mark.parametrize("path", UNSAFE)
def test_an_unsafe_path_is_refused_by_every_verb(store, path, artifact_root):
    before = sorted(artifact_root.rglob("*"))

    assert is_invalid(store.put(path, b"x"))
    assert is_invalid(store.get(path))
    assert is_invalid(store.delete(path))
    assert is_invalid(store.client.get(f"presigned/{path}"))

    assert sorted(artifact_root.rglob("*")) == before
    assert not StoredArtifact.objects.exists()


@pytest.mark.parametrize("path", ["../", "..", "/etc", "a/../..", "%2e%2e", "a\\b", "a#b", "file:///etc", "a\0b"])
def test_an_unsafe_path_is_not_listed(store, path):
    assert is_invalid(store.list(path))


def test_a_query_that_is_not_utf_8_is_refused(store):
    assert is_invalid(store.client.get("artifacts?path=%ff"))


# --- Upload ------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"abc", b"x" * 3_000_000])
def test_an_upload_is_stored_whole(store, body):
    response = store.put(f"{RUN}/d/a.bin", body)

    assert (response.status_code, response.json()) == (200, {})
    assert content(store.get(f"{RUN}/d/a.bin")) == body
    row = StoredArtifact.objects.get()
    assert (row.size, row.sha256) == (len(body), hashlib.sha256(body).hexdigest())


def test_an_upload_again_replaces_the_file(store):
    store.put(f"{RUN}/a", b"old and long")
    store.put(f"{RUN}/a", b"new")

    assert content(store.get(f"{RUN}/a")) == b"new"


@pytest.mark.parametrize("path", [f"{RUN}/d", f"{RUN}/d/", f"{RUN}/d/file/below", ""])
def test_an_upload_onto_a_directory_or_below_a_file_is_refused(store, path):
    store.put(f"{RUN}/d/file", b"x")

    assert is_invalid(store.put(path, b"y"))

    assert content(store.get(f"{RUN}/d/file")) == b"x"


def test_an_upload_that_breaks_off_stores_nothing(store, artifact_root):
    store.put(f"{RUN}/a", b"old")

    url = store.client.url(f"artifacts/{RUN}/a")
    response = store.client.http.generic("PUT", url, b"x" * 8, **{"wsgi.input": io.BytesIO(b"half")})

    assert (response.status_code, response.json()["error_code"]) == (400, "BAD_REQUEST")
    assert content(store.get(f"{RUN}/a")) == b"old"


def checksum(algorithm, data):
    return base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


def test_a_checksum_is_held_against_the_bytes(store):
    good = {
        "Content-MD5": checksum("md5", b"abc"),
        "Content-Digest": f"sha-512=:AAAA:, sha-256=:{checksum('sha256', b'abc')}:",
    }
    bad = {
        "Content-MD5": checksum("md5", b"other"),
        "Content-Digest": f"sha-256=:{checksum('sha256', b'other')}:",
    }

    assert store.put(f"{RUN}/a", b"abc", **good).status_code == 200
    for name, value in bad.items():
        assert is_invalid(store.put(f"{RUN}/b", b"abc", **{name: value}))
    assert store.get(f"{RUN}/b").status_code == 404


def test_a_malformed_checksum_is_refused(store):
    assert is_invalid(store.put(f"{RUN}/a", b"abc", **{"Content-MD5": "not base64"}))
    for value in ("AAAA", ":AAAA:", ":!:", ""):
        assert is_invalid(store.put(f"{RUN}/a", b"abc", **{"Content-Digest": f"sha-256={value}"}))


def test_an_encoded_body_is_refused(store):
    response = store.put(f"{RUN}/a", b"abc", **{"Content-Encoding": "gzip"})

    assert (response.status_code, response.json()["error_code"]) == (415, "BAD_REQUEST")


def test_a_file_over_the_operators_limit_is_refused(store, settings):
    settings.TRACKUI_MAX_ARTIFACT_BYTES = 10

    response = store.put(f"{RUN}/a", b"x" * 11)

    assert response.status_code == 413
    assert "Retry-After" not in response
    assert store.put(f"{RUN}/a", b"x" * 10).status_code == 200


def test_djangos_limits_do_not_hold_for_uploads(store, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert store.put(f"{RUN}/a", b"x" * 1000).status_code == 200


def test_a_process_moves_a_few_files_at_once(store):
    save_artifact(file_path(f"{RUN}/big"), [b"x" * 1_000_000])
    taken = transfers.most_transfers()
    for _ in range(taken):
        transfers.begin_transfer()
    try:
        answers = [store.put(f"{RUN}/a", b"x"), store.get(f"{RUN}/big")]
    finally:
        for _ in range(taken):
            transfers.end_transfer()

    for response in answers:
        assert (response.status_code, response.json()["error_code"]) == (429, "REQUEST_LIMIT_EXCEEDED")
        assert 1 <= int(response["Retry-After"]) <= 5
    assert store.put(f"{RUN}/a", b"x").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_download_gives_its_place_back(store):
    save_artifact(file_path(f"{RUN}/big"), [b"x" * 1_000_000])

    for _ in range(transfers.most_transfers() + 1):
        response = store.get(f"{RUN}/big")
        next(iter(response.streaming_content))
        response.close()

    assert store.get(f"{RUN}/big").status_code == 200


# --- Download ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.txt", "text/plain"),
        ("a.json", "text/plain"),
        ("a.xml", "text/plain"),
        ("MLmodel", "text/plain"),
        ("a.png", "image/png"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.pkl", "application/octet-stream"),
    ],
)
def test_a_download_runs_nothing(store, name, content_type):
    store.put(f"{RUN}/{name}", b"<script>alert(1)</script>")

    response = store.get(f"{RUN}/{name}", Accept="text/html")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f"attachment; filename={name}"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(response["Vary"].split(", "))
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_what_is_missing_is_not_found(store):
    response = store.get(f"{RUN}/nothing")

    assert (response.status_code, response.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("path", [f"{RUN}/d", f"{RUN}/d/", f"{RUN}/d/file/below"])
def test_a_directory_is_not_downloaded(store, path):
    store.put(f"{RUN}/d/file", b"x")

    assert is_invalid(store.get(path))


def test_a_path_through_a_link_is_not_found(store, artifact_root, tmp_path):
    store.put(f"{RUN}/a", b"x")
    (tmp_path / "secret").write_text("secret")
    (artifact_root / RUN / "link").symlink_to(tmp_path)

    assert store.get(f"{RUN}/link/secret").status_code == 404
    assert store.put(f"{RUN}/link/new", b"x").status_code == 404
    assert store.list(f"{RUN}/link").json() == {}
    assert [entry["path"] for entry in store.list(RUN).json()["files"]] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_short_file_is_never_served_as_whole(store, artifact_root, damage):
    store.put(f"{RUN}/a", b"0123456789")
    target = artifact_root / RUN / "a"
    target.write_bytes(b"012") if damage == "cut" else target.unlink()

    response = store.get(f"{RUN}/a")

    assert response.status_code == (503 if damage == "cut" else 404)
    assert str(artifact_root) not in response.content.decode()


def test_head_answers_as_get_without_the_bytes(store):
    store.put(f"{RUN}/a.txt", b"0123456789")

    response = store.client.http.head(store.client.url(f"artifacts/{RUN}/a.txt"))

    assert response.status_code == 200
    assert (response["Content-Length"], response["Content-Type"]) == ("10", "text/plain")
    assert response.content == b""


# --- Lists -------------------------------------------------------------------------------------


def test_a_list_has_bare_names_in_order(store):
    for name in ("b.txt", "d/x", "a.txt", "empty"):
        store.put(f"{RUN}/{name}", b"" if name == "empty" else b"abc")

    assert store.list(RUN).json()["files"] == [
        {"path": "a.txt", "is_dir": False, "file_size": 3},
        {"path": "b.txt", "is_dir": False, "file_size": 3},
        {"path": "d", "is_dir": True},
        {"path": "empty", "is_dir": False},
    ]
    assert store.list(f"{RUN}/").json() == store.list(RUN).json()


def test_a_file_and_what_is_missing_list_nothing(store):
    store.put(f"{RUN}/a", b"x")

    for path in (f"{RUN}/a", f"{RUN}/nothing", f"{RUN}/a/below"):
        response = store.list(path)
        assert (response.status_code, response.json()) == (200, {})


def test_the_top_of_the_store_shows_none_of_its_own_files(store):
    store.put(f"{RUN}/a", b"x")

    assert store.list().json() == {"files": [{"path": "0", "is_dir": True}]}


def test_a_long_list_goes_on_with_its_token(store, monkeypatch):
    for name in "abcde":
        store.put(f"{RUN}/{name}", b"x")
    listing = LocalArtifacts.listing
    monkeypatch.setattr(
        LocalArtifacts, "listing", lambda self, path, after="": listing(self, path, after=after, limit=2)
    )

    names, token = [], ""
    while True:
        page = store.list(RUN, page_token=token).json()
        names += [entry["path"] for entry in page["files"]]
        token = page.get("next_page_token")
        if not token:
            break

    assert names == list("abcde")


def test_a_token_of_another_directory_is_refused(store):
    token = make_page_token("a", "artifacts", None, "0/other")

    assert is_invalid(store.list(RUN, page_token=token))
    assert is_invalid(store.list(RUN, page_token="x"))


# --- Deletion ----------------------------------------------------------------------------------


def test_a_file_or_directory_is_deleted_and_deleting_again_is_fine(store):
    store.put(f"{RUN}/a", b"x")
    store.put(f"{RUN}/d/e/b", b"x")

    for path in (f"{RUN}/a", f"{RUN}/d", f"{RUN}/d", f"{RUN}/"):
        response = store.delete(path)
        assert (response.status_code, response.json()) == (200, {})

    assert store.list(RUN).json() == {}
    assert not StoredArtifact.objects.exists()


@pytest.mark.parametrize("path", ["", "/", "0", "0/", "0/models"])
def test_nothing_above_a_run_is_deleted(store, path):
    store.put(f"{RUN}/a", b"x")

    assert is_invalid(store.delete(path))

    assert store.get(f"{RUN}/a").status_code == 200


# --- Who may -----------------------------------------------------------------------------------


@pytest.fixture
def hidden(monkeypatch):
    """An experiment that the caller may not read."""
    experiment = Experiment.objects.create(
        name="Theirs", artifact_location="mlflow-artifacts:/x", creation_time=0, last_update_time=0
    )
    queryset = type(Experiment.objects.all())
    monkeypatch.setattr(queryset, "visible_to", lambda self, user: self.exclude(pk=experiment.pk))
    return experiment.experiment_id


def test_the_store_is_open_where_its_experiment_is(store, hidden):
    save_artifact(file_path(f"{hidden}/r/artifacts/a"), [b"x"])
    save_artifact(file_path("other/place"), [b"x"])
    part = {"path": "big", "upload_id": "0" * 32, "parts": [{"part_number": 1, "etag": "x"}]}

    answers = [
        store.get(f"{hidden}/r/artifacts/a"),
        store.put(f"{hidden}/r/artifacts/a", b"y"),
        store.delete(f"{hidden}/r/artifacts/a"),
        store.list(f"{hidden}/r/artifacts"),
        *(store.client.post(f"mpu/{step}/{hidden}/r/artifacts", part) for step in ("create", "complete", "abort")),
        store.client.get(f"presigned/{hidden}/r/artifacts/a"),
    ]

    assert {(answer.status_code, answer.json()["error_code"]) for answer in answers} == {(403, "PERMISSION_DENIED")}
    assert [entry["path"] for entry in store.list().json()["files"]] == ["other"]
    assert store.get("other/place").status_code == 200


# --- Uploads in parts --------------------------------------------------------------------------


def begin(store, *, parts, path="/home/me/big.bin", directory=f"{RUN}/models"):
    return store.client.post(f"mpu/create/{directory}", {"path": path, "num_parts": parts})


def send_part(store, credential, body, **headers):
    url = credential["url"].removeprefix("http://localhost")
    return store.client.send("PUT", url, body, content_type="application/octet-stream", **headers)


def test_parts_become_one_file(store):
    upload = begin(store, parts=3).json()
    bodies = [b"a" * 100, b"b" * 100, b"c"]
    parts = [
        {
            "part_number": credential["part_number"],
            "etag": send_part(store, credential, body, **credential["headers"])["ETag"],
            "url": credential["url"],
        }
        for credential, body in zip(upload["credentials"], bodies, strict=True)
    ]
    done = {"path": "/home/me/big.bin", "upload_id": upload["upload_id"], "parts": parts}

    response = store.client.post(f"mpu/complete/{RUN}/models", done)

    assert (response.status_code, response.json()) == (200, {})
    assert content(store.get(f"{RUN}/models/big.bin")) == b"".join(bodies)
    assert store.client.post(f"mpu/complete/{RUN}/models", done).status_code == 404


def test_a_part_needs_the_header_of_its_own_upload(store):
    upload, other = begin(store, parts=1).json(), begin(store, parts=1).json()
    credential = upload["credentials"][0]

    for headers in ({}, {"X-Trackui-Upload": "forged"}, other["credentials"][0]["headers"]):
        response = send_part(store, credential, b"x", **headers)
        assert (response.status_code, response.json()["error_code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("path", ["../../x", "/../../x", "a/%2e%2e/x", "", "x\0", "x" * 256, ".trackui-x", "/home/me/"])
def test_an_upload_in_parts_to_an_unsafe_path_is_refused(store, path):
    assert is_invalid(begin(store, parts=1, path=path))


@pytest.mark.parametrize("directory", ["../..", f"{RUN}/%2e%2e", "0/%252e%252e"])
def test_an_upload_in_parts_to_an_unsafe_directory_is_refused(store, directory):
    assert is_invalid(begin(store, parts=1, directory=directory))


@pytest.mark.parametrize("parts", [0, -1, 10_001])
def test_an_upload_of_no_or_too_many_parts_is_refused(store, parts):
    assert is_invalid(begin(store, parts=parts))


def test_the_path_of_a_windows_client_is_understood(store):
    assert begin(store, parts=1, path=r"C:\Users\me\big.bin").status_code == 200


def test_an_aborted_upload_is_forgotten(store, artifact_root):
    upload = begin(store, parts=1).json()
    credential = upload["credentials"][0]
    send_part(store, credential, b"x", **credential["headers"])
    body = {"path": "big.bin", "upload_id": upload["upload_id"]}

    assert store.client.post(f"mpu/abort/{RUN}/models", body).json() == {}
    assert store.client.post(f"mpu/abort/{RUN}/models", body).json() == {}

    assert send_part(store, credential, b"x", **credential["headers"]).status_code == 404


def test_presigned_downloads_send_the_client_back_here(store):
    store.put(f"{RUN}/a", b"x")

    response = store.client.get(f"presigned/{RUN}/a")

    assert (response.status_code, response.json()["error_code"]) == (501, "NOT_IMPLEMENTED")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_another_verb_is_refused(store, method):
    response = store.client.send(method, f"artifacts/{RUN}/a", {})

    assert (response.status_code, response.json()["error_code"]) == (405, "BAD_REQUEST")
