import ctypes
import subprocess
import sys

import pytest

PROGRAM = """
from pathlib import Path
from trackui.heap import give_memory_back

def held():
    return int(next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmRSS")).split()[1])

give_memory_back()
before = held()
# Freed from a large one to a small one, an allocator left alone learns to keep them.
for size in (16, 8, 4, 2):
    bytearray(size << 20)
pieces = [bytearray(512 << 10) for _ in range(64)]
kept = pieces[-1]
del pieces
print(held() - before)
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"), reason="not the C library of GNU"
)
def test_what_was_freed_is_given_back_though_a_later_piece_is_kept():
    grown = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert int(grown.stdout) < 4 << 10
