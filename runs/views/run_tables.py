"""The tables of a run's page as files: all rows, whatever page was looked at."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from runs.models import Run
from runs.queries.run_metrics import metric_summaries
from runs.queries.run_params import params_of
from runs.queries.run_tags import tags_of
from runs.views.guards import visible_run
from runs.views.run_detail import filter_text
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Table, columns
from trackui.exports.values import plain
from trackui.http import csv_response
from trackui.mlflow_api.views import json_response

TEXTS = columns(key="text", value="text")
METRICS = columns(
    key="text", last="number", last_step="integer", last_timestamp="time", first="number", first_step="integer",
    min_value="number", min_step="integer", max_value="number", max_step="integer", mean_value="number",
    count="integer", nan_count="integer",
)  # fmt: skip


@require_safe
def run_table(request: HttpRequest, run_id: str, table: str, form: str) -> HttpResponseBase:
    run = visible_run(request, run_id)
    if table not in TABLES:
        raise Http404
    heads, rows = TABLES[table]
    q = filter_text(request)
    return export_response(request, Table(f"{run.run_id}-{table}", heads, rows(run, q), filter=q), form)


def param_lines(run: Run, q: str) -> Iterator[tuple]:
    return params_of(run, q).iterator()


def tag_lines(run: Run, q: str) -> Iterator[tuple]:
    return tags_of(run).iterator()


def metric_lines(run: Run, q: str) -> Iterator[tuple]:
    for summary in metric_summaries(run, q).iterator():
        yield (summary.key.name, *(getattr(summary, column.name) for column in METRICS[1:]))


TABLES: dict[str, tuple[tuple[Column, ...], Callable[[Run, str], Iterator[tuple]]]] = {
    "params": (TEXTS, param_lines),
    "tags": (TEXTS, tag_lines),
    "metrics": (METRICS, metric_lines),
}


def file_of(names: tuple[str, ...], rows: Iterator[dict], *, form: str, filename: str) -> HttpResponse:
    """Rows as CSV or JSON. NaN and infinities are words in both."""
    if form == "json":
        return json_response([{name: plain(value) for name, value in row.items()} for row in rows])
    lines = ([row.get(name) for name in names] for row in rows)
    return csv_response(with_head(names, ([plain(value) for value in line] for line in lines)), f"{filename}.csv")


def with_head(names: tuple[str, ...], lines: Iterator[list]) -> Iterator[list]:
    yield list(names)
    yield from lines
