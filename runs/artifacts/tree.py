"""A folder walked name by name on open directories, so that no link below it is ever followed.

Every function takes and answers file descriptors. A path that is checked and then opened by name could be
swapped for a link in between; here each step opens one name, relative to the directory already held open.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, TemporarilyUnavailable

DIRECTORY_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe that somebody left in the store would wait for ever.
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW_FILE_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600

# Times that directories are made again after a removal took them away.
ATTEMPTS = 5

# What a file system says of a name it cannot store.
UNUSABLE = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}


class NotFollowed(FileNotFoundError):
    """A link is on the way."""


@contextmanager
def disk_errors() -> Iterator[None]:
    """What the operating system says, in words for the caller; never its paths."""
    try:
        yield
    except FileNotFoundError:
        raise ResourceDoesNotExist("No such artifact.") from None
    except OSError as error:
        if error.errno == errno.ELOOP:  # became a link after it was looked at
            raise ResourceDoesNotExist("No such artifact.") from error
        if error.errno in UNUSABLE:
            raise InvalidParameterValue("Invalid path: the disk cannot store this name.") from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise TemporarilyUnavailable("The artifact storage is full.", retry_after=30) from error
        raise TemporarilyUnavailable("The artifact storage failed.", retry_after=10) from error


@contextmanager
def opened(fd: int) -> Iterator[int]:
    try:
        yield fd
    finally:
        os.close(fd)


def open_directory(root: int, names: Sequence[str]) -> int:
    """FileNotFoundError for what is missing or a link, InvalidParameterValue where a file is on the way."""
    current = os.open(".", DIRECTORY_FLAGS, dir_fd=root)
    for name in names:
        with opened(current):
            current = _enter(current, name)
    return current


def make_directory(root: int, names: Sequence[str]) -> int:
    """Open a directory, making what is missing of it; each new name is on disk before this returns."""
    for _ in range(ATTEMPTS):
        try:
            return _make_directory(root, names)
        except NotFollowed:
            raise
        except FileNotFoundError:  # somebody removed a directory on the way
            continue
    raise TemporarilyUnavailable("The directory of this artifact is being removed.")


def kind(directory: int, name: str) -> os.stat_result | None:
    """What stands under a name, itself and not what it points to; None for nothing."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def sync(fd: int) -> None:
    """Wait until a file's bytes, or a directory's names, are on the disk itself."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync alone stops at the drive's cache
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def _make_directory(root: int, names: Sequence[str]) -> int:
    current = os.open(".", DIRECTORY_FLAGS, dir_fd=root)
    for name in names:
        with opened(current):
            current = _enter_or_make(current, name)
    return current


def _enter(directory: int, name: str) -> int:
    try:
        return os.open(name, DIRECTORY_FLAGS, dir_fd=directory)
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
    found = kind(directory, name)
    if found is None or stat.S_ISLNK(found.st_mode):
        raise NotFollowed
    raise InvalidParameterValue("Invalid path: a file is used as a directory.")


def _enter_or_make(directory: int, name: str) -> int:
    try:
        return _enter(directory, name)
    except FileNotFoundError:
        try:
            os.mkdir(name, DIRECTORY_MODE, dir_fd=directory)
        except FileExistsError:
            pass  # made by another writer meanwhile, or a link: entering it decides
        sync(directory)
        return _enter(directory, name)
