"""Keys and values that may come next in a filter over runs, with the number of runs that have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runs.keys import key_ids
from runs.models import KeyKind, RunStatus
from runs.queries.run_columns import WORDS, key_uses
from runs.search.identifiers import ATTRIBUTES
from trackui.db import fetch_all
from trackui.search.sql import indexed_by, text_order

MOST_OPTIONS = 12
SAMPLED_RUNS = 2000
# The text from the last name on: a key half written, or a comparison whose value is.
KEY = re.compile(r"(?:^|[\s(])((?:(metrics?|params?|tags?|attributes?)\.)?[`\"]?([\w./:-]*))$")
VALUE = re.compile(r"(?:(params?|tags?)\.)?(?:[`\"]([^`\"]+)[`\"]|([\w.]+))\s*(?:!?=)\s*('?)([^']*)$")
PLAIN = re.compile(r"[\w.]+")
KINDS = {"m": KeyKind.METRIC, "p": KeyKind.PARAM, "t": KeyKind.TAG}


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Options for what stands from `start` to the end of the text."""

    start: int
    options: list[Option]


def filter_completion(experiment_id: int, text: str) -> Completion:
    """At most two statements."""
    if (value := VALUE.search(text)) is not None:
        entity, quoted, plain, _, written = value.groups()
        start = value.start(4)
        options = _values(experiment_id, entity, quoted or plain, written)
        return Completion(start, [Option(f"'{text}' ", note) for text, note in options if "'" not in text])
    key = KEY.search(text)
    if key is None:
        return Completion(len(text), [])
    _, entity, written = key.groups()
    return Completion(key.start(1), list(_keys(experiment_id, entity, written))[:MOST_OPTIONS])


def _keys(experiment_id: int, entity: str | None, written: str) -> Iterator[Option]:
    kind = KINDS.get(entity[0]) if entity else None
    if kind is None:
        yield from (Option(f"{name} ") for name in ATTRIBUTES if written and name.startswith(written.lower()))
    if entity and kind is None:
        return
    if not entity and not written:
        return
    for use in key_uses(experiment_id, kind=kind, containing=written, at_most=MOST_OPTIONS):
        name = use.name if PLAIN.fullmatch(use.name) else f"`{use.name}`"
        runs = "run" if use.run_count == 1 else "runs"
        yield Option(f"{WORDS[use.kind]}.{name} ", f"{use.run_count:,} {runs}")


def _values(experiment_id: int, entity: str | None, key: str, written: str) -> list[tuple[str, str]]:
    """Values with how many of the newest runs have them."""
    if entity is None:
        if key == "status":
            return [(status, "") for status in RunStatus.values if status.startswith(written.upper())]
        return []
    key_id = key_ids([key]).get(key)
    if key_id is None:
        return []
    table = "runs_param" if entity.startswith("p") else "runs_runtag"
    rows = fetch_all(
        f"SELECT v.value, COUNT(*) FROM (SELECT id FROM runs_run{indexed_by('run_newest')}"
        " WHERE experiment_id = %s AND lifecycle_stage = 'active'"
        f" ORDER BY start_time DESC, run_id LIMIT %s) newest JOIN {table} v ON v.run_id = newest.id"
        f" WHERE v.key_id = %s AND LENGTH(v.value) <= 100 GROUP BY v.value ORDER BY 2 DESC, {text_order('v.value')}"
        " LIMIT 200",
        [experiment_id, SAMPLED_RUNS, key_id],
    )
    fitting = [(value, f"{count:,}") for value, count in rows if written.lower() in value.lower()]
    return fitting[:MOST_OPTIONS]
