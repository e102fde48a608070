"""What every request passes: one log line, the checks of host and origin, JSON errors on API routes."""

import json
import sys
import time
from collections.abc import Callable
from functools import lru_cache

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import Resolver404, ResolverMatch, resolve

from trackui.errors import (
    BadRequest,
    EndpointNotFound,
    MethodNotAllowed,
    PermissionDenied,
    RequestTooLarge,
    TemporarilyUnavailable,
    TrackingError,
)
from trackui.mlflow_api.views import MlflowView, error_response

GetResponse = Callable[[HttpRequest], HttpResponse]

API_PATHS = ("/api/", "/ajax-api/", "/v1/")
SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PATHS)


class RequestLog:
    """One line of JSON a request, on standard output. Off unless TRACKUI_LOG_REQUESTS is on."""

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.TRACKUI_LOG_REQUESTS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        line = {
            "time": round(time.time(), 3),
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - began) * 1000, 1),
            "address": request.META.get("REMOTE_ADDR", ""),
        }
        # JSON escapes control characters: a path with line breaks stays one line.
        sys.stdout.write(f"{json.dumps(line)}\n")
        return response


class JsonErrors:
    """On API routes, what Django itself refuses gets the protocol's shape too, and no page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and is_api(request) and is_html(response):
            return error_response(error_of_status(request, response.status_code))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_api(request) and isinstance(exception, RequestDataTooBig):
            return error_response(RequestTooLarge("The request body is too large."))
        if is_api(request) and isinstance(exception, UnreadablePostError):
            return error_response(BadRequest("The request body could not be read to its end."))
        return None


def is_html(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith("text/html")


def error_of_status(request: HttpRequest, status: int) -> TrackingError:
    if status == 403:
        return PermissionDenied("This is not allowed.")
    if status == 404:
        return EndpointNotFound(f"There is no endpoint {request.method} here.")
    if status == 405:
        return MethodNotAllowed(f"Method {request.method} is not allowed here.")
    if status == 413:
        return RequestTooLarge("The request body is too large.")
    if status == 503:
        return TemporarilyUnavailable("The server cannot answer now; try again later.")
    if status >= 500:
        return TrackingError("The server failed to handle this request; its log says why.")
    return BadRequest("The request is malformed.")


class HostCheck:
    """Requests for a name that is not ours are refused: a page of another site may have pointed its name here.

    Names are compared whole, with ALLOWED_HOSTS; Django's own check would take patterns.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.names = frozenset(name.lower() for name in settings.ALLOWED_HOSTS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST") or request.META["SERVER_NAME"]
        if host_name(host) not in self.names:
            return error_response(BadRequest("This host name is not served here; see TRACKUI_ALLOWED_HOSTS."))
        return self.get_response(request)


def host_name(host: str) -> str:
    """The name before the port, in lower case; empty when it is malformed."""
    host = host.lower()
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host
    return name if port.isascii() and port.isdigit() else ""


class OriginCheck:
    """Changes asked for by a page of another origin are refused, with and without a log-in.

    Clients that are no browsers send no Origin, and pass.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            origin = request.META.get("HTTP_ORIGIN")
            if request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site" or (
                origin is not None and origin.lower() != own_origin(request)
            ):
                return error_response(PermissionDenied("Requests from pages of another origin are refused."))
        return self.get_response(request)


def own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.META.get('HTTP_HOST', '')}".lower()


class ProtocolDoor:
    """Requests for endpoints of the protocol go straight to these: what follows is for pages.

    Sessions, cookies, messages and the rest would take a quarter of the time that logging a metric does. The view
    that an address resolves to decides, never how it begins.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # Loggers ask for the same few addresses all the time.
        self.endpoint = lru_cache(maxsize=256)(endpoint)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = self.endpoint(request.path_info) if is_api(request) else None
        if match is None:
            return self.get_response(request)
        request.resolver_match = match
        response = match.func(request, *match.args, **match.kwargs)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def endpoint(path: str) -> ResolverMatch | None:
    """Where the path leads, if that is an endpoint of the protocol."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match if issubclass(getattr(match.func, "cls", object), MlflowView) else None


class PagePolicy(CSPMiddleware):
    """The content security policy, on pages: nothing else is a document that a browser would run."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return super().process_response(request, response) if is_html(response) else response
