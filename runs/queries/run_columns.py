"""Columns of the run table: what an address may ask for, and what is shown where it asks for nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from runs.models import KeyKind
from runs.queries.run_scope import RunScope, scope_of
from runs.queries.stored_rows import stored_rows
from runs.search.at_names import AT, at_pairs, is_highest_best
from runs.search.identifiers import AGGREGATES, LAST
from trackui.db import fetch_all, in_list

# Of attributes; the name of a run always stands first.
EXPERIMENT = "experiment"
ATTRIBUTE_LABELS = {
    EXPERIMENT: "Experiment",
    "start_time": "Started",
    "duration": "Duration",
    "end_time": "Ended",
    "user_id": "User",
    "status": "Status",
    "steps": "Steps",
    "run_id": "Run ID",
}
KINDS = {"metrics": KeyKind.METRIC, "params": KeyKind.PARAM, "tags": KeyKind.TAG}
WORDS = {kind: word for word, kind in KINDS.items()}
MOST_COLUMNS = 60
# What a metric column can be besides a number that is kept of the metric.
LINE = "line"
STEPS = "steps"
# Numbers of a metric that say how far it went, so that none is better.
COUNTS = ("count", "step")

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


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is an attribute's name or a key people chose; `stat` is which number of a metric.

    Beside those that are kept of it, `line` is a small line of it and `at` its value at the step where the metric
    `by` was best: highest, or lowest. `by_stat`: which of these, where the address says so. `is_numeric`: a param
    that reads as a number wherever it is logged.
    """

    kind: KeyKind | None
    key: str
    stat: str = ""
    key_id: int = 0
    is_numeric: bool = False
    by: str = ""
    by_id: int = 0
    by_stat: str = ""
    is_highest: bool = True

    @property
    def is_computed(self) -> bool:
        """Whether it is read from points or from many rows, so that no index has it in order."""
        return self.stat == AT or (self.kind is None and self.key == STEPS)

    @property
    def is_line(self) -> bool:
        return self.stat == LINE

    @property
    def how(self) -> str:
        """Which number of a metric, where it is not the last."""
        if self.kind != KeyKind.METRIC or self.stat in (LAST, LINE):
            return ""
        return f"at best {self.by}" if self.stat == AT else self.stat

    @property
    def spec(self) -> str:
        """As addresses name it: `start_time`, `params.lr`, `metrics.val_acc`, `metrics.val_acc.max`."""
        if self.kind is None:
            return self.key
        if self.stat == AT:
            end = f".{self.by_stat}" if self.by_stat else ""
            return f"metrics.{self.key}.{AT}.{self.by}{end}"
        ends_in_stat = self.key.rpartition(".")[2] in (*AGGREGATES, LINE)
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
    """A key of an experiment and how many of its runs have it, as a number how many."""

    kind: KeyKind
    key_id: int
    name: str
    run_count: int
    numeric_count: int = 0

    @property
    def field(self) -> str:
        """As filters and addresses name it: `params.lr`."""
        return f"{WORDS[self.kind]}.{self.name}"

    def column(self, stat: str = "") -> Column:
        is_numeric = self.kind == KeyKind.PARAM and self.numeric_count == self.run_count
        return Column(self.kind, self.name, stat, self.key_id, is_numeric)


def split_specs(texts: Iterable[str]) -> tuple[str, ...]:
    """`columns=a,b&columns=c` as a, b, c: each once, at most MOST_COLUMNS."""
    specs = (spec.strip() for text in texts for spec in text[:10_000].split(","))
    return tuple(dict.fromkeys(spec for spec in specs if spec))[:MOST_COLUMNS]


Experiments = int | Iterable[int] | RunScope


def find_columns(experiments: Experiments, specs: Sequence[str]) -> list[Column]:
    """The columns that the specs name, in their order; what nobody has logged is left out. One statement, and one
    for the direction of each metric at whose best a value is asked for.

    `metrics.loss.min` is the key "loss.min" where the experiment has it, else the minimum of "loss",
    as in filters; so are `metrics.loss.line` and `metrics.acc.at.loss`.
    """
    scope = scope_of(experiments)
    names = {name for spec in specs for name in _possible_names(spec)}
    known = {(use.kind, use.name): use for use in key_uses(scope, names=names)} if names else {}
    found = [column for spec in specs if (column := _column(spec, known)) is not None]
    return [
        replace(column, is_highest=is_highest_best(scope.only, column.by))
        if column.by and not column.by_stat
        else column
        for column in found
    ]


def _possible_names(spec: str) -> list[str]:
    word, _, rest = spec.partition(".")
    if word not in KINDS or not rest:
        return []
    if word != "metrics":
        return [rest]
    key, _, stat = rest.rpartition(".")
    names = [rest, key] if key and stat in (*AGGREGATES, LINE) else [rest]
    for pair in at_pairs(rest):
        names += pair[:2]
    return names


