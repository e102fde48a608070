import os
import sys
from contextlib import suppress

import pytest

from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import ROOT, directory_path, file_path
from trackui.errors import TrackingError


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_nothing_stays_open(artifact_root, tmp_path):
    store = LocalArtifacts()

    def write(path):
        with store.stage([b"x"]) as staged, store.place(file_path(path)) as place:
            place.publish(staged)

    def work():
        write("1/r/d/a")
        (artifact_root / "1/r/link").unlink(missing_ok=True)
        (artifact_root / "1/r/link").symlink_to(tmp_path)
        for path in ("1/r/d", "1/r/d/a/b", "1/r/link", "1/r/link/x"):
            with suppress(TrackingError):
                write(path)
            with suppress(TrackingError):
                store.open(file_path(path))
            with suppress(TrackingError):
                store.remove(file_path(f"{path}/x"))
        store.open(file_path("1/r/d/a")).close()
        store.listing(ROOT)
        list(store.files(directory_path("1")))
        upload_id = store.create_upload(file_path("1/r/b"), parts=1)
        etag = store.put_part(upload_id, 1, [b"x"])
        with suppress(TrackingError), store.assemble(upload_id, file_path("1/r/b"), {1: "0" * 64}):
            pass
        with store.assemble(upload_id, file_path("1/r/b"), {1: etag}):
            pass
        store.discard_upload(upload_id)
        store.remove(file_path("1/r"))

    work()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        work()

    assert len(os.listdir("/proc/self/fd")) == before
