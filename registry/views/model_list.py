"""Registered models: the list, and its data."""

import json

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.filters import ModelFilters
from registry.queries.as_of import moment_of
from registry.queries.model_chips import model_chips
from registry.queries.model_list import ORDERS, PAGE_SIZES, ModelListOptions, all_model_rows, model_list
from registry.queries.past_models import all_past_rows, past_model_list
from registry.views.problems import order_problems, past_problems, place_problems
from registry.views.tidy import tidied
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
PAST_COLUMNS = columns(
    name="text",
    name_now="text",
    versions="integer",
    latest_version="integer",
    production="integer",
    staging="integer",
    aliases="text",
)


@require_safe
@gzip_page
@tidied
def models(request):
    filters = ModelFilters(request.GET)
    options = ModelListOptions.from_query(request.GET, filters.choices())
    as_of = moment_of(request.GET.get("as_of", ""))
    if as_of is not None:
        listing = past_model_list(request.user, options, as_of)
        context = {
            "list": listing,
            "problems": [*filters.problems, *past_problems(request.GET), *place_problems(request.GET)],
            "page_sizes": PAGE_SIZES,
            "chips": model_chips(request.GET),
            "as_of": as_of,
        }
        return render_page(request, "registry/past_model_list.html", context)
    listing = model_list(request.user, options)
    context = {
        "list": listing,
        "problems": [*filters.problems, *order_problems(request.GET, ORDERS), *place_problems(request.GET)],
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
    as_of = moment_of(request.GET.get("as_of", ""))
    if as_of is not None:
        rows = map(_past_values, all_past_rows(request.user, options, as_of))
        return export_response(request, Table("models", PAST_COLUMNS, rows, filter=request.GET.urlencode()), form)
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


def _past_values(row):
    stages = {one.stage.value: one.version for one in row.stages}
    return (
        row.past.name,
        row.now or None,
        row.past.version_count,
        row.latest,
        stages.get("Production"),
        stages.get("Staging"),
        json.dumps(row.past.aliases, ensure_ascii=False),
    )
