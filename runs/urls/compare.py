"""Runs side by side."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from runs.views import compare_runs, run_compare
from trackui.replica import reads_replica as read

urlpatterns = [
    path("compare/", read(run_compare.run_compare), name="run_compare"),
    # As people write it by hand.
    path("compare", RedirectView.as_view(pattern_name="runs:run_compare", query_string=True)),
    path("compare.<form:form>", read(run_compare.run_compare_file), name="run_compare_file"),
    path("compare/charts/<path:key>", read(run_compare.compare_chart), name="compare_chart"),
    re_path(r"^compare/(?P<first>.+?)\.\.\.(?P<others>.+)$", read(compare_runs.compare_range), name="compare_range"),
]
