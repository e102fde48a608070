"""The table of runs, and what is done to many of them."""

from django.urls import path

from runs.views import completion, run_edit_many, run_list
from trackui.replica import reads_replica as read

urlpatterns = [
    path("experiments/<experiment_id:experiment_id>/", read(run_list.run_list), name="run_list"),
    path("experiments/<experiment_id:experiment_id>/runs.csv", read(run_list.run_list_csv), name="run_list_csv"),
    path("experiments/<experiment_id:experiment_id>/columns", read(run_list.run_columns), name="run_columns"),
    path("experiments/<experiment_id:experiment_id>/complete", read(completion.filter_completion), name="completion"),
    path("experiments/<experiment_id:experiment_id>/runs/delete", run_edit_many.delete_runs, name="delete_runs"),
    path("experiments/<experiment_id:experiment_id>/runs/restore", run_edit_many.restore_runs, name="restore_runs"),
]
