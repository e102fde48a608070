"""Errors of the native API: one JSON shape, whatever went wrong."""

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from trackui.errors import (
    BadRequest,
    EndpointNotFound,
    InvalidParameterValue,
    MethodNotAllowed,
    PermissionDenied,
    RequestLimitExceeded,
    ResourceDoesNotExist,
    TrackingError,
    Unauthenticated,
    shorten,
)
from trackui.mlflow_api.views import error_of, json_response
from trackui.search.errors import SearchSyntaxError

# DRF's exceptions as members of the family. UnsupportedMediaType is 400 here, as on the protocol door.
FAMILY: dict[type[exceptions.APIException], type[TrackingError]] = {
    exceptions.ValidationError: InvalidParameterValue,
    exceptions.ParseError: BadRequest,
    exceptions.NotFound: ResourceDoesNotExist,
    exceptions.MethodNotAllowed: MethodNotAllowed,
    exceptions.NotAcceptable: InvalidParameterValue,
    exceptions.UnsupportedMediaType: InvalidParameterValue,
    exceptions.Throttled: RequestLimitExceeded,
    exceptions.NotAuthenticated: Unauthenticated,
    exceptions.AuthenticationFailed: Unauthenticated,
    exceptions.PermissionDenied: PermissionDenied,
}


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. None for a fault of ours: it goes on to the log and the 500 answer."""
    error, detail = told(exception)
    return None if error is None else error_answer(error, detail)


def error_answer(error: TrackingError, detail: object = None, **more: object) -> Response:
    """`more`: what else the body says."""
    response = Response({**payload(error, detail), **more}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def told(exception: Exception) -> tuple[TrackingError | None, object]:
    """What the caller is told, and the parts of it: fields with their faults, a position in a filter."""
    if isinstance(exception, SearchSyntaxError):
        return exception, {
            "start": exception.start,
            "end": exception.end,
            "expected": exception.expected,
            "suggestion": exception.suggestion,
        }
    if isinstance(exception, TrackingError):
        return exception, exception.message
    if isinstance(exception, (DatabaseError, InterfaceError)):
        error = error_of(exception)
        return error, error.message
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, DjangoPermissionDenied):
        exception = exceptions.PermissionDenied()
    for kind, family in FAMILY.items():
        if isinstance(exception, kind):
            return family(shorten(sentence(exception.detail), 1000)), exception.detail
    return None, None


def payload(error: TrackingError, detail: object = None) -> dict[str, object]:
    return {"error_code": error.error_code, "message": error.message, "detail": detail or error.message}


def sentence(detail: object, path: str = "") -> str:
    """DRF's tree of faults as text: `metrics.loss: step must be a whole number.`"""
    if isinstance(detail, dict):
        parts = [sentence(child, f"{path}.{name}" if path else str(name)) for name, child in detail.items()]
        return " ".join(parts)
    if isinstance(detail, list):
        return " ".join(sentence(child, path) for child in detail)
    return f"{path}: {detail}" if path and not path.endswith("non_field_errors") else str(detail)


@csrf_exempt
def unknown_endpoint(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever no route of the API takes."""
    error = EndpointNotFound(f"The API has no address '{shorten(request.path, 250)}'. /api/v1/docs/ lists what it has.")
    return json_response(payload(error), error.status)
