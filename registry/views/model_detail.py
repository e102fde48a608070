"""A registered model: its versions, and their data."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.filters import VersionFilters
from registry.models import RegisteredModel, Stage
from registry.queries.as_of import models_at, moment_of, state_at
from registry.queries.compared_versions import VersionOptions
from registry.queries.model_chips import version_chips
from registry.queries.model_head import model_head
from registry.queries.model_list import PAGE_SIZES
from registry.queries.past_records import PastModel, past_models
from registry.queries.past_versions import past_head
from registry.queries.version_table import VersionTableOptions, all_version_rows, version_table
from registry.snippets import load_snippets
from registry.views.guards import visible_model
from registry.views.problems import place_problems
from registry.views.tidy import tidied
from trackui.errors import ResourceDoesNotExist, shorten
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Kind, Table, columns
from trackui.formats import absolute_time
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
@tidied
def model_detail(request: HttpRequest, name: str) -> HttpResponse:
    """`metrics`, `baseline`, filters, `order`, `page`; `as_of`: as it was then; `versions`: what is ticked."""
    as_of = moment_of(request.GET.get("as_of", ""))
    if as_of is not None and (answer := elsewhere(request, name, as_of)) is not None:
        return answer
    model = visible_model(request, name)
    past = past_of(model, as_of)
    filters = VersionFilters(request.GET)
    options = VersionTableOptions.from_query(request.GET, filters.choices(), past)
    table = version_table(request.user, model, options)
    head = past_head(model_head(model), past) if past else model_head(model)
    shown = {f"{model.name}/{row.version.version}" for row in table.rows}
    ticked = [text for text in VersionOptions.named(request.GET.getlist("versions")) if text]
    context = {
        "model": model,
        "head": head,
        "table": table,
        "problems": [*filters.problems, *table.problems, *place_problems(request.GET)],
        "chips": version_chips(request.GET),
        "page_sizes": PAGE_SIZES,
        "ticked": ticked,
        "carried": [text for text in ticked if text not in shown],
        "stages": Stage.values,
        "as_of": as_of,
        "load_snippets": load_snippets(request.build_absolute_uri("/").rstrip("/"), head),
    }
    return render_page(request, "registry/model_detail.html", context, fragment="registry/_version_table.html")


def past_of(model: RegisteredModel, as_of: int | None) -> PastModel | None:
    """ResourceDoesNotExist where the model was not there yet."""
    if as_of is None:
        return None
    if (state := state_at(model, as_of)) is None:
        raise ResourceDoesNotExist(f"There was no model {shorten(model.name, 80)} at {absolute_time(as_of)}.")
    return PastModel(state, as_of)


def elsewhere(request: HttpRequest, name: str, as_of: int) -> HttpResponse | None:
    """Of a name that no model has now: the model that had it then, where it is, or what is known of it."""
    if RegisteredModel.objects.visible_to(request.user).filter(name=name).exists():
        return None
    then = next((one for one in models_at(as_of, user=request.user) if one.name == name), None)
    if then is None:
        return None
    if then.registered_model_id is not None:
        now = RegisteredModel.objects.get(pk=then.registered_model_id).name
        return redirect(f"{reverse('models:model_detail', args=[now])}?{request.GET.urlencode()}")
    context = {"past": past_models([then], as_of)[0], "as_of": as_of}
    return render_page(request, "registry/model_gone.html", context)


@require_safe
def versions_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The versions that the page is of, each metric a column. `aliases` are a JSON list, `tags` a JSON object."""
    model = visible_model(request, name)
    past = past_of(model, moment_of(request.GET.get("as_of", "")))
    options = VersionTableOptions.from_query(request.GET, VersionFilters(request.GET).choices(), past)
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
