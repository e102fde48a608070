"""TrackingError and its family: one class per MLflow error code.

Rooms raise these; each door renders them in one place.
"""


class TrackingError(Exception):
    """Something the caller can be told.

    `message` names the thing and, where there is one, the way out. It never holds a file-system
    path, SQL or a secret; quote input through `shorten`.
    """

    error_code = "INTERNAL_ERROR"
    status = 500
    retry_after: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidParameterValue(TrackingError):
    error_code = "INVALID_PARAMETER_VALUE"
    status = 400


class BadRequest(TrackingError):
    error_code = "BAD_REQUEST"
    status = 400


class ResourceAlreadyExists(TrackingError):
    """400, not 409: the clients go on only with this pair."""

    error_code = "RESOURCE_ALREADY_EXISTS"
    status = 400


class Unauthenticated(TrackingError):
    error_code = "UNAUTHENTICATED"
    status = 401


class PermissionDenied(TrackingError):
    error_code = "PERMISSION_DENIED"
    status = 403


class ResourceDoesNotExist(TrackingError):
    error_code = "RESOURCE_DOES_NOT_EXIST"
    status = 404


class EndpointNotFound(TrackingError):
    error_code = "ENDPOINT_NOT_FOUND"
    status = 404


class MethodNotAllowed(TrackingError):
    error_code = "BAD_REQUEST"
    status = 405


class RequestTooLarge(TrackingError):
    """A body over its cap. Never with Retry-After: clients would send it again."""

    error_code = "INVALID_PARAMETER_VALUE"
    status = 413


class UnsupportedEncoding(TrackingError):
    error_code = "BAD_REQUEST"
    status = 415


class RangeNotSatisfiable(TrackingError):
    error_code = "INVALID_PARAMETER_VALUE"
    status = 416


class RequestLimitExceeded(TrackingError):
    """Busy, and nothing was done: the one status that makes every client wait and repeat."""

    error_code = "REQUEST_LIMIT_EXCEEDED"
    status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotImplementedHere(TrackingError):
    error_code = "NOT_IMPLEMENTED"
    status = 501


class TemporarilyUnavailable(TrackingError):
    """Nothing done or outcome unknown: database down, storage full, statement over its time."""

    error_code = "TEMPORARILY_UNAVAILABLE"
    status = 503

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def shorten(text: object, limit: int = 250) -> str:
    """Input as it may be repeated in a message: at most `limit` characters."""
    text = str(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
