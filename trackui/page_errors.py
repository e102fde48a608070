"""How pages tell what a room refused: the message with its status, in the frame of every page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trackui.db_faults import is_fault, told
from trackui.errors import TrackingError

TITLES = {
    400: "That is not possible",
    403: "Not allowed",
    404: "Not found",
    429: "Too busy just now",
    503: "Not available just now",
}


class PageErrorsMiddleware:
    """Doors that speak JSON render their errors themselves; what arrives here was raised by a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_fault(exception):
            exception = told(exception)
        if not isinstance(exception, TrackingError):
            return None
        context = {"title": TITLES.get(exception.status, "Something went wrong"), "message": exception.message}
        response = render(request, "error.html", context, status=exception.status)
        if exception.retry_after is not None:
            response["Retry-After"] = str(exception.retry_after)
        return response
