"""The tables of a run's page as files: all rows, whatever page was looked at."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.models import Run
from runs.queries.run_metrics import metric_summaries
from runs.queries.run_params import params_of
from runs.queries.run_tags import tags_of
from runs.views.guards import visible_run
from runs.views.run_detail import filter_text
from trackui.http import csv_response
from trackui.mlflow_api.views import json_response

Row = dict[str, object]
METRIC_FIELDS = (
    "last", "last_step", "last_timestamp", "first", "first_step", "min_value", "min_step", "max_value", "max_step",
    "mean_value", "count", "nan_count",
)  # fmt: skip


@require_safe
def run_table(request: HttpRequest, run_id: str, table: str, form: str) -> HttpResponse:
    run = visible_run(request, run_id)
    if table not in TABLES:
        raise Http404
    columns, rows = TABLES[table]
    return file_of(columns, rows(run, filter_text(request)), form=form, filename=f"{run.run_id}-{table}")


def file_of(columns: tuple[str, ...], rows: Iterator[Row], *, form: str, filename: str) -> HttpResponse:
    """Rows as CSV or JSON. NaN and infinities are words in both."""
    if form == "json":
        return json_response([{name: plain(value) for name, value in row.items()} for row in rows])
    lines = ([row.get(name) for name in columns] for row in rows)
    return csv_response(with_head(columns, ([plain(value) for value in line] for line in lines)), f"{filename}.csv")


def with_head(columns: tuple[str, ...], lines: Iterator[list]) -> Iterator[list]:
    yield list(columns)
    yield from lines


def plain(value: object) -> object:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value


def param_rows(run: Run, q: str) -> Iterator[Row]:
    return ({"key": key, "value": value} for key, value in params_of(run, q).iterator())


def tag_rows(run: Run, q: str) -> Iterator[Row]:
    return ({"key": key, "value": value} for key, value in tags_of(run).iterator())


def metric_file_rows(run: Run, q: str) -> Iterator[Row]:
    for summary in metric_summaries(run, q).iterator():
        yield {"key": summary.key.name, **{name: getattr(summary, name) for name in METRIC_FIELDS}}


TABLES: dict[str, tuple[tuple[str, ...], Callable[[Run, str], Iterator[Row]]]] = {
    "params": (("key", "value"), param_rows),
    "tags": (("key", "value"), tag_rows),
    "metrics": (("key", *METRIC_FIELDS), metric_file_rows),
}
