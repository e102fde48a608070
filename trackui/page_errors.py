"""How pages tell what a room refused: the message with its status, in the frame of every page."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from trackui.db_faults import is_fault, told
from trackui.errors import InvalidParameterValue, TrackingError
from trackui.formats import filesize

TITLES = {
    400: "That is not possible",
    403: "Not allowed",
    404: "Not found",
    413: "Too much at once",
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
        if isinstance(exception, DataError) and (name := part_with_nul(request)):
            exception = InvalidParameterValue(f"{name}: it holds a NUL, which no name and no text here has.")
        if is_fault(exception):
            exception = told(exception)
        if not isinstance(exception, TrackingError):
            return None
        response = error_page(request, exception.status, exception.message)
        if exception.retry_after is not None:
            response["Retry-After"] = str(exception.retry_after)
        return response


def part_with_nul(request: HttpRequest) -> str:
    """The name of the parameter or field, or "path"; empty where none has one. PostgreSQL takes no such text."""
    for query in (request.GET, request.POST):
        for name, values in query.lists():
            if any("\0" in text for text in (name, *values)):
                return name.replace("\0", "")[:80]
    return "path" if "\0" in request.path else ""


def error_page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    context = {"title": TITLES.get(status, "Something went wrong"), "message": message}
    return render(request, "error.html", context, status=status)


def malformed_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django refuses before, or while, a page reads what was sent."""
    status, message = 400, "What was sent cannot be read."
    if isinstance(exception, TooManyFieldsSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        message = f"The address or the form has more than {most:,} fields. Choose fewer."
        # Nobody may ask it again for a theme, or for anything else.
        request.GET = QueryDict()
    elif isinstance(exception, RequestDataTooBig):
        status, message = 413, f"A form may hold at most {filesize(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)}."
    elif isinstance(exception, BadRequest) and str(exception):
        message = str(exception)
    return error_page(request, status, message)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of its page: another site made it, or the browser keeps no cookies."""
    message = (
        "This form cannot be told from one that another site made: it is too old, or the browser kept no cookie of "
        "this server. Nothing was changed. Load the page again, and send it once more."
    )
    return error_page(request, 403, message)
