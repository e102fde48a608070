"""Keys of a filter that no run in scope has: no error, since one may come, but likely a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from runs.models import ExperimentKey, KeyKind
from runs.search.compiler import Condition
from runs.search.identifiers import Entity, Field, aggregate_key
from runs.search.scope import Scope
from trackui.search.nodes import Identifier

KINDS = {Entity.METRIC: KeyKind.METRIC, Entity.PARAM: KeyKind.PARAM, Entity.TAG: KeyKind.TAG}
# Names compared with an unknown one, those of the most runs first.
CANDIDATES = 5_000
# How alike two names must be, from 0 to 1, for one to be taken for a slip of the other.
LEAST_LIKENESS = 0.5


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A `key` nobody has and the `nearest` that some have, or nothing.

    `start` and `end` are the place in the filter; `suggestion` may replace what stands there, or is empty.
    """

    key: str
    nearest: str
    start: int
    end: int
    suggestion: str


def key_hints(condition: Condition, *, scope: Scope) -> list[KeyHint]:
    """One hint for each key nobody has; at most a query, and another for each kind of key that is wrong."""
    if not condition.fields:
        return []
    wanted = {name for f in condition.fields for name in possible_keys(f)}
    known = set(keys_in(scope).filter(key__name__in=wanted).values_list("kind", "key__name"))
    unknown = [f for f in condition.fields if not any((KINDS[f.entity], name) in known for name in possible_keys(f))]
    names = {entity: nearest_candidates(KINDS[entity], scope) for entity in {f.entity for f in unknown}}
    return [hint(f, names[f.entity]) for f in unknown]


def possible_keys(found: Field) -> list[str]:
    pair = aggregate_key(found) if found.entity is Entity.METRIC else None
    return [found.key] if pair is None else [found.key, pair[0]]


def keys_in(scope: Scope):
    return ExperimentKey.objects.filter(experiment__in=scope.experiments, run_count__gt=0)


def nearest_candidates(kind: KeyKind, scope: Scope) -> list[str]:
    names = keys_in(scope).filter(kind=kind).order_by("-run_count").values_list("key__name", flat=True)
    return list(names[:CANDIDATES])


def hint(found: Field, candidates: Iterable[str]) -> KeyHint:
    *_, key = possible_keys(found)
    near = get_close_matches(key, candidates, n=1, cutoff=LEAST_LIKENESS)
    if not near:
        return KeyHint(key, "", found.node.start, found.node.end, "")
    entity = found.node.entity or str(found.entity)
    # A key in quotes is always the whole key: no aggregate can follow it.
    aggregate = found.key.removeprefix(key) if is_plain(near[0]) else ""
    suggestion = str(Identifier(0, 0, entity, near[0] + aggregate, not is_plain(near[0])))
    return KeyHint(key, near[0], found.node.start, found.node.end, suggestion)


def is_plain(key: str) -> bool:
    """Whether a key can stand without quotes."""
    return all(c.isalnum() or c in "_." for c in key) and key[:1] != "."
