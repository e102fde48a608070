"""Runs recorded whole, appended to, and recorded many at a time."""

import time

from django.db import DatabaseError, InterfaceError
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from runs.api.errors import error_answer, told
from runs.api.examples import APPEND_EXAMPLE, RECORD_EXAMPLE, errors
from runs.api.ndjson import MAX_LINE, MAX_LINES, TYPES, Line, lines, require_ndjson_type
from runs.api.parameters import RUN_ID
from runs.api.record_serializers import (
    AppendSerializer,
    BulkOutcomeSerializer,
    RecordedSerializer,
    RecordSerializer,
)
from runs.ingest.writer import log_batch
from runs.services.recording import Recording, record_run
from trackui.errors import (
    InvalidParameterValue,
    RequestLimitExceeded,
    RequestTooLarge,
    TemporarilyUnavailable,
    TrackingError,
    shorten,
)
from trackui.mlflow_api.body import parse_object

# A request is given up after a minute; what was recorded until then has to be told.
SECONDS = 50
TRY_LATER = (RequestLimitExceeded, TemporarilyUnavailable)


class RecordingActions:
    """The writing half of the run's view set."""

    @extend_schema(
        summary="Record a whole run",
        request=RecordSerializer,
        responses={201: RecordedSerializer, **errors(400, 404, 413, 429)},
        examples=[RECORD_EXAMPLE],
    )
    def create(self, request, **kwargs):
        """One request holds all of a finished run: params, tags, metrics with their history, note, status, times.

        It is stored in one transaction: all of it, or nothing. With `status: RUNNING` the run stays open, and
        more is appended to it.
        """
        run = record_run(checked_recording(request.data), user=request.user)
        return Response(RecordedSerializer(run, context={"request": request}).data, status=201)

    @extend_schema(
        operation_id="runs_append",
        summary="Append to a run",
        parameters=[RUN_ID],
        request=AppendSerializer,
        responses={204: None, **errors(400, 404, 413, 429)},
        examples=[APPEND_EXAMPLE],
    )
    @action(detail=True, methods=["post"])
    def append(self, request, run_id, **kwargs):
        """Adds points, params and tags: all of them, or nothing.

        Points that are there already count once, so the request can be repeated. Params are written
        once: the same value again is fine, another one is refused.
        """
        serializer = AppendSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        log_batch(run_id, serializer.batch(), user=request.user)
        return Response(status=204)

    @extend_schema(
        operation_id="runs_create_many",
        summary="Record many runs",
        request={TYPES[0]: RecordSerializer},
        responses={200: BulkOutcomeSerializer, **errors(400, 413, 429)},
        examples=[RECORD_EXAMPLE],
    )
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    def bulk(self, request, **kwargs):
        """NDJSON: one run a line, each as in *Record a whole run*.

        Each line is a transaction of its own, and has its own outcome in `results`: a `run_id`, or an error.
        A line holds at most 1 MB, a request 10,000 lines and 50 seconds of work; beyond that, or when the server
        is busy, `stopped` names the first line that was not tried: send the rest from there. The status is 200
        when any run was recorded.
        """
        require_ndjson_type(request)
        recorder = LineRecorder(request.user)
        for line in lines(request):
            recorder.take(line)
            if recorder.stopped:
                break
        return recorder.response()


def checked_recording(data: dict) -> Recording:
    serializer = RecordSerializer(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.recording()


class LineRecorder:
    """Records lines one by one, and remembers what became of each."""

    def __init__(self, user) -> None:
        self.user = user
        self.deadline = time.monotonic() + SECONDS
        self.recorded = 0
        self.results: list[dict] = []
        self.stopped: dict | None = None
        self.first_error: TrackingError | None = None

    def take(self, line: Line) -> None:
        try:
            self.check_limits(line)
            run_id = record_run(checked_recording(parse_object(line.text)), user=self.user).run_id
        except (*TRY_LATER, RequestTooLarge) as error:
            self.stopped = self.outcome(line, error)
        except (TrackingError, ValidationError, DatabaseError, InterfaceError) as exception:
            error, _ = told(exception)
            if isinstance(error, TRY_LATER):
                self.stopped = self.outcome(line, error)
            else:
                self.results.append(self.outcome(line, error))
        else:
            self.recorded += 1
            self.results.append({"line": line.number, "run_id": run_id})

    def check_limits(self, line: Line) -> None:
        if line.number > MAX_LINES:
            raise RequestTooLarge(f"At most {MAX_LINES:,} lines in one request. Send the others in the next one.")
        if len(line.text) > MAX_LINE:
            raise RequestTooLarge(f"The line is longer than {MAX_LINE:,} bytes. Append what is too much to the run.")
        if time.monotonic() > self.deadline:
            raise TemporarilyUnavailable(f"{SECONDS} seconds are over. Send the rest in the next request.")

    def outcome(self, line: Line, error: TrackingError) -> dict:
        self.first_error = self.first_error or error
        return {"line": line.number, "error_code": error.error_code, "message": shorten(error.message)}

    def response(self) -> Response:
        outcome = {
            "recorded": self.recorded,
            "refused": len(self.results) - self.recorded,
            "results": self.results,
            "stopped": self.stopped,
        }
        if self.recorded:
            return Response(outcome)
        error = self.first_error or InvalidParameterValue("The request holds no run: send one JSON object a line.")
        return error_answer(error, **outcome)
