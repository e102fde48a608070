"""The registry as it was at a moment: which models and versions there were, their stages and aliases.

Read from the events alone, so that what has been deleted or renamed since is there, as it was called then. Events of
one model are replayed in the order of their ids, which is that of the writes, as each held the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q

from registry.models import EventKind, ModelEvent, RegisteredModel, Stage
from registry.models.model_event import ModelEventQuerySet
from trackui.errors import InvalidParameterValue, shorten
from trackui.search.errors import SearchSyntaxError
from trackui.search.fields import timestamps_of
from trackui.search.lexer import tokens
from trackui.search.values import value

LIVES = (EventKind.MODEL_CREATED, EventKind.MODEL_RENAMED, EventKind.MODEL_DELETED)
STATES = (
    *LIVES,
    EventKind.VERSION_CREATED,
    EventKind.VERSION_DELETED,
    EventKind.STAGE_MOVED,
    EventKind.ALIAS_SET,
    EventKind.ALIAS_DELETED,
)
LATEST = 2**63 - 1


def moment_of(text: str) -> int | None:
    """Milliseconds since the epoch that `as_of` means: `2026-03-01` (its first moment, UTC), an ISO time, `-7d`, or
    milliseconds; None for a blank one.
    """
    if not text.strip():
        return None
    try:
        first, *rest = tokens(text)
        read = value(first) if len(rest) == 1 else None
        moment = None if read is None else timestamps_of(read, "as_of")[0]
    except SearchSyntaxError:
        moment = None
    if moment is None or not 0 <= moment <= LATEST:
        raise InvalidParameterValue(
            f"'as_of' is no time: '{shorten(text, 60)}'. It takes a date such as 2026-03-01, a time such as "
            "2026-03-01T09:30:00Z, or a time ago such as -7d."
        )
    return int(moment)


# --- Which models there were -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelThen:
    """A model that was there. `registered_model_id`: None where it has been deleted since.

    `spells`: its names until then, each with the ids of the events between which it had it.
    """

    name: str
    registered_model_id: int | None
    spells: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, model: RegisteredModel) -> ModelThen:
        """For one that still is, under the name it has now."""
        return cls(model.name, model.pk)

    def covers(self, event: _Event) -> bool:
        """Whether an event of a deleted model was one of this model."""
        return any(name == event.name and first <= event.pk <= last for name, first, last in self.spells)


def models_at(time: int, *, user) -> list[ModelThen]:
    """Every model that was there, by name. One statement, which reads three kinds of events."""
    alive: dict[str, list[tuple[str, int]]] = {}
    pks: dict[str, int | None] = {}
    for event in _events(ModelEvent.objects.visible_to(user).filter(time__lte=time, kind__in=LIVES)):
        match event.kind:
            case EventKind.MODEL_CREATED:
                alive[event.name] = [(event.name, event.pk)]
                pks[event.name] = event.model
            case EventKind.MODEL_RENAMED:
                alive[event.after] = [*alive.pop(event.before, []), (event.after, event.pk)]
                pks[event.after] = pks.pop(event.before, event.model)
            case EventKind.MODEL_DELETED:
                alive.pop(event.name, None)
    return [ModelThen(name, pks[name], _spells(alive[name])) for name in sorted(alive)]


def _spells(starts: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, int], ...]:
    ends = [first for _, first in starts[1:]]
    return tuple((name, first, last) for (name, first), last in zip(starts, [*ends, LATEST], strict=True))


# --- Their versions, stages, aliases -----------------------------------------------------------


@dataclass(slots=True)
class StateThen:
    """`stages` by version: its keys are the versions there were. `aliases`: to the versions they pointed to."""

    name: str
    stages: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)


def state_at(model: RegisteredModel, time: int) -> StateThen | None:
    """None where it was not there yet. One statement."""
    return states_at([ModelThen.of(model)], time)[0]


def states_at(models: Sequence[ModelThen], time: int) -> list[StateThen | None]:
    """In their order; None for one that was not there yet.

    One statement, which reads the events of these models; the caller has made sure that they may be seen.
    """
    pks = [model.registered_model_id for model in models if model.registered_model_id is not None]
    names = {name for model in models if model.registered_model_id is None for name, _, _ in model.spells}
    whose = Q(registered_model__in=pks)
    if names:
        whose |= Q(registered_model=None, name__in=names)
    by_pk: dict[int, list[_Event]] = {pk: [] for pk in pks}
    by_name: dict[str, list[_Event]] = {name: [] for name in names}
    for event in _events(ModelEvent.objects.filter(whose, time__lte=time, kind__in=STATES)):
        (by_name[event.name] if event.model is None else by_pk[event.model]).append(event)
    return [
        _replayed(_gone(model, by_name) if model.registered_model_id is None else by_pk[model.registered_model_id])
        for model in models
    ]


def _gone(model: ModelThen, by_name: Mapping[str, Sequence[_Event]]) -> list[_Event]:
    """The events of a deleted model, among those of all that ever had one of its names."""
    names = {name for name, _, _ in model.spells}
    return sorted(event for name in names for event in by_name[name] if model.covers(event))


def _replayed(events: Iterable[_Event]) -> StateThen | None:
    state: StateThen | None = None
    for event in events:
        if state is None:
            state = StateThen(event.name)
        match event.kind:
            case EventKind.MODEL_RENAMED:
                state.name = event.after
            case EventKind.MODEL_DELETED:
                state = None
            case EventKind.VERSION_CREATED:
                state.stages[event.version] = Stage.NONE.value
            case EventKind.VERSION_DELETED:
                state.stages.pop(event.version, None)
                state.aliases = {key: number for key, number in state.aliases.items() if number != event.version}
            case EventKind.STAGE_MOVED:
                state.stages[event.version] = event.after
            case EventKind.ALIAS_SET:
                state.aliases[event.key] = int(event.after)
            case EventKind.ALIAS_DELETED:
                state.aliases.pop(event.key, None)
    return state


# --- Events ------------------------------------------------------------------------------------


class _Event(NamedTuple):
    pk: int
    kind: str
    model: int | None
    name: str
    version: int | None
    key: str
    before: str
    after: str


def _events(found: ModelEventQuerySet) -> Iterator[_Event]:
    columns = ("pk", "kind", "registered_model_id", "name", "version", "key", "before", "after")
    return map(_Event._make, found.order_by("pk").values_list(*columns))
