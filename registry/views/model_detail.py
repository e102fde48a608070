"""A registered model: its versions, and their data."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.filters import VersionFilters
from registry.models import Stage
from registry.queries.model_chips import version_chips
from registry.queries.model_head import model_head
from registry.queries.version_table import PAGE_SIZES, VersionTableOptions, all_version_rows, version_table
from registry.snippets import load_snippets
from registry.views.guards import visible_model
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Kind, Table, columns
from trackui.http import render_page

COLUMNS = columns(
    name="text",
    version="integer",
    stage="text",
    aliases="text",
    creation_time="time",
    last_updated_time="time",
    user="text",
    source="text",
    run_id="text",
    run_name="text",
    experiment="text",
    model_id="text",
    description="text",
    tags="text",
)


@require_safe
@gzip_page
def model_detail(request: HttpRequest, name: str) -> HttpResponse:
    """`metrics`, `baseline`, filters, `order`, `page`; `versions`: what is ticked."""
    model = visible_model(request, name)
    filters = VersionFilters(request.GET)
    table = version_table(request.user, model, VersionTableOptions.from_query(request.GET, filters.choices()))
    head = model_head(model)
    shown = {f"{model.name}/{row.version.version}" for row in table.rows}
    ticked = [text for text in request.GET.getlist("versions") for text in ticked_in(text)]
    context = {
        "model": model,
        "head": head,
        "table": table,
        "problems": [*filters.problems, *table.problems],
        "chips": version_chips(request.GET),
        "page_sizes": PAGE_SIZES,
        "ticked": ticked,
        "carried": [text for text in ticked if text not in shown],
        "stages": Stage.values,
        "load_snippets": load_snippets(request.build_absolute_uri("/").rstrip("/"), head),
    }
    return render_page(request, "registry/model_detail.html", context, fragment="registry/_version_table.html")


def ticked_in(text: str) -> list[str]:
    """`A/3,B/1` as A/3 and B/1."""
    return [part.strip() for part in text[:10_000].split(",") if part.strip()][:100]


@require_safe
def versions_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The versions that the page is of, each metric a column. `aliases` are a JSON list, `tags` a JSON object."""
    model = visible_model(request, name)
    options = VersionTableOptions.from_query(request.GET, VersionFilters(request.GET).choices())
    metrics, rows = all_version_rows(request.user, model, options)
    table = Table(
        f"{model.name}-versions",
        [*COLUMNS, *(Column(metric, Kind.NUMBER) for metric in metrics)],
        map(_values, rows),
        filter=request.GET.urlencode(),
    )
    return export_response(request, table, form)


def _values(row):
    version = row.version
    return (
        version.name,
        version.version,
        version.stage,
        json.dumps(row.aliases, ensure_ascii=False),
        version.creation_time,
        version.last_updated_time,
        version.user_id,
        version.source,
        version.run_id,
        row.run and str(row.run),
        row.run and row.run.experiment.name,
        version.model_id,
        version.description,
        json.dumps(dict(row.tags), ensure_ascii=False),
        *row.values,
    )
