"""What every endpoint of the native API shares: strict JSON in, JSON or CSV out, one shape of errors."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from runs.api.errors import exception_handler
from trackui.errors import InvalidParameterValue
from trackui.http import csv_response
from trackui.mlflow_api.body import JSON_TYPE, check_text, parse_object, read_body

BODY_LIMIT = 4 * 2**20


class StrictJSONParser(BaseParser):
    """A JSON object of at most `body_limit` bytes of the view; what is doubtful in it is refused."""

    media_type = JSON_TYPE

    def parse(self, stream, media_type=None, parser_context=None) -> dict:
        return parse_object(read_body(stream, parser_context["view"].body_limit))


class CSVRenderer(BaseRenderer):
    """Names the format for `?format=csv` and `.csv`; the endpoint answers with a stream of its own.

    What it renders itself are errors, and those stay JSON.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        renderer_context["response"]["Content-Type"] = JSON_TYPE
        return JSONRenderer().render(data)


class NativeRequest(Request):
    def _load_stream(self) -> None:
        """A chunked body has no Content-Length, and is a body all the same."""
        if "chunked" in self.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            self._stream = self._request
        else:
            super()._load_stream()


class NativeView:
    """Mixed into DRF's views, before them. Lists add CSVRenderer to the renderers."""

    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    body_limit = BODY_LIMIT

    def initialize_request(self, request, *args: Any, **kwargs: Any) -> NativeRequest:
        plain = super().initialize_request(request, *args, **kwargs)
        return NativeRequest(
            request,
            parsers=plain.parsers,
            authenticators=plain.authenticators,
            negotiator=plain.negotiator,
            parser_context=plain.parser_context,
        )

    def initial(self, request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        for text in kwargs.values():
            check_text(text or "")

    def perform_content_negotiation(self, request, force: bool = False):
        try:
            return super().perform_content_negotiation(request, force)
        except Http404:
            formats = ", ".join(renderer.format for renderer in self.get_renderers())
            raise InvalidParameterValue(f"There is no such format here; there is {formats}.") from None

    def get_exception_handler(self) -> Callable:
        return exception_handler

    def wants_csv(self) -> bool:
        return self.request.accepted_renderer.format == "csv"

    def csv(self, rows: Iterable[Iterable[Any]], name: str) -> HttpResponseBase:
        """Rows as a download; its headers tell when it was made (Date) and of what (Content-Location)."""
        response = csv_response(rows, f"{name.replace('/', '_')}.csv")
        response["Content-Location"] = self.request.get_full_path()
        return response
