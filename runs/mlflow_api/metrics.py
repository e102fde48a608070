"""metrics/get-history and its bulk forms."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from runs.metrics.codec import joined
from runs.metrics.history import bulk_history, history
from runs.metrics.interval import bulk_interval
from runs.mlflow_api.metric_texts import history_texts, metric_list, run_metric_list
from runs.models import Run
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import Request, invalid, missing
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView
from trackui.replica import reads_replica

MAX_RESULTS = 25_000
MAX_RUNS = 100
MAX_INTERVAL_RESULTS = 2_500
# Answers of at most so many pieces are sent whole.
SHORT = 8


class GetHistoryRequest(Request):
    run_id: str = ""
    run_uuid: str = ""
    metric_key: str
    max_results: int | None = None
    page_token: str = ""


class GetHistory(MlflowView):  # GET metrics/get-history
    methods = ("GET",)
    request_body = GetHistoryRequest

    def answer(self, data: GetHistoryRequest) -> dict | Iterator[bytes]:
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
        if limit is None:
            return history_texts(data.metric_key, history(run_pk, data.metric_key, offset=offset))
        # One more than asked for tells whether there is another page.
        points = joined(list(history(run_pk, data.metric_key, limit=limit + 1, offset=offset)))
        if not len(points):
            return {}
        answer: dict = {"metrics": metric_list(data.metric_key, [points.at(slice(limit))])}
        if len(points) > limit:
            answer["next_page_token"] = make_page_token(offset + limit, run_id, data.metric_key)
        return answer

    def respond(self, answer: dict | Iterator[bytes]) -> HttpResponseBase:
        """Long ones are sent piece by piece, as they are read: what fails after the first ones cuts the answer off."""
        if isinstance(answer, dict):
            return super().respond(answer)
        first = list(islice(answer, SHORT + 1))
        if len(first) > SHORT:
            return StreamingHttpResponse(chain(first, answer), content_type="application/json")
        return HttpResponse(b"".join(first), content_type="application/json")


class BulkHistoryRequest(Request):
    run_id: list[str] = []
    metric_key: str | None = None
    max_results: int = MAX_RESULTS


class GetHistoryBulk(MlflowView):  # GET metrics/get-history-bulk, below /ajax-api
    methods = ("GET",)
    request_body = BulkHistoryRequest

    @reads_replica
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
        pieces = bulk_history(in_order, data.metric_key, limit=min(data.max_results, MAX_RESULTS))
        return {"metrics": run_metric_list(data.metric_key, pieces, run_ids)}


class BulkIntervalRequest(Request):
    run_ids: list[str] = []
    metric_key: str
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = MAX_INTERVAL_RESULTS


class GetHistoryBulkInterval(MlflowView):  # GET metrics/get-history-bulk-interval
    methods = ("GET",)
    request_body = BulkIntervalRequest

    @reads_replica
    def answer(self, data: BulkIntervalRequest) -> dict:
        check_interval(data)
        run_ids = visible_runs(self.user, data.run_ids)
        pieces = bulk_interval(
            list(run_ids),
            data.metric_key,
            start_step=data.start_step,
            end_step=data.end_step,
            max_results=data.max_results,
        )
        if not pieces:
            return {}
        # Ascending by run: the sort is stable, so steps stay in order inside each.
        pieces.sort(key=lambda piece: run_ids[piece[0]])
        return {"metrics": run_metric_list(data.metric_key, pieces, run_ids)}


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
