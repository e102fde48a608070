import errno
import os
import threading
import time

import pytest

from runs.artifacts import tree
from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import ROOT, directory_path, file_path
from runs.artifacts.stores import Entry
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, TemporarilyUnavailable


@pytest.fixture
def store(artifact_root):
    return LocalArtifacts()


def write(store, path, *pieces):
    return write_from(store, path, pieces)


def write_from(store, path, pieces):
    with store.stage(pieces) as staged, store.place(file_path(path)) as place:
        place.publish(staged)
    return staged.content


def read(store, path):
    with store.open(file_path(path)) as file:
        return b"".join(file.pieces())


def staged_names(root):
    return [path.name for path in (root / ".trackui-staging").iterdir() if not path.name.startswith("lock-")]


@pytest.mark.parametrize("pieces", [[], [b""], [b"abc"], [b"x" * 2**20] * 5 + [b"end"]])
def test_bytes_come_back_as_they_went_in(store, artifact_root, pieces):
    content = write(store, "1/r/a.bin", *pieces)

    assert read(store, "1/r/a.bin") == b"".join(pieces)
    assert content.size == len(b"".join(pieces))
    assert staged_names(artifact_root) == []


@pytest.mark.parametrize("name", ["a b", "%41", "a+b&c", "é", "e\u0301", "模型", "🚀", "a?b", "-rf", "x" * 255])
def test_a_name_is_stored_and_listed_as_given(store, name):
    write(store, f"d/{name}", b"x")

    assert store.listing(directory_path("d")).entries == (Entry(name=name, is_dir=False, size=1),)
    assert read(store, f"d/{name}") == b"x"


def test_a_file_is_replaced_under_its_readers(store):
    write(store, "a", b"old" * 1000)

    with store.open(file_path("a")) as file:
        write(store, "a", b"new")
        assert b"".join(file.pieces()) == b"old" * 1000
        assert file.etag != store.open(file_path("a")).etag
    assert read(store, "a") == b"new"


def test_an_upload_that_breaks_off_leaves_everything_as_it_was(store, artifact_root):
    write(store, "a", b"old")

    def pieces():
        yield b"new"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        write_from(store, "a", pieces())

    assert read(store, "a") == b"old"
    assert staged_names(artifact_root) == []


def test_a_file_is_not_a_directory_nor_the_reverse(store):
    write(store, "d/file", b"x")

    for path in ("d", "d/file/below", "d/file/far/below"):
        with pytest.raises(InvalidParameterValue):
            store.check_place(file_path(path))
        with pytest.raises(InvalidParameterValue):
            write(store, path, b"y")
        with pytest.raises(InvalidParameterValue):
            store.open(file_path(path))
    with pytest.raises(InvalidParameterValue):
        store.remove(file_path("d/file/below"))
    assert read(store, "d/file") == b"x"


def test_what_is_missing_is_not_found_and_lists_nothing(store):
    write(store, "d/file", b"x")

    with pytest.raises(ResourceDoesNotExist):
        store.open(file_path("d/other"))
    for path in ("nothing", "d/file", "d/file/below"):
        assert store.listing(directory_path(path)).entries == ()


def test_a_range_of_a_file_is_read(store):
    write(store, "a", b"0123456789")

    with store.open(file_path("a")) as file:
        assert b"".join(file.pieces(3, 4)) == b"3456"


def test_a_file_cut_while_it_is_read_is_an_error(store, artifact_root):
    write(store, "a", b"0123456789")

    with store.open(file_path("a")) as file:
        os.truncate(artifact_root / "a", 4)
        with pytest.raises(TemporarilyUnavailable):
            b"".join(file.pieces())


# --- Links -------------------------------------------------------------------------------------


