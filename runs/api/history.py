"""The history of one metric of one run as a listing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runs.api.fields import json_number
from runs.api.pagination import CursorPagination
from runs.metrics.pages import StepPoint, points_after

POINTS_AT_ONCE = 5000


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
        """All points as rows, the header first."""
        yield "step", "timestamp", "value"
        after = None
        while True:
            points, after = self.page(after, POINTS_AT_ONCE)
            for point in points:
                yield point.step, point.timestamp, json_number(point.double)
            if after is None:
                return
