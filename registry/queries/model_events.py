"""What happened to models: the newest first, narrowed down, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from registry.models import EventKind, ModelEvent, ModelVersion, RegisteredModel
from runs.queries.audit import PAGE_SIZE, asked_day, asked_place, midnight
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue, shorten

# What the first page tells of: so many moves, of so many milliseconds.
LATEST_MOVES, MOVES_OF = 5, 30 * 24 * 3600 * 1000
MOVES = (EventKind.STAGE_MOVED, EventKind.ALIAS_SET, EventKind.ALIAS_DELETED)


@dataclass(frozen=True, slots=True)
class EventOptions:
    """What an address asks for. `kind`: one of EventKind, or `moves` of stages and aliases.

    `model`: words of its name. `since`, `until`: days, both included; `after`: go on after this entry.
    """

    kind: str = ""
    model: str = ""
    version: int | None = None
    user: str = ""
    since: date | None = None
    until: date | None = None
    after: tuple[int, int] | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> EventOptions:
        """InvalidParameterValue names the part that cannot be read."""
        kind, version = query.get("kind", "").strip(), query.get("version", "").strip()
        if kind and kind != "moves" and kind not in EventKind.values:
            raise InvalidParameterValue(f"'kind' is none of moves, {', '.join(EventKind.values)}: {shorten(kind, 40)}.")
        if version and not (version.isascii() and version.isdigit() and len(version) < 10):
            raise InvalidParameterValue(f"'version' must be the number of a version, not '{shorten(version, 40)}'.")
        return cls(
            kind=kind,
            model=query.get("model", "").strip()[:256].replace("\0", ""),
            version=int(version) if version else None,
            user=query.get("user", "").strip()[:256].replace("\0", ""),
            since=asked_day(query, "since"),
            until=asked_day(query, "until"),
            after=asked_place(query),
        )

    @property
    def is_filtered(self) -> bool:
        return any([self.kind, self.model, self.version is not None, self.user, self.since, self.until])


@dataclass(frozen=True, slots=True)
class EventRow:
    """`name`: what its model is called now, else what it was called; `is_there`: whether it still is.

    `has_version`: whether its version still is.
    """

    event: ModelEvent
    name: str
    is_there: bool
    has_version: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    options: EventOptions
    rows: list[EventRow]
    # Where the next page begins; blank on the last one.
    older: str

    @property
    def kinds(self) -> list[str]:
        return EventKind.values


def event_page(user, options: EventOptions, model: RegisteredModel | None = None) -> EventPage:
    """Of one model, or of all. Three statements."""
    found = list(_events(user, options, model)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    older = f"{shown[-1].time},{shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    return EventPage(options, event_rows(shown), older)


def event_rows(events: list[ModelEvent]) -> list[EventRow]:
    """Two statements."""
    pks = {event.registered_model_id for event in events if event.registered_model_id is not None}
    numbers = {event.version for event in events if event.version is not None}
    names = dict(RegisteredModel.objects.filter(pk__in=pks).values_list("pk", "name"))
    there = ModelVersion.objects.filter(registered_model__in=pks, version__in=numbers)
    versions = set(there.values_list("registered_model_id", "version"))
    return [
        EventRow(
            event,
            names.get(event.registered_model_id, event.name),
            event.registered_model_id in names,
            (event.registered_model_id, event.version) in versions,
        )
        for event in events
    ]


def latest_moves(user) -> list[ModelEvent]:
    """The newest moves of stages and aliases of the last weeks, with their models. One statement."""
    events = ModelEvent.objects.visible_to(user).filter(
        kind__in=MOVES, time__gte=now_ms() - MOVES_OF, registered_model__isnull=False
    )
    return list(events.select_related("registered_model").order_by("-time", "-pk")[:LATEST_MOVES])


def all_events(user, options: EventOptions, model: RegisteredModel | None = None) -> Iterator[ModelEvent]:
    """All that match, however many."""
    return _events(user, options, model).iterator(chunk_size=1_000)


def _events(user, options: EventOptions, model: RegisteredModel | None) -> QuerySet[ModelEvent]:
    events = ModelEvent.objects.visible_to(user).order_by("-time", "-pk")
    if model is not None:
        events = events.filter(registered_model=model)
    for word in options.model.split()[:10]:
        events = events.filter(name__icontains=word)
    if options.kind:
        events = events.filter(kind__in=MOVES if options.kind == "moves" else [options.kind])
    if options.version is not None:
        # An alias that moved concerns the version it left too.
        left = Q(kind__in=[EventKind.ALIAS_SET, EventKind.ALIAS_DELETED], before=str(options.version))
        events = events.filter(Q(version=options.version) | left)
    if options.user:
        events = events.filter(user_id=options.user)
    if options.since:
        events = events.filter(time__gte=midnight(options.since))
    if options.until:
        events = events.filter(time__lt=midnight(options.until + timedelta(days=1)))
    if options.after:
        time, pk = options.after
        events = events.filter(Q(time__lt=time) | Q(time=time, pk__lt=pk))
    return events
