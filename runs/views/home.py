"""The first page, and the data of its calendar."""

from functools import partial

from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.queries.activity import activity
from runs.queries.home import home
from trackui.clock import now_ms
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page


@require_safe
@gzip_page
def home_page(request):
    # The calendar is counted where it is shown: the fragment, asked for over and over, is without it.
    context = {
        "home": home(request.user),
        "activity": partial(activity, request.user, now=now_ms()),
        "server_address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_page(request, "runs/home.html", context, fragment="runs/_home.html")


@require_safe
def activity_file(request, form):
    days = activity(request.user, now=now_ms()).days
    rows = ((day.day.isoformat(), day.runs) for day in days)
    return export_response(request, Table("activity", columns(day="text", runs="integer"), rows), form)
