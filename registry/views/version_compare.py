"""Versions side by side: `/model-versions/compare?versions=A/3,B/1`."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.queries.compared_versions import (
    FEWEST,
    MOST,
    ComparedVersions,
    VersionOptions,
    added_version,
    compared_versions,
    key_of,
)
from registry.queries.version_comparison import version_comparison
from registry.queries.version_comparison_data import VersionsData, versions_data
from runs.charts.theme import svg_dash
from runs.queries.comparison import Comparison
from runs.views.run_compare import file_table
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.exports.responses import export_response
from trackui.http import render_page


@require_safe
@gzip_page
def version_compare(request: HttpRequest) -> HttpResponse:
    options = VersionOptions.from_query(request.GET)
    if "add" in request.GET:
        return with_added(request, options)
    if len(options.run_ids) > MOST:
        return no_comparison(request, options, ComparedVersions(()), reason=too_many(options), status=400)
    compared = compared_versions(options, user=request.user)
    if len(compared.versions) < FEWEST:
        return no_comparison(request, options, compared)
    data = versions_data(compared.versions, user=request.user)
    found = version_comparison(data, options)
    context = {
        "comparison": found,
        "compared": compared,
        "options": options,
        "columns": columns(found),
        "runs_query": runs_query(data),
    }
    return render_page(request, "registry/version_compare.html", context)


def columns(found: Comparison) -> list[dict]:
    """A column a version, with the addresses that take it out and make it the reference."""
    options = found.options
    shown = [one.run_id for one in found.runs]
    return [
        {
            "run": one,
            "position": position,
            "dash": svg_dash(position),
            "without": options.query(versions=",".join(name for name in shown if name != one.run_id))
            if len(shown) > FEWEST
            else "",
            "first": options.query(baseline=one.run_id),
        }
        for position, one in enumerate(found.runs)
    ]


def runs_query(data: VersionsData) -> str:
    """Their source runs, where there are two to compare."""
    run_ids = list(dict.fromkeys(one.run.run_id for one in data.facts if one.run))
    return f"runs={','.join(run_ids)}" if len(run_ids) > 1 else ""


def with_added(request: HttpRequest, options: VersionOptions) -> HttpResponseRedirect:
    """`add`: a version as people write it."""
    names = list(options.run_ids)
    for text in request.GET.getlist("add")[:MOST]:
        found = added_version(text, user=request.user)
        if found is not None:
            names.append(key_of(found))
        elif text.strip():
            messages.error(request, f"There is no version “{shorten(text, 80)}”. Write it as name/3 or name@alias.")
    wanted = replace(options, run_ids=tuple(dict.fromkeys(names)))
    return HttpResponseRedirect(f"{reverse('models:version_compare')}?{wanted.query()}")


def too_many(options: VersionOptions) -> str:
    return f"At most {MOST} versions can be compared; “versions” in the address names {len(options.run_ids):,}."


def no_comparison(
    request: HttpRequest, options: VersionOptions, compared: ComparedVersions, *, reason: str = "", status: int = 200
) -> HttpResponse:
    context = {"options": options, "reason": reason, "versions": compared.versions, "missing": compared.missing}
    return render_page(request, "registry/version_compare_empty.html", context, status=status)


@require_safe
def version_compare_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The rows that the page shows and those past its limit; values as they are, not as they are written."""
    options = VersionOptions.from_query(request.GET)
    if len(options.run_ids) > MOST:
        raise InvalidParameterValue(too_many(options))
    compared = compared_versions(options, user=request.user)
    if not compared.versions:
        raise ResourceDoesNotExist("None of the versions that the address names is here.")
    found = version_comparison(versions_data(compared.versions, user=request.user), options, whole=True)
    return export_response(request, replace(file_table(found), name="versions"), form)
