"""What requests come to: counted where they are answered, told once a second to whoever keeps the figures.

Windows add up, over threads, processes and time. Latencies are in buckets 2 % wide, so percentiles are good to 1 %.
"""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections import Counter

REPORT_SECONDS = 1.0
BUCKETS_AN_E_FOLD = 50
# Columns of inputs that are counted, and different values of a column of texts.
MOST_COLUMNS = 50
MOST_VALUES = 100


class Window:
    """Figures of some requests. Times in milliseconds."""

    def __init__(self, content: dict | None = None) -> None:
        content = content or {}
        self.requests: int = content.get("requests", 0)
        self.rows: int = content.get("rows", 0)
        self.refused: int = content.get("refused", 0)  # 4xx
        self.failed: int = content.get("failed", 0)  # 5xx
        self.milliseconds: float = content.get("milliseconds", 0.0)
        self.slowest: float = content.get("slowest", 0.0)
        self.latencies: Counter[int] = Counter({int(k): v for k, v in content.get("latencies", {}).items()})
        self.columns: dict[str, dict] = content.get("columns", {})

    def as_json(self) -> dict:
        return vars(self)

    def add(self, milliseconds: float, status: int, rows: int, columns: dict[str, dict]) -> None:
        self.requests += 1
        self.rows += rows
        self.refused += 400 <= status < 500
        self.failed += status >= 500
        self.milliseconds += milliseconds
        self.slowest = max(self.slowest, milliseconds)
        self.latencies[bucket(milliseconds)] += 1
        self._add_columns(columns)

    def merge(self, other: Window) -> None:
        self.requests += other.requests
        self.rows += other.rows
        self.refused += other.refused
        self.failed += other.failed
        self.milliseconds += other.milliseconds
        self.slowest = max(self.slowest, other.slowest)
        self.latencies.update(other.latencies)
        self._add_columns(other.columns)

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` of the requests took at most; NaN of none."""
        left = math.ceil(share * self.requests - 1e-6)  # the rank, whatever the product is rounded to
        for index in sorted(self.latencies):
            left -= self.latencies[index]
            if left <= 0:
                return min(math.exp((index + 0.5) / BUCKETS_AN_E_FOLD), self.slowest)
        return math.nan

    def _add_columns(self, columns: dict[str, dict]) -> None:
        for name, new in columns.items():
            known = self.columns.get(name)
            if known is not None:
                add_column(known, new)
            elif len(self.columns) < MOST_COLUMNS:
                self.columns[name] = {**new, **({"values": dict(new["values"])} if "values" in new else {})}


def bucket(milliseconds: float) -> int:
    return math.floor(math.log(max(milliseconds, 1e-3)) * BUCKETS_AN_E_FOLD)


def add_column(known: dict, new: dict) -> None:
    """Statistics of more values of a column: numbers by their mean and spread, texts with counts of their values."""
    for name in ("count", "missing"):
        known[name] = known.get(name, 0) + new.get(name, 0)
    if new.get("numbers"):
        add_numbers(known, new)
    add_values(known, new)


def add_numbers(known: dict, new: dict) -> None:
    """Put together `numbers`, `mean` and `m2`, the sum of squared distances from the mean, of two sets.

    After Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances"
    (Stanford, STAN-CS-79-773, 1979), formula 2.1. What is beyond the doubles of either is missing of both.
    """
    ours, theirs = known.get("numbers", 0), new["numbers"]
    if not ours:
        known.update({name: new[name] for name in ("numbers", "mean", "m2", "min", "max") if name in new})
        return
    known["numbers"] = both = ours + theirs
    known["min"], known["max"] = min(known["min"], new["min"]), max(known["max"], new["max"])
    apart = new["mean"] - known["mean"]
    if math.isfinite(apart):
        mean = known["mean"] + apart * (theirs / both)
    else:
        mean = known["mean"] * (ours / both) + new["mean"] * (theirs / both)
    known["mean"] = min(max(mean, known["min"]), known["max"])
    spread = known.pop("m2", math.inf) + new.get("m2", math.inf) + apart * apart * (ours * (theirs / both))
    if math.isfinite(spread):
        known["m2"] = spread


def add_values(known: dict, new: dict) -> None:
    """A column with more values than are counted has `many` instead: some of the counts would be too low."""
    values = known.setdefault("values", {}) if "values" in new and "many" not in known else known.get("values", {})
    for value, count in new.get("values", {}).items():
        values[value] = values.get(value, 0) + count
    if "many" in new or len(values) > MOST_VALUES:
        known["many"] = True
    if "many" in known:
        known.pop("values", None)


class Tally:
    """Of one process; threads share it. `socket_path`: where a line of JSON a second goes; without, nothing is kept."""

    def __init__(self, socket_path: str | None = None) -> None:
        self.socket_path = socket_path
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._window = Window()
        self._connection: socket.socket | None = None

    def add(self, seconds: float, status: int, head: dict | None = None) -> None:
        if self.socket_path is None:
            return
        head = head or {}
        with self._lock:
            self._window.add(1000 * seconds, status, head.get("rows") or 0, head.get("stats") or {})

    def start(self) -> None:
        """In a process that has been forked: report from now on."""
        if self.socket_path is not None:
            threading.Thread(target=self._report_for_ever, daemon=True, name="tally").start()

    def report(self) -> None:
        """Send what was counted since the last time; kept for the next time when nobody takes it."""
        with self._sending:  # one line after the other, also when the process ends
            with self._lock:
                window, self._window = self._window, Window()
            if not window.requests:
                return
            try:
                if self._connection is None:
                    self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                    self._connection.settimeout(REPORT_SECONDS)
                    self._connection.connect(self.socket_path)
                self._connection.sendall(json.dumps(window.as_json()).encode() + b"\n")
            except OSError:
                self._connection = None
                with self._lock:
                    self._window.merge(window)

    def _report_for_ever(self) -> None:
        while True:
            time.sleep(REPORT_SECONDS)
            self.report()
