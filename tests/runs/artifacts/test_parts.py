import hashlib

import pytest

from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import file_path
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist

PATH = file_path("1/r/artifacts/big.bin")


@pytest.fixture
def store(artifact_root):
    return LocalArtifacts()


def assembled(store, upload_id, etags, path=PATH):
    with store.assemble(upload_id, path, etags) as staged, store.place(path) as place:
        place.publish(staged)
    with store.open(path) as file:
        return b"".join(file.pieces())


def test_parts_are_put_together_in_their_order(store):
    upload_id = store.create_upload(PATH, parts=11)
    etags = {n: store.put_part(upload_id, n, [b"%d," % n]) for n in reversed(range(1, 12))}

    assert assembled(store, upload_id, etags) == b"1,2,3,4,5,6,7,8,9,10,11,"


def test_the_etag_is_the_digest_of_the_part(store):
    upload_id = store.create_upload(PATH, parts=1)

    assert store.put_part(upload_id, 1, [b"ab", b"c"]) == hashlib.sha256(b"abc").hexdigest()


def test_a_part_sent_again_replaces_the_earlier_one(store):
    upload_id = store.create_upload(PATH, parts=1)
    first = store.put_part(upload_id, 1, [b"first"])
    second = store.put_part(upload_id, 1, [b"second"])

    with pytest.raises(InvalidParameterValue):
        assembled(store, upload_id, {1: first})
    assert assembled(store, upload_id, {1: second}) == b"second"


@pytest.mark.parametrize("change", ["missing", "more", "wrong", "unsafe"])
def test_parts_that_are_not_what_was_sent_are_refused(store, change):
    upload_id = store.create_upload(PATH, parts=2)
    etags = {n: store.put_part(upload_id, n, [b"x"]) for n in (1, 2)}
    match change:
        case "missing":
            del etags[2]
        case "more":
            etags[3] = etags[1]
        case "wrong":
            etags[2] = "0" * 64
        case "unsafe":
            etags[2] = "../../x"

    with pytest.raises(InvalidParameterValue):
        assembled(store, upload_id, etags)
    with pytest.raises(ResourceDoesNotExist):
        store.open(PATH)


def test_an_upload_is_for_its_own_path(store):
    upload_id = store.create_upload(PATH, parts=1)
    etag = store.put_part(upload_id, 1, [b"x"])

    with pytest.raises(InvalidParameterValue):
        assembled(store, upload_id, {1: etag}, path=file_path("2/r/artifacts/big.bin"))


@pytest.mark.parametrize("upload_id", ["", "..", "0" * 32, "../../x", "0" * 31 + "\n"])
def test_an_unknown_upload_is_not_found(store, upload_id):
    with pytest.raises(ResourceDoesNotExist):
        store.put_part(upload_id, 1, [b"x"])
    store.discard_upload(upload_id)


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_part_that_was_not_announced_is_refused(store, number):
    upload_id = store.create_upload(PATH, parts=2)

    with pytest.raises(InvalidParameterValue):
        store.put_part(upload_id, number, [b"x"])


@pytest.mark.parametrize("parts", [0, -1, 10_001])
def test_an_upload_has_a_sane_number_of_parts(store, parts):
    with pytest.raises(InvalidParameterValue):
        store.create_upload(PATH, parts=parts)


def test_a_discarded_upload_is_gone(store, artifact_root):
    upload_id = store.create_upload(PATH, parts=1)
    store.put_part(upload_id, 1, [b"x"])

    store.discard_upload(upload_id)

    assert list((artifact_root / ".trackui-staging").iterdir()) == []
    with pytest.raises(ResourceDoesNotExist):
        store.put_part(upload_id, 1, [b"x"])
