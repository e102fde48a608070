"""Memory that is freed goes back to the system: settings of the allocator of glibc."""

import ctypes

# From malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
# Threads of Python take turns, and gain nothing from heaps of their own, each of which would keep what it once held.
ARENAS = 2
# Larger pieces, such as arrays over all runs of an experiment, are given back as soon as they are freed.
LARGE = 256 * 1024
TRIMMED = 1024 * 1024


def give_memory_back() -> None:
    """For this process and those it forks. Nothing where the C library has no such settings."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for option, value in ((M_ARENA_MAX, ARENAS), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, TRIMMED)):
            set_option(option, value)
