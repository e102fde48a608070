"""The history of one metric of one run as a listing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from runs.api.fields import json_number
from runs.api.pagination import CursorPagination
from runs.metrics.codec import Line
from runs.metrics.history import history
from runs.metrics.orders import Order
from runs.metrics.pages import StepPoint, points_after
from trackui.http import begun


class HistoryPagination(CursorPagination):
    max_size = 25_000


@dataclass(frozen=True, slots=True)
class HistoryListing:
    run_pk: int
    key: str

    def page(self, position: Sequence | None, limit: int) -> tuple[list[StepPoint], StepPoint | None]:
        points = points_after(self.run_pk, self.key, position, limit=limit + 1)
        return points[:limit], points[limit - 1] if len(points) > limit else None

    def table(self) -> Iterator[tuple]:
        """All points as rows, the header first. What is damaged right at the start fails here."""
        lines = begun(history(self.run_pk, self.key, order=Order.BY_STEP))
        return chain([("step", "timestamp", "value")], (row for line in lines for row in rows(line)))


def rows(line: Line) -> Iterator[tuple]:
    for step, timestamp, value in zip(*(column.tolist() for column in line), strict=True):
        yield step, timestamp, json_number(value)
