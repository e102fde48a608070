"""Columns of the run table: what an address may ask for, and what is shown where it asks for nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runs.models import KeyKind
from runs.search.identifiers import AGGREGATES, LAST
from trackui.db import fetch_all, in_list
from trackui.search.sql import indexed_by

# Of attributes; the name of a run always stands first.
ATTRIBUTE_LABELS = {
    "start_time": "Started",
    "duration": "Duration",
    "end_time": "Ended",
    "user_id": "User",
    "status": "Status",
    "run_id": "Run ID",
}
KINDS = {"metrics": KeyKind.METRIC, "params": KeyKind.PARAM, "tags": KeyKind.TAG}
WORDS = {kind: word for word, kind in KINDS.items()}
MOST_COLUMNS = 60

# How many of each an address without columns shows, and among how many it chooses.
DEFAULT_ATTRIBUTES = ("start_time", "duration")
DEFAULT_METRICS = 5
DEFAULT_PARAMS = 6
CANDIDATES = 24
MOST_METRICS = 200
# Words in the names of metrics that people look at first.
HELD_OUT = frozenset(("val", "valid", "validation", "test", "eval", "holdout", "cv"))
SECONDARY = frozenset(("std", "var", "rank", "time", "seconds", "count", "spread"))
QUALITIES = frozenset(("acc", "accuracy", "loss", "auc", "f1", "r2", "rmse", "mse", "mae", "score", "error"))
# What is constant or has few values is seen in the newest runs.
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is an attribute's name or a key people chose; `stat` is which number of a metric."""

    kind: KeyKind | None
    key: str
    stat: str = ""
    key_id: int = 0

    @property
    def spec(self) -> str:
        """As addresses name it: `start_time`, `params.lr`, `metrics.val_acc`, `metrics.val_acc.max`."""
        if self.kind is None:
            return self.key
        ends_in_stat = self.key.rpartition(".")[2] in AGGREGATES
        stat = f".{self.stat}" if self.kind == KeyKind.METRIC and (self.stat != LAST or ends_in_stat) else ""
        return f"{WORDS[self.kind]}.{self.key}{stat}"

    @property
    def label(self) -> str:
        return ATTRIBUTE_LABELS[self.key] if self.kind is None else self.key

    @property
    def group(self) -> str:
        return "" if self.kind is None else WORDS[self.kind].capitalize()


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key of an experiment and how many of its runs have it."""

    kind: KeyKind
    key_id: int
    name: str
    run_count: int

    @property
    def field(self) -> str:
        """As filters and addresses name it: `params.lr`."""
        return f"{WORDS[self.kind]}.{self.name}"


def split_specs(texts: Iterable[str]) -> tuple[str, ...]:
    """`columns=a,b&columns=c` as a, b, c: each once, at most MOST_COLUMNS."""
    specs = (spec.strip() for text in texts for spec in text[:10_000].split(","))
    return tuple(dict.fromkeys(spec for spec in specs if spec))[:MOST_COLUMNS]


def find_columns(experiment_id: int, specs: Sequence[str]) -> list[Column]:
    """The columns that the specs name, in their order; what nobody has logged is left out. One statement.

    `metrics.loss.min` is the key "loss.min" where the experiment has it, else the minimum of "loss",
    as in filters.
    """
    names = {name for spec in specs for name in _possible_names(spec)}
    known = {(use.kind, use.name): use for use in key_uses(experiment_id, names=names)} if names else {}
    found = (_column(spec, known) for spec in specs)
    return [column for column in found if column is not None]


def _possible_names(spec: str) -> list[str]:
    word, _, rest = spec.partition(".")
    if word not in KINDS or not rest:
        return []
    key, _, stat = rest.rpartition(".")
    return [rest, key] if word == "metrics" and key and stat in AGGREGATES else [rest]


def _column(spec: str, known: dict[tuple[KeyKind, str], KeyUse]) -> Column | None:
    if spec in ATTRIBUTE_LABELS:
        return Column(None, spec)
    kind = KINDS.get(spec.partition(".")[0])
    for name in _possible_names(spec):
        if use := known.get((kind, name)):
            whole = spec.partition(".")[2]
            stat = "" if kind != KeyKind.METRIC else LAST if name == whole else whole[len(name) + 1 :]
            return Column(kind, name, stat, use.key_id)
    return None


def default_columns(experiment_id: int) -> list[Column]:
    """The most used metrics and params, those that are the same in all of the newest runs folded away.

    Four statements.
    """
    metrics = most_telling(key_uses(experiment_id, kind=KeyKind.METRIC, at_most=MOST_METRICS))
    params = key_uses(experiment_id, kind=KeyKind.PARAM, at_most=CANDIDATES)
    values = sampled_values(experiment_id, params)
    differing = [use for use in params if len(values[use.key_id]) != 1]
    # Those with several values before those that some runs only lack.
    shown_params = sorted(differing, key=lambda use: len(values[use.key_id] - {None}) == 1)[:DEFAULT_PARAMS]
    return [
        *(Column(None, key) for key in DEFAULT_ATTRIBUTES),
        *(Column(use.kind, use.name, LAST, use.key_id) for use in metrics[:DEFAULT_METRICS]),
        *(Column(use.kind, use.name, "", use.key_id) for use in shown_params),
    ]


def most_telling(metrics: Sequence[KeyUse]) -> list[KeyUse]:
    """Held-out numbers before others, among metrics that at least half as many runs have as the most used."""
    metrics = [use for use in metrics if not use.name.startswith("system/")]
    enough = max((use.run_count for use in metrics), default=0) / 2

    def rank(use: KeyUse) -> tuple:
        words = set(re.split(r"[^a-z0-9]+", use.name.lower()))
        telling = (bool(words & SECONDARY), not words & HELD_OUT, not words & QUALITIES)
        return use.run_count < enough, *telling, -use.run_count, use.name

    return sorted(metrics, key=rank)


def key_uses(
    experiment_id: int,
    *,
    kind: KeyKind | None = None,
    names: Iterable[str] = (),
    containing: str = "",
    at_most: int = 1000,
) -> list[KeyUse]:
    """Keys that runs of the experiment have, the most used first. One statement."""
    where, params = ["e.experiment_id = %s", "e.run_count > 0"], [experiment_id]
    if kind is not None:
        where.append("e.kind = %s")
        params.append(int(kind))
    if wanted := list(names):
        where.append(f"k.name IN {in_list(wanted)}")
        params += wanted
    if containing:
        where.append("LOWER(k.name) LIKE %s ESCAPE '!'")
        params.append(f"%{_literal(containing.lower())}%")
    rows = fetch_all(
        "SELECT e.kind, e.key_id, k.name, e.run_count FROM runs_experimentkey e JOIN runs_key k ON k.id = e.key_id"
        f" WHERE {' AND '.join(where)} ORDER BY e.run_count DESC, k.name LIMIT %s",
        [*params, at_most],
    )
    return [KeyUse(KeyKind(kind), *rest) for kind, *rest in rows]


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def sampled_values(experiment_id: int, uses: Sequence[KeyUse]) -> dict[int, set[str | None]]:
    """By key id: its values in the newest runs, None among them where some have no value.

    For params or tags, one kind at a time. One statement.
    """
    values: dict[int, set[str | None]] = defaultdict(set)
    if not uses:
        return values
    table = "runs_param" if uses[0].kind == KeyKind.PARAM else "runs_runtag"
    keys = [use.key_id for use in uses]
    rows = fetch_all(
        "SELECT v.key_id, SUBSTR(v.value, 1, 200), COUNT(*), newest.total FROM"
        f" (SELECT id, COUNT(*) OVER () AS total FROM (SELECT id FROM runs_run{indexed_by('run_newest')}"
        "  WHERE experiment_id = %s AND lifecycle_stage = 'active' ORDER BY start_time DESC, run_id LIMIT %s) r) newest"
        f" JOIN {table} v ON v.run_id = newest.id WHERE v.key_id IN {in_list(keys)} GROUP BY 1, 2, 4",
        [experiment_id, SAMPLE, *keys],
    )
    having: dict[int, int] = defaultdict(int)
    total = 0
    for key, value, runs, total in rows:  # noqa: B007 (the same in each row)
        values[key].add(value)
        having[key] += runs
    for key in values:
        if having[key] < total:
            values[key].add(None)
    return values
