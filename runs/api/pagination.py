"""Pages by cursor: a signed position, so that rows that come and go meanwhile move nothing."""

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token

CURSOR = "cursor"
PAGE_SIZE = "page_size"
DEFAULT_SIZE = 100


class Listing(Protocol):
    def page(self, position: Sequence | None, limit: int) -> tuple[list, Sequence | None]:
        """Rows after a position, and the position after them; None where nothing follows."""


class CursorPagination(BasePagination):
    """`results`, and in `next` the address of the page after it; null on the last one."""

    max_size = 1000

    def paginate_queryset(self, queryset: Listing, request, view=None) -> list:
        self.request = request
        token = request.query_params.get(CURSOR)
        position = read_page_token(token, *self.query()) if token else None
        rows, self.after = queryset.page(position, self.page_size())
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_link(), "results": data})

    def page_size(self) -> int:
        text = self.request.query_params.get(PAGE_SIZE, str(DEFAULT_SIZE))
        size = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if not 1 <= size <= self.max_size:
            raise InvalidParameterValue(
                f"'{PAGE_SIZE}' must be a number from 1 to {self.max_size}, not '{shorten(text)}'."
            )
        return size

    def query(self) -> tuple:
        """What a cursor is good for: this caller, this list, these parameters."""
        parameters = sorted(
            (name, values) for name, values in self.request.query_params.lists() if name not in (CURSOR, PAGE_SIZE)
        )
        return (self.request.user.pk, self.request.path, parameters)

    def next_link(self) -> str | None:
        if self.after is None:
            return None
        parameters = self.request.query_params.copy()
        parameters[CURSOR] = make_page_token(list(self.after), *self.query())
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(list(pairs(parameters)))}")

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "description": "The page that follows; null on the last one.",
                    "example": "http://127.0.0.1:5000/api/v1/runs/?cursor=…",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            {
                "name": PAGE_SIZE,
                "in": "query",
                "description": "Rows a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": DEFAULT_SIZE},
            },
            {
                "name": CURSOR,
                "in": "query",
                "description": "Where a page starts: take it from `next`, it is of no use elsewhere.",
                "schema": {"type": "string"},
            },
        ]


def pairs(parameters):
    for name, values in parameters.lists():
        for value in values:
            yield name, value
