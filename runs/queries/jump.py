"""What a few words or an id may mean: experiments, runs, models, keys, saved views. For the jump box."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runs.models import Experiment, KeyKind, LoggedModel, Run, SavedView
from runs.models.access import readable_experiments
from runs.queries.run_columns import WORDS
from runs.queries.saved_views import visible_views
from trackui.db import fetch_all
from trackui.search.sql import Sql, all_of, contains

MOST_OF_EACH = 25
# Names of runs and models have no index of their parts: so many of the newest are looked through.
RUNS_LOOKED_THROUGH = 50_000
ID_START = re.compile(r"[0-9a-f]{6,32}")
PLAIN = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class KeyTarget:
    """A key of an experiment and how many runs there have it."""

    kind: KeyKind
    name: str
    run_count: int
    experiment: Experiment

    @property
    def field(self) -> str:
        return f"{WORDS[self.kind]}.{self.name}"

    @property
    def condition(self) -> str:
        """The runs that have it, in the filter language; empty where that cannot be written."""
        if PLAIN.fullmatch(self.name):
            return f"has({self.field})"
        return "" if "`" in self.name else f"has({WORDS[self.kind]}.`{self.name}`)"


@dataclass(frozen=True, slots=True)
class Place:
    text: str
    address: str
    note: str = ""


# What other apps know by name: (for whom, words, at most so many). They add to it when they are ready.
PLACES: list[Callable[[object, Sequence[str], int], list[Place]]] = []


@dataclass(frozen=True, slots=True)
class JumpTargets:
    """`registered`: models of the registry; `models`: those that runs have logged."""

    experiments: list[Experiment]
    runs: list[Run]
    registered: list[Place]
    models: list[LoggedModel]
    keys: list[KeyTarget]
    views: list[SavedView]

    @property
    def is_empty(self) -> bool:
        return not (self.experiments or self.runs or self.registered or self.models or self.keys or self.views)

    @property
    def only(self) -> Experiment | Run | Place | None:
        """The one experiment, run or registered model that is meant, where there is no other."""
        found = [*self.experiments, *self.runs, *self.registered]
        return found[0] if len(found) == 1 else None


NOTHING = JumpTargets([], [], [], [], [], [])


def jump_targets(
    user, text: str, *, owner: str = "", experiment_id: int | None = None, at_most: int = MOST_OF_EACH
) -> JumpTargets:
    """Every word stands in the name, whatever its case, or the text starts a run's id.

    `experiment_id`: keys of this experiment alone. At most ten statements, and those of PLACES.
    """
    words = text.split()[:10]
    if not words:
        return NOTHING
    return JumpTargets(
        _experiments(user, words, at_most),
        _runs(user, words, text.strip().lower(), at_most),
        [place for find in PLACES for place in find(user, words, at_most)],
        _models(user, words, at_most),
        _keys(user, words, experiment_id, at_most),
        _views(user, words, owner, at_most),
    )


def _named(words: list[str], column: str = "name") -> Sql:
    return all_of(contains(column, word) for word in words)


def _experiments(user, words: list[str], at_most: int) -> list[Experiment]:
    where = all_of([Sql(*readable_experiments(user, "id")), _named(words)])
    rows = fetch_all(
        f"SELECT id FROM runs_experiment WHERE lifecycle_stage = 'active' AND {where.text} ORDER BY id DESC LIMIT %s",
        (*where.params, at_most),
    )
    return _in_order(Experiment.objects, [pk for (pk,) in rows])


def _runs(user, words: list[str], run_id: str, at_most: int) -> list[Run]:
    named = _named(words)
    readable = Sql(*readable_experiments(user, "experiment_id"))
    rows = fetch_all(
        "SELECT id FROM (SELECT id, name FROM runs_run WHERE lifecycle_stage = 'active' AND "
        f"{readable.text} ORDER BY id DESC LIMIT %s) newest WHERE {named.text} ORDER BY id DESC LIMIT %s",
        (*readable.params, RUNS_LOOKED_THROUGH, *named.params, at_most),
    )
    pks = [pk for (pk,) in rows]
    if ID_START.fullmatch(run_id):
        by_id = fetch_all(
            f"SELECT id FROM runs_run WHERE run_id >= %s AND run_id < %s AND {readable.text} LIMIT %s",
            (run_id, f"{run_id}g", *readable.params, at_most),
        )
        pks = list(dict.fromkeys([*(pk for (pk,) in by_id), *pks]))[:at_most]
    return _in_order(Run.objects.select_related("experiment"), pks)


def _models(user, words: list[str], at_most: int) -> list[LoggedModel]:
    """Those whose run is here: its page shows them."""
    named = _named(words)
    readable = Sql(*readable_experiments(user, "m.experiment_id"))
    rows = fetch_all(
        "SELECT id FROM (SELECT m.id, m.name FROM runs_loggedmodel m JOIN runs_run r ON r.run_id = m.source_run_id"
        f" WHERE m.deleted_time IS NULL AND {readable.text} ORDER BY m.id DESC LIMIT %s) newest"
        f" WHERE {named.text} ORDER BY id DESC LIMIT %s",
        (*readable.params, RUNS_LOOKED_THROUGH, *named.params, at_most),
    )
    return _in_order(LoggedModel.objects.select_related("experiment"), [pk for (pk,) in rows])


def _keys(user, words: list[str], experiment_id: int | None, at_most: int) -> list[KeyTarget]:
    where = [Sql(*readable_experiments(user, "e.experiment_id")), _named(words, "k.name"), Sql("e.run_count > 0", ())]
    if experiment_id is not None:
        where.append(Sql("e.experiment_id = %s", (experiment_id,)))
    condition = all_of(where)
    rows = fetch_all(
        "SELECT e.kind, k.name, e.run_count, e.experiment_id FROM runs_key k"
        " JOIN runs_experimentkey e ON e.key_id = k.id"
        f" WHERE {condition.text} ORDER BY e.run_count DESC, k.name, e.experiment_id LIMIT %s",
        (*condition.params, at_most),
    )
    experiments = Experiment.objects.active().in_bulk({pk for *_, pk in rows}) if rows else {}
    return [
        KeyTarget(KeyKind(kind), name, count, experiments[pk]) for kind, name, count, pk in rows if pk in experiments
    ]


def _views(user, words: list[str], owner: str, at_most: int) -> list[SavedView]:
    views = visible_views(owner)
    for word in words:
        views = views.filter(name__icontains=word)
    return list(views.order_by("name", "pk")[:at_most])


def _in_order(objects, pks: list[int]) -> list:
    found = objects.in_bulk(pks) if pks else {}
    return [found[pk] for pk in pks if pk in found]
