"""Runs side by side, and what was frozen of them."""

from django.urls import path, re_path, register_converter

from runs.views import compare_artifacts, compare_freeze, compare_runs, print_foot, run_compare
from trackui.http import leads_to
from trackui.replica import reads_replica as read


class Digest:
    """The start of a SHA-256 in hex."""

    regex = "[0-9a-f]{10,64}"
    to_python = to_url = str


register_converter(Digest, "digest")

FROZEN = "experiments/<experiment_id:experiment_id>/frozen"

urlpatterns = [
    path("compare/", read(run_compare.run_compare), name="run_compare"),
    # As people write it by hand.
    path("compare", leads_to("runs:run_compare")),
    path("compare.<form:form>", read(run_compare.run_compare_file), name="run_compare_file"),
    path("compare/charts/<path:key>", read(run_compare.compare_chart), name="compare_chart"),
    path("compare/artifacts", read(compare_artifacts.compare_artifacts), name="compare_artifacts"),
    path(
        "compare/artifacts.<form:form>", read(compare_artifacts.compare_artifacts_file), name="compare_artifacts_file"
    ),
    path("print.css", print_foot.print_foot, name="print_foot"),
    path("compare/freeze", compare_freeze.freeze_comparison, name="freeze_comparison"),
    path("frozen/<digest:slug>.json", read(compare_freeze.frozen_content), name="frozen_content"),
    path("frozen/<digest:slug>.<form:form>", read(compare_freeze.frozen_file), name="frozen_file"),
    path("frozen/<digest:slug>", read(compare_freeze.frozen_comparison), name="frozen"),
    path(FROZEN, read(compare_freeze.frozen_list), name="frozen_list"),
    path(f"{FROZEN}.<form:form>", read(compare_freeze.frozen_list_file), name="frozen_list_file"),
    re_path(r"^compare/(?P<first>.+?)\.\.\.(?P<others>.+)$", read(compare_runs.compare_range), name="compare_range"),
]
