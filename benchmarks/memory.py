"""Memory of a server on this machine: all its processes, told by the port they listen at. Linux only."""

import os
from collections import defaultdict
from pathlib import Path

PROC = Path("/proc")


def server_memory(port: int) -> int:
    """Bytes, a page shared by n processes counted 1/n in each (PSS); 0 where the server is not of this machine."""
    listeners = _listening(port)
    if not listeners:
        return 0
    return sum(_pss(pid) for pid in _family(listeners))


def _listening(port: int) -> set[int]:
    """Processes that hold a socket listening at the port."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        lines = (PROC / "net" / table).read_text().splitlines()[1:]
        fields = [line.split() for line in lines]
        sockets |= {f"socket:[{f[9]}]" for f in fields if f[3] == "0A" and int(f[1].rpartition(":")[2], 16) == port}
    return {pid for pid in _pids() if sockets & set(_open_files(pid))}


def _family(listeners: set[int]) -> set[int]:
    """Listeners, what they started, and what started them: parents in the same process group with the same program.

    Those that measure are not of the family.
    """
    ours = _ancestors(os.getpid())
    family = set()
    for pid in listeners:
        while pid not in ours:
            family.add(pid)
            parent = _parent(pid)
            if not parent or _kin(parent) != _kin(pid):
                break
            pid = parent
    children = defaultdict(set)
    for pid in _pids():
        children[_parent(pid)].add(pid)
    waiting = list(family)
    while waiting:
        new = children[waiting.pop()] - family - ours
        family |= new
        waiting += new
    return family


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _ancestors(pid: int) -> set[int]:
    found = set()
    while pid:
        found.add(pid)
        pid = _parent(pid)
    return found


def _parent(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _kin(pid: int) -> tuple:
    try:
        return os.getpgid(pid), (PROC / str(pid) / "exe").readlink()
    except OSError:
        return pid, None


def _open_files(pid: int) -> list[str]:
    try:
        return [os.readlink(entry) for entry in os.scandir(PROC / str(pid) / "fd")]
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
