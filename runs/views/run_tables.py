"""The tables of a run's page as files: all rows, whatever page was looked at."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from runs.models import Run
from runs.queries.run_history import all_edits
from runs.queries.run_lineage import lineage_of
from runs.queries.run_metrics import metric_summaries
from runs.queries.run_neighbours import neighbours_of
from runs.queries.run_params import params_of
from runs.queries.run_tags import tags_of
from runs.views.guards import visible_run
from runs.views.run_detail import filter_text
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Table, columns

TEXTS = columns(key="text", value="text")
METRICS = columns(
    key="text", last="number", last_step="integer", last_timestamp="time", first="number", first_step="integer",
    min_value="number", min_step="integer", max_value="number", max_step="integer", mean_value="number",
    count="integer", nan_count="integer",
)  # fmt: skip
SIMILAR = columns(
    run_id="text", run_name="text", start_time="time", differences="integer", changes="text", metric="text",
    value="number", value_here="number",
)  # fmt: skip
LINEAGE = columns(stage="text", kind="text", name="text", note="text", run_id="text", model_id="text")
HISTORY = columns(time="time", user="text", action="text", before="text", after="text", detail="text")
MOST_SIMILAR = 500


@require_safe
def run_table(request: HttpRequest, run_id: str, table: str, form: str) -> HttpResponseBase:
    run = visible_run(request, run_id)
    if table not in TABLES:
        raise Http404
    heads, rows = TABLES[table]
    asked = filter_text(request, "metric" if table == "similar" else "q")
    return export_response(
        request, Table(f"{run.run_id}-{table}", heads, rows(run, asked, request.user), filter=asked), form
    )


def param_lines(run: Run, q: str, user) -> Iterator[tuple]:
    return params_of(run, q).iterator()


def tag_lines(run: Run, q: str, user) -> Iterator[tuple]:
    return tags_of(run).iterator()


def metric_lines(run: Run, q: str, user) -> Iterator[tuple]:
    for summary in metric_summaries(run, q).iterator():
        yield (summary.key.name, *(getattr(summary, column.name) for column in METRICS[1:]))


def similar_lines(run: Run, metric: str, user) -> Iterator[tuple]:
    near = neighbours_of(run, metric=metric, limit=MOST_SIMILAR, changes=None)
    for row in near.rows:
        changes = "; ".join(f"{one.key}: {said(one.before)} -> {said(one.after)}" for one in row.changes)
        yield (
            row.run.run_id,
            row.run.name,
            row.run.start_time,
            row.differences,
            changes,
            near.metric,
            row.value,
            near.value,
        )


def said(value: str | None) -> str:
    return "not set" if value is None else value


def lineage_lines(run: Run, q: str, user) -> Iterator[tuple]:
    for stage in lineage_of(run, user=user).others:
        for node in stage.nodes:
            yield (
                stage.title,
                node.kind.value,
                node.name,
                node.note,
                node.run and node.run.run_id,
                node.model_id or None,
            )


def history_lines(run: Run, q: str, user) -> Iterator[tuple]:
    for edit in all_edits(run, user=user):
        yield edit.time, edit.user, edit.action, edit.before, edit.after, ", ".join(map("=".join, edit.facts))


TABLES: dict[str, tuple[tuple[Column, ...], Callable[..., Iterator[tuple]]]] = {
    "params": (TEXTS, param_lines),
    "tags": (TEXTS, tag_lines),
    "metrics": (METRICS, metric_lines),
    "similar": (SIMILAR, similar_lines),
    "lineage": (LINEAGE, lineage_lines),
    "history": (HISTORY, history_lines),
}
