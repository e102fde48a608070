"""The table of runs, and what is done to many of them."""

from django.urls import path

from runs.views import completion, run_baseline, run_columns, run_edit_many, run_list, run_list_file
from trackui.http import leads_to
from trackui.replica import reads_replica as read

urlpatterns = [
    path("runs/", read(run_list.all_run_list), name="all_run_list"),
    # As people write it by hand.
    path("runs", leads_to("runs:all_run_list")),
    path("runs.<form:form>", read(run_list_file.all_run_list_file), name="all_run_list_file"),
    path("runs/columns", read(run_columns.all_run_columns), name="all_run_columns"),
    path("runs/baseline", run_baseline.all_run_baseline, name="all_run_baseline"),
    path("experiments/<experiment_id:experiment_id>/baseline", run_baseline.run_baseline, name="run_baseline"),
    path("experiments/<experiment_id:experiment_id>/", read(run_list.run_list), name="run_list"),
    path(
        "experiments/<experiment_id:experiment_id>/runs.<form:form>",
        read(run_list_file.run_list_file),
        name="run_list_file",
    ),
    path("experiments/<experiment_id:experiment_id>/columns", read(run_columns.run_columns), name="run_columns"),
    path("experiments/<experiment_id:experiment_id>/complete", read(completion.filter_completion), name="completion"),
    path("experiments/<experiment_id:experiment_id>/runs/<slug:action>", run_edit_many.bulk, name="bulk"),
]
