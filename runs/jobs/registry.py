"""Which work a kind of job means. Each other module of the packages named here holds the work of one subject."""

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from trackui.errors import ResourceDoesNotExist

Work = Callable[..., dict | None]

# Other apps add their own when they are ready.
PACKAGES = ["runs.jobs"]

_works: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register `work(progress, **arguments)` for jobs of that kind, started by `runs.services.jobs.start_job`.

    It calls `progress(done, total)` often, as that is where it can be stopped, and keeps its own transactions short.
    It can be called again from its beginning, after a crash or a restart of the server, so what it did before must
    not be done twice. What it returns is the job's result: `text` is shown as such, `path` is linked to, all else is
    for who asked. A TrackingError fails the job with its message.
    """

    def register(work: Work) -> Work:
        _works[kind] = work
        return work

    return register


def work_of(kind: str) -> Work:
    _import_all()
    if kind not in _works:
        raise ResourceDoesNotExist(f"This server knows no jobs of the kind '{kind}'.")
    return _works[kind]


@cache
def _import_all() -> None:
    for package in PACKAGES:
        for module in pkgutil.iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
