"""The audit list as pages show it: the newest first, narrowed down, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from runs.models import AuditEntry, Experiment
from trackui.errors import InvalidParameterValue, shorten

PAGE_SIZE = 100
# Longer texts in a detail are cut on the page; files have them whole.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What an address asks for. `since` and `until` are days, both included; `after`: go on after this entry."""

    user: str = ""
    action: str = ""
    subject: str = ""
    experiment: int | None = None
    since: date | None = None
    until: date | None = None
    after: tuple[int, int] | None = None

    @classmethod
    def from_query(cls, query: QueryDict, *, experiment: int | None = None) -> AuditOptions:
        """InvalidParameterValue names the part that cannot be read."""
        return cls(
            user=query.get("user", "").strip()[:256],
            action=query.get("action", "").strip()[:64],
            subject=query.get("subject", "").strip()[:256],
            experiment=_integer(query, "experiment") if experiment is None else experiment,
            since=asked_day(query, "since"),
            until=asked_day(query, "until"),
            after=asked_place(query),
        )

    @property
    def is_filtered(self) -> bool:
        return any([self.user, self.action, self.subject, self.since, self.until])


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`facts`: the detail as names and texts; `before`, `after` of an edit are one."""

    entry: AuditEntry
    experiment: Experiment | None

    @property
    def facts(self) -> list[tuple[str, str]]:
        detail = dict(self.entry.detail) if isinstance(self.entry.detail, dict) else {"detail": self.entry.detail}
        facts = []
        if "before" in detail or "after" in detail:
            before, after = detail.pop("before", None), detail.pop("after", None)
            facts.append(("", f"{_text(before)} → {_text(after)}"))
        return facts + [(name, _text(value)) for name, value in detail.items() if value not in (None, "")]


@dataclass(frozen=True, slots=True)
class AuditPage:
    options: AuditOptions
    rows: list[AuditRow]
    # Where the next page begins; blank on the last one.
    older: str
    actions: list[str]


def audit_page(user, options: AuditOptions) -> AuditPage:
    """Three statements."""
    found = list(_entries(user, options)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    known = Experiment.objects.in_bulk({entry.experiment_id for entry in shown if entry.experiment_id is not None})
    rows = [AuditRow(entry, known.get(entry.experiment_id)) for entry in shown]
    older = f"{shown[-1].time},{shown[-1].pk}" if len(found) > PAGE_SIZE else ""
    return AuditPage(options, rows, older, _actions())


def audit_entries(user, options: AuditOptions) -> Iterator[AuditEntry]:
    """All that match, however many."""
    return _entries(user, options).iterator(chunk_size=1_000)


def _entries(user, options: AuditOptions) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.visible_to(user).order_by("-time", "-pk")
    if options.user:
        entries = entries.filter(user_id=options.user)
    if options.action:
        entries = entries.filter(action=options.action)
    if options.subject:
        entries = entries.filter(subject_id=options.subject)
    if options.experiment is not None:
        entries = entries.filter(experiment_id=options.experiment)
    if options.since:
        entries = entries.filter(time__gte=midnight(options.since))
    if options.until:
        entries = entries.filter(time__lt=midnight(options.until + timedelta(days=1)))
    if options.after:
        time, pk = options.after
        entries = entries.filter(Q(time__lt=time) | Q(time=time, pk__lt=pk))
    return entries


def _actions() -> list[str]:
    """Those of the latest thousand entries: enough to choose from, and quick."""
    latest = AuditEntry.objects.order_by("-time").values_list("action", flat=True)[:1_000]
    return sorted(set(latest))


def _text(value) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shorten(text, LONGEST)


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000


def _integer(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidParameterValue(f"'{name}' must be the number of an experiment, not '{shorten(text, 40)}'.")
    return int(text)


def asked_day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        raise InvalidParameterValue(f"'{name}' must be a day such as 2026-01-16, not '{shorten(text, 40)}'.")
    return day


def asked_place(query: QueryDict) -> tuple[int, int] | None:
    text = query.get("after", "")
    if not text:
        return None
    time, _, pk = text.partition(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (time, pk)):
        raise InvalidParameterValue("'after' is not a place in this list.")
    return int(time), int(pk)
