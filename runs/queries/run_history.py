"""What people changed of one run, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from runs.models import AuditEntry, Run

ENTRIES_A_PAGE = 100
SUBJECT = "run"
# What of a detail is told in words of its own.
TOLD = ("before", "after")


@dataclass(frozen=True, slots=True)
class Edit:
    """`facts`: what else is known of it, as (name, text)."""

    time: int
    user: str
    action: str
    before: str | None
    after: str | None
    facts: tuple[tuple[str, str], ...]


def run_history(run: Run, *, number: object, user) -> tuple[Page, list[Edit]]:
    """Two statements."""
    page = Paginator(entries_of(run, user), ENTRIES_A_PAGE).get_page(number)
    return page, [edit_of(entry) for entry in page.object_list]


def all_edits(run: Run, *, user) -> Iterator[Edit]:
    return map(edit_of, entries_of(run, user).iterator())


def entries_of(run: Run, user) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.visible_to(user).filter(subject_kind=SUBJECT, subject_id=run.run_id)
    return entries.order_by("-time", "-pk")


def edit_of(entry: AuditEntry) -> Edit:
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    return Edit(
        time=entry.time,
        user=entry.user_id,
        action=entry.action.removeprefix(f"{SUBJECT}.").replace("_", " "),
        before=text_of(detail.get("before")),
        after=text_of(detail.get("after")),
        facts=tuple((str(name), text_of(value) or "") for name, value in detail.items() if name not in TOLD),
    )


def text_of(value: object) -> str | None:
    return None if value is None else str(value)
