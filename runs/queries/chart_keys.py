"""The metrics of an experiment by the sections that their names make: `train/loss` is in `train/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runs.keys import key_names
from runs.models import KeyKind
from runs.queries.run_metrics import SYSTEM_METRICS
from trackui.db import fetch_all

SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Section:
    """`prefix`: what its names begin with, empty where they have no separator."""

    prefix: str
    keys: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.prefix or "metrics"


def metric_keys(experiment_pk: int) -> list[str]:
    """All that runs of the experiment have logged, sorted. One statement; names are remembered by the process."""
    rows = fetch_all(
        "SELECT key_id FROM runs_experimentkey WHERE experiment_id = %s AND kind = %s AND run_count > 0",
        [experiment_pk, KeyKind.METRIC],
    )
    return sorted(key_names({key for (key,) in rows}).values())


def sections_of(keys: Sequence[str], chosen: Callable[[str], bool] | None = None) -> list[Section]:
    """Those without a prefix first, then by prefix, the machine's own last; only keys that are `chosen`."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if chosen is None or chosen(key):
            found.setdefault(prefix_of(key), []).append(key)
    prefixes = sorted(found, key=lambda prefix: (prefix == SYSTEM_METRICS, prefix))
    return [Section(prefix, tuple(found[prefix])) for prefix in prefixes]


def prefix_of(key: str) -> str:
    head, separator, _ = key.partition(SEPARATOR)
    return head + separator if separator else ""