@pytest.fixture
def linked(store, artifact_root, tmp_path):
    """A store with links to a file and to a directory outside of it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    write(store, "d/file", b"x")
    (artifact_root / "d" / "link").symlink_to(outside / "secret")
    (artifact_root / "d" / "links").symlink_to(outside)
    (artifact_root / "d" / "broken").symlink_to(outside / "nothing")
    return outside


@pytest.mark.parametrize("path", ["d/link", "d/links/secret", "d/broken", "d/links/new/deep"])
def test_no_link_is_followed(store, linked, path):
    with pytest.raises(ResourceDoesNotExist):
        store.open(file_path(path))
    with pytest.raises(ResourceDoesNotExist):
        write(store, path, b"y")
    assert store.listing(file_path(path)).entries == ()
    assert [path.name for path in linked.iterdir()] == ["secret"]
    assert (linked / "secret").read_text() == "secret"


def test_links_and_special_files_are_not_listed(store, linked, artifact_root):
    os.mkfifo(artifact_root / "d" / "pipe")

    assert [entry.name for entry in store.listing(directory_path("d")).entries] == ["file"]
    with pytest.raises(ResourceDoesNotExist):
        store.open(file_path("d/pipe"))


def test_removing_does_not_reach_through_links(store, linked):
    with pytest.raises(ResourceDoesNotExist):
        store.remove(file_path("d/links"))
    store.remove(file_path("d/links/secret"))
    store.remove(file_path("d"))

    assert (linked / "secret").exists()


def test_a_link_planted_after_the_look_is_not_followed(store, linked, artifact_root, monkeypatch):
    kind = tree.kind

    def swapped(directory, name):
        found = kind(directory, name)
        if name == "file":
            os.rename(artifact_root / "d" / "link", artifact_root / "d" / "file")
        return found

    monkeypatch.setattr(tree, "kind", swapped)

    with pytest.raises(ResourceDoesNotExist):
        store.open(file_path("d/file"))


def test_the_root_itself_may_be_a_link(artifact_root, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "mounted").symlink_to(tmp_path / "disk")
    store = LocalArtifacts(tmp_path / "mounted")

    write(store, "a", b"x")

    assert read(store, "a") == b"x"


# --- Lists -------------------------------------------------------------------------------------


def test_a_list_is_sorted_and_comes_in_pages(store):
    for name in ("b", "a", "d/x", "c", "Z"):
        write(store, name, b"x")

    first = store.listing(ROOT, limit=3)
    second = store.listing(ROOT, after=first.next_after, limit=3)

    assert [entry.name for entry in first.entries] == ["Z", "a", "b"]
    assert second.entries == (Entry("c", is_dir=False, size=1), Entry("d", is_dir=True))
    assert second.next_after is None


def test_a_full_last_page_has_no_next(store):
    for name in "abc":
        write(store, name, b"x")

    assert store.listing(ROOT, limit=3).next_after is None


def test_names_that_are_not_text_are_not_listed(store, artifact_root):
    write(store, "a", b"x")
    os.close(os.open(os.fsencode(artifact_root) + b"/\xff", os.O_CREAT | os.O_WRONLY))

    assert [entry.name for entry in store.listing(ROOT).entries] == ["a"]


def test_all_files_below_a_path(store):
    for name in ("d/a", "d/e/b", "d/e/f/c", "other"):
        write(store, name, b"x")

    assert list(map(str, store.files(file_path("d")))) == ["d/a", "d/e/b", "d/e/f/c"]
    assert list(map(str, store.files(file_path("other")))) == ["other"]
    assert list(store.files(file_path("nothing"))) == []


# --- Removing ----------------------------------------------------------------------------------


def test_a_directory_is_removed_with_all_in_it(store, artifact_root):
    write(store, "1/r/a/b", b"x")
    write(store, "1/r/c", b"x")

    store.remove(file_path("1/r/a"))
    store.remove(file_path("1/r/c"))
    store.remove(file_path("1/r/c"))

    assert store.listing(directory_path("1/r")).entries == ()
    assert staged_names(artifact_root) == []


def test_what_uploads_left_behind_is_swept_when_it_is_old(store, artifact_root):
    write(store, "a", b"x")
    staging = artifact_root / ".trackui-staging"
    for name, age in (("upload-old", 90_000), ("upload-new", 10)):
        (staging / name).write_text("x")
        os.utime(staging / name, (time.time() - age,) * 2)

    assert store.sweep(older_than=86_400) == 1

    assert staged_names(artifact_root) == ["upload-new"]
    assert read(store, "a") == b"x"


# --- Faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["write", "fsync", "rename"])
def test_a_disk_that_fails_leaves_everything_as_it_was(store, artifact_root, monkeypatch, failing):
    write(store, "a", b"old")

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/path")

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(TemporarilyUnavailable) as error:
            write(store, "a", b"new")

    assert "/secret" not in error.value.message
    assert read(store, "a") == b"old"
    assert staged_names(artifact_root) == []


def test_a_nearly_full_disk_takes_no_more(store, monkeypatch):
    class Disk:
        f_bavail, f_frsize, f_blocks = 100, 4096, 10**9

    monkeypatch.setattr(os, "statvfs", lambda place: Disk)

    with pytest.raises(TemporarilyUnavailable):
        write(store, "a", b"x")


def test_the_order_of_syncs_and_renames(store, monkeypatch):
    """Bytes before the name, the names of new directories before what is in them, the answer after all."""
    steps = []
    sync, rename, mkdir = tree.sync, os.rename, os.mkdir
    monkeypatch.setattr(tree, "sync", lambda fd: (steps.append("sync"), sync(fd)))
    monkeypatch.setattr(os, "rename", lambda *a, **k: (steps.append("rename"), rename(*a, **k)))
    monkeypatch.setattr(os, "mkdir", lambda *a, **k: (steps.append("mkdir"), mkdir(*a, **k)))
    write(store, "warm", b"x")
    steps.clear()

    write(store, "d/e/a", b"x")

    assert steps == ["sync", "mkdir", "sync", "mkdir", "sync", "rename", "sync"]


def test_writers_of_one_path_leave_one_of_their_files(store):
    contents = [bytes([n]) * 300_000 for n in range(8)]
    threads = [threading.Thread(target=write, args=(store, "d/a", content)) for content in contents]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read(store, "d/a") in contents


def test_writers_and_removers_of_one_directory_do_not_fail(store):
    errors = []

    def work(step):
        try:
            for _ in range(40):
                step()
        except Exception as error:
            errors.append(error)

    steps = [lambda: write(store, "1/r/d/a", b"x"), lambda: store.remove(file_path("1/r"))] * 2
    threads = [threading.Thread(target=work, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [error for error in errors if not isinstance(error, TemporarilyUnavailable)] == []
