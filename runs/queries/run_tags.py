"""Tags of one run that its page lists, those of people before those of the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import Case, QuerySet, Value, When

from runs.ingest.limits import MAX_TAG_VAL_LENGTH
from runs.models import Run, RunTag
from runs.models.experiment import NOTE_TAG
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from runs.queries.run_params import ROWS_A_PAGE
from runs.queries.run_source import SOURCE_TAGS

SYSTEM_PREFIX = "mlflow."
# What the page shows in its own way, so that a list of tags need not.
SHOWN_ELSEWHERE = {NOTE_TAG, RUN_NAME_TAG, PARENT_RUN_TAG, "mlflow.user", "mlflow.log-model.history", *SOURCE_TAGS}


@dataclass(frozen=True)
class TagRow:
    limit: ClassVar[int] = MAX_TAG_VAL_LENGTH

    key: str
    value: str

    @property
    def is_system(self) -> bool:
        return self.key.startswith(SYSTEM_PREFIX)

    @property
    def is_cut(self) -> bool:
        return len(self.value) >= self.limit


def tags_of(run: Run) -> QuerySet:
    """(key, value) of tags that the page does not show in another way: those of people first, by key."""
    is_system = Case(When(key__name__startswith=SYSTEM_PREFIX, then=Value(1)), default=Value(0))
    tags = RunTag.objects.filter(run=run).exclude(key__name__in=SHOWN_ELSEWHERE)
    return tags.order_by(is_system, "key__name").values_list("key__name", "value")


def tag_page(run: Run, *, number: object) -> tuple[Page, list[TagRow]]:
    page = Paginator(tags_of(run), ROWS_A_PAGE).get_page(number)
    return page, [TagRow(*row) for row in page.object_list]
