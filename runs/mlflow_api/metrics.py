"""metrics/get-history and its bulk forms."""

import sys
from collections.abc import Iterable
from itertools import chain, zip_longest

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from runs.metrics.history import RunPoint, StoredRow, bulk_history, bulk_interval, history
from runs.mlflow_api.payloads import double
from runs.models import Run
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import Request, invalid, missing
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView, encode

MAX_RESULTS = 25_000
MAX_RUNS = 100
MAX_INTERVAL_RESULTS = 2_500
# Answers of at most so many pieces, the largest page among them, are sent whole.
SHORT = 8


class MetricAnswer(msgspec.Struct, gc=False):
    key: str
    value: float | str
    timestamp: int
    step: int


class RunMetricAnswer(MetricAnswer, gc=False):
    run_id: str


class GetHistoryRequest(Request):
    run_id: str = ""
    run_uuid: str = ""
    metric_key: str
    max_results: int | None = None
    page_token: str = ""


class GetHistory(MlflowView):  # GET metrics/get-history
    methods = ("GET",)
    request_body = GetHistoryRequest

    def answer(self, data: GetHistoryRequest) -> dict | list[bytes]:
        run_id = data.run_id or data.run_uuid
        if not run_id:
            raise missing("run_id")
        limit = data.max_results
        if limit is not None and limit <= 0:
            raise invalid("max_results", limit, "It must be a positive integer.")
        if limit is not None and limit > MAX_RESULTS:
            raise invalid("max_results", limit, f"It must be at most {MAX_RESULTS}.")
        offset = read_page_token(data.page_token, run_id, data.metric_key) if data.page_token else 0
        run_pk = Run.objects.visible_to(self.user).filter(run_id=run_id).values_list("pk", flat=True).first()
        if run_pk is None:
            return {}
        # One more than asked for tells whether there is another page.
        pieces = history(run_pk, data.metric_key, limit=None if limit is None else limit + 1, offset=offset)
        return self.body(data, pieces, offset)

    def body(self, data: GetHistoryRequest, pieces: Iterable[list[StoredRow]], offset: int) -> list[bytes] | dict:
        """The answer as JSON in pieces: a million points are 70 MB of text, but ten times that as objects."""
        texts: list[bytes] = []
        room = sys.maxsize if data.max_results is None else data.max_results
        has_more = False
        for rows in pieces:
            has_more = len(rows) > room
            if room:
                texts.append(encode(metric_answers(data.metric_key, rows[:room]))[1:-1])
            room -= min(room, len(rows))
        if not texts:
            return {}
        end = b"]}"
        if has_more:
            token = make_page_token(offset + (data.max_results or 0), data.run_id or data.run_uuid, data.metric_key)
            end = b'],"next_page_token":' + encode(token) + b"}"
        commas = [b","] * (len(texts) - 1)
        return [b'{"metrics":[', *chain.from_iterable(zip_longest(texts, commas, fillvalue=b"")), end]

    def respond(self, answer: list[bytes] | dict) -> HttpResponseBase:
        """Long ones are sent piece by piece, so that they are in memory once."""
        if isinstance(answer, dict):
            return super().respond(answer)
        if len(answer) > SHORT:
            return StreamingHttpResponse(answer, content_type="application/json")
        return HttpResponse(b"".join(answer), content_type="application/json")


def metric_answers(key: str, rows: Iterable[StoredRow]) -> list[MetricAnswer]:
    return [MetricAnswer(key, double(value, is_nan), timestamp, step) for timestamp, step, value, is_nan in rows]


class BulkHistoryRequest(Request):
    run_id: list[str] = []
    metric_key: str | None = None
    max_results: int = MAX_RESULTS


class GetHistoryBulk(MlflowView):  # GET metrics/get-history-bulk, below /ajax-api
    methods = ("GET",)
    request_body = BulkHistoryRequest

    def answer(self, data: BulkHistoryRequest) -> dict:
        if not data.run_id:
            raise InvalidParameterValue("GetMetricHistoryBulk request must specify at least one run_id.")
        if len(data.run_id) > MAX_RUNS:
            raise InvalidParameterValue(
                f"GetMetricHistoryBulk request cannot specify more than {MAX_RUNS} run_ids."
                f" Received {len(data.run_id)} run_ids."
            )
        if not data.metric_key:
            raise InvalidParameterValue("GetMetricHistoryBulk request must specify a metric_key.")
        if data.max_results <= 0:
            raise invalid("max_results", data.max_results, "It must be a positive integer.")
        run_ids = visible_runs(self.user, data.run_id)
        in_order = sorted(run_ids, key=run_ids.__getitem__)
        points = bulk_history(in_order, data.metric_key, limit=min(data.max_results, MAX_RESULTS))
        return {"metrics": run_metrics(data.metric_key, points, run_ids)}


class BulkIntervalRequest(Request):
    run_ids: list[str] = []
    metric_key: str
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = MAX_INTERVAL_RESULTS


class GetHistoryBulkInterval(MlflowView):  # GET metrics/get-history-bulk-interval
    methods = ("GET",)
    request_body = BulkIntervalRequest

    def answer(self, data: BulkIntervalRequest) -> dict:
        check_interval(data)
        run_ids = visible_runs(self.user, data.run_ids)
        points = bulk_interval(
            list(run_ids),
            data.metric_key,
            start_step=data.start_step,
            end_step=data.end_step,
            max_results=data.max_results,
        )
        if not points:
            return {}
        # Ascending by run: the sort is stable, so steps stay in order inside each.
        points.sort(key=lambda point: run_ids[point[0]])
        return {"metrics": run_metrics(data.metric_key, points, run_ids)}


def check_interval(data: BulkIntervalRequest) -> None:
    if not data.run_ids or not all(data.run_ids):
        raise missing("run_ids")
    if len(data.run_ids) > MAX_RUNS:
        raise InvalidParameterValue(
            f"GetMetricHistoryBulkInterval request must specify at most {MAX_RUNS} run_ids."
            f" Received {len(data.run_ids)} run_ids."
        )
    if not 1 <= data.max_results <= MAX_INTERVAL_RESULTS:
        raise invalid("max_results", data.max_results, f"max_results must be between 1 and {MAX_INTERVAL_RESULTS}.")
    if (data.start_step is None) != (data.end_step is None):
        raise InvalidParameterValue("If either start step or end step are specified, both must be specified.")
    if data.start_step is not None and data.start_step > data.end_step:
        raise InvalidParameterValue(
            "end_step must be greater than start_step."
            f" Found start_step={data.start_step} and end_step={data.end_step}."
        )


def visible_runs(user, run_ids: Iterable[str]) -> dict[int, str]:
    """Of the runs named, those that are there for this caller: primary key -> run_id."""
    return dict(Run.objects.visible_to(user).filter(run_id__in=set(run_ids)).values_list("pk", "run_id"))


def run_metrics(key: str, points: Iterable[RunPoint], run_ids: dict[int, str]) -> list[RunMetricAnswer]:
    return [
        RunMetricAnswer(key, double(value, is_nan), timestamp, step, run_ids[run_pk])
        for run_pk, timestamp, step, value, is_nan in points
    ]
