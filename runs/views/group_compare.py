"""Two groups of runs side by side: whether one is better, by how much, and whether chance would do the same."""

from __future__ import annotations

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.charts.strip_plot import Strip, strip_plot
from runs.queries.compared_groups import ComparedMetric, compared_groups
from runs.queries.group_files import compared_file
from runs.queries.group_metric_columns import MOST_SHOWN_METRICS, metric_columns
from runs.queries.group_options import GroupTableOptions
from runs.queries.group_sides import Side, changed_params
from runs.views.group_list import FORMS, file_name
from runs.views.group_sides import SIDES, CompareAddresses, asked_sides
from runs.views.run_sets import visible_experiment
from trackui.errors import ResourceDoesNotExist
from trackui.exports.responses import export_response
from trackui.http import render_page

# Strips are drawn of so many metrics.
MOST_DRAWN = 6


@require_safe
@gzip_page
def group_compare(request: HttpRequest, experiment_id: int) -> HttpResponse:
    experiment = visible_experiment(request, experiment_id)
    if "pick" in request.GET:
        return HttpResponseRedirect(f"?{with_picks(request.GET).urlencode()}")
    asked = asked_sides(request, experiment)
    context = {"experiment": experiment, "asked": asked, "addresses": CompareAddresses(request.GET, experiment, asked)}
    if not asked.is_whole:
        return render_page(request, "runs/group_compare_empty.html", context, status=400 if asked.problems else 200)
    a, b = asked.sides["a"], asked.sides["b"]
    compared = compare(request, a, b)
    shown = [one for one in compared if one.sides.of_a.n or one.sides.of_b.n]
    drawn = [one for one in shown if one.sides.of_a.n and one.sides.of_b.n][:MOST_DRAWN]
    context |= {
        "forms": FORMS,
        "a": a,
        "b": b,
        "compared": shown,
        "without": len(compared) - len(shown),
        "headline": headline(shown),
        "sentence": headline(shown).sentence(asked.runs) if shown else "",
        "tests": sum(one.sides.welch is not None for one in shown),
        "changed": changed_params(a, b),
        "common": len(set(a.pks) & set(b.pks)),
        "strips": [(one, strips(one, a, b)) for one in drawn],
    }
    return render_page(request, "runs/group_compare.html", context)


@require_safe
def group_compare_file(request: HttpRequest, experiment_id: int, form: str) -> HttpResponseBase:
    experiment = visible_experiment(request, experiment_id)
    asked = asked_sides(request, experiment)
    if not asked.is_whole:
        raise ResourceDoesNotExist(" ".join(asked.problems) or "Two groups are compared, and one is missing or empty.")
    a, b = asked.sides["a"], asked.sides["b"]
    table = compared_file(a, b, compare(request, a, b), name=file_name(experiment))
    return export_response(request, table, form)


def with_picks(query: QueryDict) -> QueryDict:
    """Two ticks in the group table as the sides of an address."""
    query = query.copy()
    picks = [key for key in dict.fromkeys(query.pop("pick")) if key]
    for name, key in zip(SIDES, picks, strict=False):
        query[name] = key
    if len(picks) > len(SIDES):
        query["picked"] = str(len(picks))
    return query


def compare(request: HttpRequest, a: Side, b: Side) -> list[ComparedMetric]:
    specs = GroupTableOptions.from_query(request.GET).columns
    metrics = metric_columns(a.members.experiments, specs, at_most=MOST_SHOWN_METRICS)
    return compared_groups(a.pks, b.pks, metrics, experiments=a.members.experiments)


def headline(compared: list[ComparedMetric]) -> ComparedMetric | None:
    """The first that both sides have and that has a direction, else the first that both have."""
    of_both = [one for one in compared if one.sides.of_a.n and one.sides.of_b.n]
    return next((one for one in of_both if one.direction.direction), next(iter([*of_both, *compared]), None))


def strips(one: ComparedMetric, a: Side, b: Side) -> SafeString:
    drawn = [
        Strip(side.label, values[np.isfinite(values)], found.mean, found.low, found.high)
        for side, values, found in ((a, one.sides.a, one.sides.of_a), (b, one.sides.b, one.sides.of_b))
    ]
    return strip_plot(one.name, drawn)
