"""MlflowView: one endpoint = request shape in, answer out, errors enveloped."""

import logging
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from rest_framework.views import APIView

from trackui.db_faults import is_fault, told
from trackui.errors import BadRequest, MethodNotAllowed, TrackingError, shorten
from trackui.mlflow_api.body import check_text, parse_object, read_body, require_json_type
from trackui.mlflow_api.fields import Request, from_json, from_query

logger = logging.getLogger(__name__)
encode = msgspec.json.Encoder().encode

MIB = 2**20


def json_response(answer: object, status: int = 200) -> HttpResponse:
    return HttpResponse(encode(answer), content_type="application/json", status=status)


def error_response(error: TrackingError) -> HttpResponse:
    response = json_response({"error_code": error.error_code, "message": error.message}, error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def error_of(exception: Exception) -> TrackingError:
    """What the caller is told of any exception."""
    if isinstance(exception, TrackingError):
        return exception
    if isinstance(exception, SuspiciousOperation):
        return BadRequest("The request is malformed.")  # such as a query of thousands of fields
    if is_fault(exception):
        return told(exception)
    logger.exception("An endpoint failed")
    return TrackingError("The server failed to handle this request; its log says why.")


class MlflowView(APIView):
    """An endpoint of the protocol.

    `request_body` names its fields; `answer` gets them and gives what is sent as JSON. `methods`
    lists the verbs it answers: GET reads the query string (or, when that is empty, a JSON body),
    all others a JSON body, also DELETE and PATCH. A path parameter arrives as a keyword.

    `dispatch` replaces DRF's: content is always JSON, so nothing is negotiated.
    """

    methods: tuple[str, ...] = ("POST",)
    request_body: type[Request] = Request
    body_limit = 4 * MIB
    user = AnonymousUser()  # there are no accounts: who calls is not asked

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        if request.method not in self.methods:
            return self.method_not_allowed(request)
        try:
            for value in kwargs.values():
                check_text(str(value))
            return self.respond(self.answer(self.data(request), **kwargs))
        except Exception as exception:
            # The outermost place of the door: whatever went wrong is logged, and told in the client's terms.
            return error_response(error_of(exception))

    def method_not_allowed(self, request: HttpRequest) -> HttpResponse:
        response = error_response(MethodNotAllowed(f"Method {shorten(request.method)} is not allowed here."))
        response["Allow"] = ", ".join(self.methods)
        return response

    def data(self, request: HttpRequest) -> Request:
        """The request's fields, checked for type and presence."""
        if request.method == "GET":
            if request.META.get("QUERY_STRING") or not request.META.get("CONTENT_LENGTH"):
                return from_query(self.request_body, request.GET)
        elif request.method in ("POST", "PUT"):
            require_json_type(request)
        return self.parse(read_body(request, self.body_limit))

    def parse(self, body: bytes) -> Request:
        return from_json(self.request_body, parse_object(body))

    def answer(self, data: Any, **path: str) -> object:
        raise NotImplementedError

    def respond(self, answer: object) -> HttpResponse:
        return json_response(answer)
