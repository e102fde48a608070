"""The tables of a version's page as files: all rows, whatever the page shows of them."""

from collections.abc import Callable, Iterator

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from registry.queries.version_detail import VersionOverview
from registry.queries.version_lineage import version_lineage
from registry.views.version_detail import head_of
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Table, columns

SIGNATURE = columns(part="text", name="text", type="text", shape="text", required="flag", default="text")
FILES = columns(path="text", size="integer", sha256="text")
METRICS = columns(key="text", value="number", step="integer", of="text", dataset="text")
LINEAGE = columns(
    stage="text", kind="text", name="text", note="text", run_id="text", model_id="text", version="integer"
)
PARAMS = columns(key="text", value="text", of="text")


@require_safe
def version_table(request: HttpRequest, name: str, version: int, table: str, form: str) -> HttpResponseBase:
    if table not in TABLES:
        raise Http404
    heads, lines = TABLES[table]
    overview = VersionOverview(head_of(request, name, version), request.user)
    return export_response(request, Table(f"{name}-{version}-{table}", heads, lines(overview)), form)


def signature_lines(overview: VersionOverview) -> Iterator[tuple]:
    card = overview.folder.card
    for title, shown in card.signature_parts if card else ():
        for one in shown:
            yield title.lower(), one.name, one.type, one.shape or None, one.is_required, one.default or None


def file_lines(overview: VersionOverview) -> Iterator[tuple]:
    for file in overview.folder.files:
        yield file.path, file.size, file.sha256 or None


def metric_lines(overview: VersionOverview) -> Iterator[tuple]:
    for one in overview.metrics:
        yield one.key, one.value, one.step, of(one.is_of_model), one.dataset or None


def param_lines(overview: VersionOverview) -> Iterator[tuple]:
    for one in overview.params:
        yield one.key, one.value, of(one.is_of_model)


def lineage_lines(overview: VersionOverview) -> Iterator[tuple]:
    for stage in version_lineage(overview.head, user=overview.user).stages:
        for node in stage.nodes:
            run_id = node.run.run_id if node.run else None
            model_name, number = node.version or (node.name, None)
            yield stage.title, node.kind.value, model_name, node.note, run_id, node.model_id or None, number


def of(is_of_model: bool) -> str:
    return "model" if is_of_model else "run"


TABLES: dict[str, tuple[tuple[Column, ...], Callable[[VersionOverview], Iterator[tuple]]]] = {
    "signature": (SIGNATURE, signature_lines),
    "files": (FILES, file_lines),
    "metrics": (METRICS, metric_lines),
    "params": (PARAMS, param_lines),
    "lineage": (LINEAGE, lineage_lines),
}
