import hashlib

import pytest

from runs.artifacts import ledger
from runs.artifacts.files import complete_upload, open_artifact, remove_artifacts, save_artifact
from runs.artifacts.local import LocalPlace
from runs.artifacts.paths import directory_path, file_path
from runs.artifacts.stores import artifact_store
from runs.artifacts.verification import damaged_artifacts
from runs.models import Experiment, StoredArtifact
from trackui import transactions
from trackui.errors import InvalidParameterValue, RequestLimitExceeded, ResourceDoesNotExist, TemporarilyUnavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("artifact_root")]

PATH = file_path("0/r/artifacts/a.txt")


def read(path=PATH):
    with open_artifact(path) as file:
        return b"".join(file.pieces())


def test_size_and_digest_of_a_stored_file_are_kept():
    content = save_artifact(PATH, [b"ab", b"c"])

    row = StoredArtifact.objects.get(path=str(PATH))
    assert (row.size, row.sha256) == (3, hashlib.sha256(b"abc").hexdigest()) == (content.size, content.sha256)
    assert read() == b"abc"


def test_storing_again_replaces_the_row():
    save_artifact(PATH, [b"a"])
    save_artifact(PATH, [b"bcd"])

    row = StoredArtifact.objects.get()
    assert (row.size, row.earlier_size) == (3, 1)
    assert read() == b"bcd"


@pytest.mark.parametrize("damage", [b"", b"ab", b"abcd"])
def test_a_file_of_another_length_is_not_served(artifact_root, damage):
    save_artifact(PATH, [b"abc"])
    (artifact_root / str(PATH)).write_bytes(damage)

    with pytest.raises(TemporarilyUnavailable, match="damaged"):
        open_artifact(PATH)

    save_artifact(PATH, [b"again"])
    assert read() == b"again"


def test_a_file_that_came_by_another_way_is_served(artifact_root):
    target = artifact_root / str(PATH)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"copied")

    assert read() == b"copied"
    save_artifact(PATH, [b"new"])
    assert read() == b"new"


@pytest.mark.parametrize("when", ["before the row", "after the row", "after the rename"])
@pytest.mark.parametrize("earlier", [None, b"old bytes"])
def test_a_crash_leaves_the_old_bytes_or_the_new(monkeypatch, when, earlier):
    if earlier:
        save_artifact(PATH, [earlier])
    publish = LocalPlace.publish

    def crash(*args, **kwargs):
        if when == "after the rename":
            publish(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if when == "before the row":
            patch.setattr(ledger, "record", crash)
        else:
            patch.setattr(LocalPlace, "publish", crash)
        with pytest.raises(KeyboardInterrupt):
            save_artifact(PATH, [b"new"])

    if when == "after the rename":
        assert read() == b"new"
    elif earlier:
        assert read() == earlier
    else:
        with pytest.raises(ResourceDoesNotExist):
            read()
    assert [damage.problem for damage in damaged_artifacts()] in ([], ["No artifact '0/r/artifacts/a.txt'."])
    save_artifact(PATH, [b"at last"])
    assert read() == b"at last"


def test_a_busy_database_leaves_everything_as_it_was(monkeypatch):
    save_artifact(PATH, [b"old"])

    def busy(*args, **kwargs):
        raise RequestLimitExceeded("busy")

    with monkeypatch.context() as patch:
        patch.setattr(transactions, "write_transaction", busy)
        with pytest.raises(RequestLimitExceeded):
            save_artifact(PATH, [b"new"])

    assert read() == b"old"


def test_a_directory_is_refused_before_a_byte_is_read():
    save_artifact(PATH, [b"x"])

    def pieces():
        raise AssertionError("read")
        yield

    with pytest.raises(InvalidParameterValue):
        save_artifact(PATH.parent, pieces())


def test_a_removed_directory_is_forgotten_with_all_in_it():
    save_artifact(PATH, [b"x"])
    save_artifact(file_path("0/r/artifacts/d/b"), [b"x"])
    save_artifact(file_path("0/other/artifacts/c"), [b"x"])

    remove_artifacts(directory_path("0/r/artifacts"))

    assert [row.path for row in StoredArtifact.objects.all()] == ["0/other/artifacts/c"]
    assert list(damaged_artifacts()) == []


@pytest.mark.parametrize("path", ["", "0", "0/models", "team", "team/vision"])
def test_more_than_one_runs_artifacts_are_not_removed_at_once(path):
    Experiment.objects.create(
        name="Elsewhere", artifact_location="mlflow-artifacts:/team/vision", creation_time=0, last_update_time=0
    )
    save_artifact(file_path("team/vision/r/artifacts/a"), [b"x"])

    with pytest.raises(InvalidParameterValue):
        remove_artifacts(directory_path(path))
    remove_artifacts(directory_path("team/vision/r"))

    assert not StoredArtifact.objects.exists()


def test_an_upload_in_parts_is_stored_as_one_file(artifact_root):
    store = artifact_store()
    upload_id = store.create_upload(PATH, parts=2)
    etags = {n: store.put_part(upload_id, n, [part]) for n, part in ((1, b"ab"), (2, b"c"))}

    complete_upload(upload_id, PATH, etags)

    assert read() == b"abc"
    assert StoredArtifact.objects.get().sha256 == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(ResourceDoesNotExist):
        complete_upload(upload_id, PATH, etags)


def test_missing_cut_and_changed_files_are_found(artifact_root):
    for name in ("whole", "missing", "cut", "flipped"):
        save_artifact(file_path(f"0/r/{name}"), [b"abcdef"])
    (artifact_root / "0/r/missing").unlink()
    (artifact_root / "0/r/cut").write_bytes(b"abc")
    (artifact_root / "0/r/flipped").write_bytes(b"abcdeF")

    found = {damage.path: damage.problem for damage in damaged_artifacts()}

    assert found == {
        "0/r/missing": "No artifact '0/r/missing'.",
        "0/r/cut": "has 3 bytes, not 6",
        "0/r/flipped": "has other content than was stored",
    }
