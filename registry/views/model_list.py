"""Registered models: the list, and its data."""

import json

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.filters import ModelFilters
from registry.queries.model_chips import model_chips
from registry.queries.model_list import PAGE_SIZES, ModelListOptions, all_model_rows, model_list
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page

COLUMNS = columns(
    name="text",
    description="text",
    user="text",
    creation_time="time",
    last_change="time",
    versions="integer",
    latest_version="integer",
    latest_version_time="time",
    production="integer",
    staging="integer",
    aliases="text",
    tags="text",
)


@require_safe
@gzip_page
def models(request):
    filters = ModelFilters(request.GET)
    listing = model_list(request.user, ModelListOptions.from_query(request.GET, filters.choices()))
    context = {
        "list": listing,
        "problems": filters.problems,
        "chips": model_chips(request.GET),
        "page_sizes": PAGE_SIZES,
        "server_address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_page(
        request,
        "registry/model_list.html",
        context,
        fragment="registry/_model_table.html",
        status=400 if listing.error else 200,
    )


@require_safe
def models_file(request, form):
    """`production`, `staging`: the highest version in the stage. `aliases` and `tags` are JSON objects."""
    options = ModelListOptions.from_query(request.GET, ModelFilters(request.GET).choices())
    rows = map(_values, all_model_rows(request.user, options))
    return export_response(request, Table("models", COLUMNS, rows, filter=request.GET.urlencode()), form)


def _values(row):
    stages = {one.stage.value: one.version for one in row.stages}
    return (
        row.model.name,
        row.model.description,
        row.model.user_id,
        row.model.creation_time,
        row.last_time,
        row.version_count,
        row.latest,
        row.latest_time,
        stages.get("Production"),
        stages.get("Staging"),
        json.dumps(dict(row.aliases), ensure_ascii=False),
        json.dumps(dict(row.tags), ensure_ascii=False),
    )
