"""Which process of a test run gets which tests: whole files, the long ones first."""

import os

from xdist.scheduler import LoadFileScheduling

# Of tests with a server or a browser: what one takes for each of those that have none.
SLOW = 25
SLOW_FIXTURES = {"server", "start_server", "reference_server", "page", "prepared_folder", "postgres"}
# Files that take longer than their number of tests says.
LONG = (
    "tests/runs/demo/test_demo.py",
    "tests/runs/jobs/test_worker.py",
    "tests/runs/metrics/test_crash.py",
    "tests/runs/mlflow_api/test_history_blocks.py",
    "tests/runs/queries/test_metric_panel.py",
    "tests/runs/views/test_every_address.py",
    "tests/runs/views/test_explore_importance.py",
)
# Their tests share MLflow's own server, which takes long to start: they go where the others went.
TOGETHER = {"tests/compat/test_experiment_search_parity.py": "tests/compat/test_search_parity.py"}


def processes() -> int:
    """One more than there are processors, as tests of servers also wait."""
    return len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) + 1


class Scheduling(LoadFileScheduling):
    """Hands files out in the order of the collection, which `long_ones_first` makes."""

    def __init__(self, config, log) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)


def long_ones_first(items: list) -> None:
    """Order the files, and leave the tests of each as they are."""
    lengths: dict[str, int] = {}
    for item in items:
        file = _file(item)
        lengths[file] = lengths.get(file, 0) + (SLOW if SLOW_FIXTURES & set(item.fixturenames) else 1)
    items.sort(key=lambda item: (_file(item) not in LONG, -lengths[_file(item)], _file(item)))


def _file(item) -> str:
    file = item.nodeid.partition("::")[0]
    return TOGETHER.get(file, file)