def _column(spec: str, known: dict[tuple[KeyKind, str], KeyUse]) -> Column | None:
    if spec in ATTRIBUTE_LABELS:
        return Column(None, spec)
    word, _, whole = spec.partition(".")
    kind = KINDS.get(word)
    if kind is None or not whole:
        return None
    if use := known.get((kind, whole)):
        return use.column(LAST if kind == KeyKind.METRIC else "")
    if kind != KeyKind.METRIC:
        return None
    key, _, stat = whole.rpartition(".")
    if stat in (*AGGREGATES, LINE) and (use := known.get((kind, key))):
        return use.column(stat)
    for key, by, end in at_pairs(whole):
        use, other = known.get((kind, key)), known.get((kind, by))
        if use and other:
            return replace(use.column(AT), by=by, by_id=other.key_id, by_stat=end, is_highest=end != "min")
    return None


def default_columns(experiments: Experiments) -> list[Column]:
    """What an address without columns shows."""
    return default_choice(experiments)[0]


def default_choice(experiments: Experiments) -> tuple[list[Column], list[Column]]:
    """The most used metrics and params, and apart from them the params that are the same in all of the newest runs.

    Four statements. Of several experiments each run says whose it is.
    """
    scope = scope_of(experiments)
    metrics = most_telling(key_uses(scope, kind=KeyKind.METRIC, at_most=MOST_METRICS))
    params = key_uses(scope, kind=KeyKind.PARAM, at_most=CANDIDATES)
    values = sampled_values(scope, params)
    differing = [use for use in params if len(values[use.key_id]) != 1]
    # Those with several values before those that some runs only lack.
    shown_params = sorted(differing, key=lambda use: len(values[use.key_id] - {None}) == 1)[:DEFAULT_PARAMS]
    attributes = DEFAULT_ATTRIBUTES if scope.is_single else (EXPERIMENT, *DEFAULT_ATTRIBUTES)
    shown = [
        *(Column(None, key) for key in attributes),
        *(use.column(LAST) for use in metrics[:DEFAULT_METRICS]),
        *(use.column() for use in shown_params),
    ]
    return shown, [use.column() for use in params if len(values[use.key_id]) == 1]


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
    experiments: Experiments,
    *,
    kind: KeyKind | None = None,
    names: Iterable[str] = (),
    containing: str = "",
    at_most: int = 1000,
) -> list[KeyUse]:
    """Keys that runs of the experiments have, the most used first, then as they came up. One statement.

    Names are joined to those that are answered alone: among 12,000 keys that costs what it does among 12.
    """
    scope = scope_of(experiments)
    where, params = [f"e.experiment_id IN {in_list(scope.experiments)}", "e.run_count > 0"], [*scope.experiments]
    if not scope.experiments:
        return []
    if kind is not None:
        where.append("e.kind = %s")
        params.append(int(kind))
    if wanted := list(names):
        where.append(f"k.name IN {in_list(wanted)}")
        params += wanted
    if containing:
        where.append("LOWER(k.name) LIKE %s ESCAPE '!'")
        params.append(f"%{_literal(containing.lower())}%")
    counts, grouped = "e.run_count AS uses, e.numeric_count AS numeric_uses", ""
    if not scope.is_single:
        counts, grouped = "SUM(e.run_count) AS uses, SUM(e.numeric_count) AS numeric_uses", " GROUP BY 1, 2"
    by_name = "JOIN runs_key k ON k.id = e.key_id " if wanted or containing else ""
    rows = fetch_all(
        f"SELECT used.kind, used.key_id, k.name, uses, numeric_uses FROM (SELECT e.kind, e.key_id, {counts}"
        f" FROM runs_experimentkey e {by_name}WHERE {' AND '.join(where)}{grouped}"
        " ORDER BY uses DESC, e.key_id LIMIT %s) used"
        " JOIN runs_key k ON k.id = used.key_id ORDER BY uses DESC, used.key_id",
        [*params, at_most],
    )
    return [KeyUse(KeyKind(kind), key, name, int(uses), int(numeric)) for kind, key, name, uses, numeric in rows]


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def sampled_values(experiments: Experiments, uses: Sequence[KeyUse]) -> dict[int, set[str | None]]:
    """By key id: its values in the newest runs, None among them where some have no value.

    For params or tags, one kind at a time. One statement, and that of the newest runs.
    """
    values: dict[int, set[str | None]] = defaultdict(set)
    newest = scope_of(experiments).newest if uses else []
    if not newest:
        return values
    table = "runs_param" if uses[0].kind == KeyKind.PARAM else "runs_runtag"
    keys = [use.key_id for use in uses]
    rows = stored_rows(table, "key_id, SUBSTR(value, 1, 200), COUNT(*)", newest, keys, grouped="1, 2")
    having: dict[int, int] = defaultdict(int)
    for key, value, runs in rows:
        values[key].add(value)
        having[key] += runs
    for key in values:
        if having[key] < len(newest):
            values[key].add(None)
    return values
