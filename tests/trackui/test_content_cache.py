import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import wait_for
from trackui.content_cache import ContentCache

TWO_BUILDERS = """
import sys, time
from pathlib import Path
from trackui.content_cache import ContentCache

def make(staging, final):
    with open(sys.argv[1] + ".made", "a") as log:
        log.write("made\\n")
    time.sleep(0.5)
    (staging / "file").write_text("whole")

folder = ContentCache(Path(sys.argv[1])).hold("key", make, when_waiting=lambda: print("waits"))
print((folder.path / "file").read_text())
"""


def write_file(staging: Path, final: Path) -> None:
    (staging / "file").write_text("content" * 10_000)


@pytest.fixture
def cache(tmp_path):
    return ContentCache(tmp_path / "cache")


def test_a_folder_is_made_once(cache):
    made = []

    for _ in range(2):
        with cache.hold("key", lambda staging, final: made.append(final)) as folder:
            assert folder.path == cache.root / "key"

    assert made == [cache.root / "key"]


def test_two_processes_make_one_folder(tmp_path):
    command = [sys.executable, "-c", TWO_BUILDERS, str(tmp_path / "cache")]

    builders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [builder.communicate(timeout=20)[0].split() for builder in builders]

    assert sorted(said, key=len) == [["whole"], ["waits", "whole"]]
    assert (tmp_path / "cache.made").read_text() == "made\n"


def test_a_failure_leaves_nothing_half(cache):
    def fail(staging, final):
        write_file(staging, final)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.hold("key", fail)

    assert [path.name for path in cache.root.iterdir()] == ["key.lock"]
    assert cache.hold("key", write_file).path.is_dir()


def test_what_a_killed_builder_left_is_removed(cache):
    left = cache.root / ".staging-key-abc"
    left.mkdir(parents=True)
    (left / "half").write_text("half")

    cache.hold("key", write_file)

    assert not left.exists()
    assert [entry.key for entry in cache.entries()] == ["key"]


def test_the_longest_unused_goes_first_and_what_is_in_use_stays(cache):
    held = cache.hold("held", write_file)
    for days, key in enumerate(("new", "middle", "old"), start=1):
        cache.hold(key, write_file).release()
        os.utime(cache.root / key, (0, time.time() - days * 86_400))
    os.utime(held.path, (0, 0))

    old = cache.prune(older_than=2.5 * 86_400)
    much = cache.prune(more_than=2 * old[0].size)

    assert [entry.key for entry in old] == ["old"]
    assert [entry.key for entry in much] == ["middle"]
    assert {entry.key for entry in cache.entries()} == {"held", "new"}


def test_a_killed_user_does_not_hold_for_ever(cache):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from trackui.content_cache import ContentCache\n"
            "f = ContentCache(Path(sys.argv[1])).hold('key', lambda *_: None); time.sleep(60)",
            str(cache.root),
        ]
    )
    try:
        wait_for((cache.root / "key").is_dir)
        assert cache.prune(older_than=-1) == []
    finally:
        holder.kill()
        holder.wait()

    assert [entry.key for entry in cache.prune(older_than=-1)] == ["key"]
