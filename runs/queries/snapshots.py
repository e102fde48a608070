"""Frozen comparisons: what they say, and what has changed since."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runs.models import AuditEntry, Experiment, Run, Snapshot
from runs.queries.comparison_content import run_content
from runs.queries.comparison_data import comparison_data
from trackui import formats

LISTED = 500
# Of the parts of a run, what each thing in them is called, and what of a run is told by name.
PARTS = {"params": "param", "tags": "tag", "datasets": "dataset", "packages": "package"}
FACTS = {"name": "name", "user_id": "user", "status": "status", "end_time": "end"}
TOLD_A_RUN = 8


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot with its content: `raw` are the bytes that its digest is of."""

    snapshot: Snapshot
    raw: bytes
    content: dict


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What of one run is no longer as it was frozen, as sentences; `more` are not listed."""

    run_id: str
    name: str
    changes: tuple[str, ...]
    more: int = 0


def snapshot_by_slug(slug: str, *, user) -> Frozen | None:
    """None where there is none, or it is of an experiment that the caller may not read. Two statements."""
    snapshot = Snapshot.objects.filter(slug=slug).first()
    if snapshot is None:
        return None
    raw = zlib.decompress(bytes(snapshot.content))
    content = json.loads(raw)
    named = Experiment.objects.filter(pk__in={run["experiment_id"] for run in content["runs"]})
    if named.count() != named.visible_to(user).count():
        return None
    return Frozen(snapshot, raw, content)


def snapshots_of(experiment: Experiment) -> list[Snapshot]:
    """The newest of an experiment, found by the audit list, without their content. Two statements."""
    entries = AuditEntry.objects.filter(
        experiment_id=experiment.pk, subject_kind="snapshot", action="snapshot.create"
    ).order_by("-time")
    slugs = list(entries.values_list("subject_id", flat=True)[:LISTED])
    return list(Snapshot.objects.filter(slug__in=slugs).defer("content").order_by("-creation_time", "-pk"))


def changes_since(content: Mapping, *, user) -> list[RunChanges]:
    """Runs that are not as they were frozen. As many statements as a comparison takes."""
    frozen = content["runs"]
    found = (
        Run.objects.visible_to(user).select_related("experiment").filter(run_id__in=[run["run_id"] for run in frozen])
    )
    runs = list(found)
    live = {}
    if runs:
        data = comparison_data(runs, user=user)
        live = {run.run_id: run_content(data, at) for at, run in enumerate(runs)}
    told = (changes_of(run, live.get(run["run_id"])) for run in frozen)
    return [one for one in told if one.changes]


def changes_of(frozen: Mapping, live: Mapping | None) -> RunChanges:
    name = frozen["name"] or frozen["run_id"]
    if live is None:
        return RunChanges(frozen["run_id"], name, ("deleted for good",))
    # As it would be frozen now: numbers that JSON has no words for compare as those.
    changes = list(sentences(frozen, json.loads(json.dumps(live))))
    return RunChanges(frozen["run_id"], name, tuple(changes[:TOLD_A_RUN]), max(0, len(changes) - TOLD_A_RUN))


def sentences(frozen: Mapping, live: Mapping) -> Iterator[str]:
    if frozen["lifecycle_stage"] != live["lifecycle_stage"]:
        yield "restored" if live["lifecycle_stage"] == "active" else "deleted"
    for fact, label in FACTS.items():
        if frozen[fact] != live[fact]:
            yield f"{label} {written(fact, frozen[fact])} → {written(fact, live[fact])}"
    yield from metric_sentences(frozen["metrics"], live["metrics"])
    for part, what in PARTS.items():
        yield from text_sentences(what, frozen[part], live[part])


def written(fact: str, value) -> str:
    if fact == "end_time":
        return formats.absolute_time(value)
    return str(value).lower() if fact == "status" else str(value)


def metric_sentences(frozen: Mapping[str, Mapping], live: Mapping[str, Mapping]) -> Iterator[str]:
    points = sum(one["count"] for one in live.values()) - sum(one["count"] for one in frozen.values())
    if points > 0:
        yield f"{formats.count(points)} new point{'s' if points > 1 else ''}"
    for key in sorted({*frozen, *live}):
        before, after = frozen.get(key), live.get(key)
        if before is None or after is None:
            yield f"metric {key} {'added' if before is None else 'gone'}"
        elif before["last"] != after["last"]:
            yield f"{key} {' → '.join(figures(before['last'], after['last']))}"
        elif before != after:
            changed = ", ".join(name for name in before if before[name] != after[name])
            yield f"{key}: other {changed.replace('_', ' ')}"


def figures(*values: float | str) -> list[str]:
    """Short, or to all digits where the short ones say the same."""
    numbers = [float(value) for value in values]
    short = [formats.number(value) for value in numbers]
    return short if len(set(short)) == len(short) else [formats.full_number(value) for value in numbers]


def text_sentences(what: str, frozen: Mapping[str, str], live: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*frozen, *live}):
        before, after = frozen.get(key), live.get(key)
        if before is None or after is None:
            yield f"{what} {key} {'added' if before is None else 'gone'}"
        elif before != after:
            yield f"{what} {key} {before} → {after}"
