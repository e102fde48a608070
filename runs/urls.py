"""Every page. An experiment's id is a number that fits, so that no other reaches the database."""

from django.urls import path, register_converter
from django.views.generic import RedirectView

from runs.views import (
    artifact_file,
    completion,
    experiment_edit,
    experiment_list,
    figures,
    run_artifacts,
    run_compare,
    run_detail,
    run_edit,
    run_edit_many,
    run_list,
    run_tables,
    search,
)
from trackui.replica import reads_replica as read

app_name = "runs"


class ExperimentId:
    regex = "[0-9]{1,18}"
    to_python = int
    to_url = str


register_converter(ExperimentId, "experiment_id")

# `read`: a page that only reads. Those around a change, its forms included, read where it is made.
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="runs:experiment_list"), name="home"),
    path("search", read(search.search), name="search"),
    path("experiments/", read(experiment_list.experiments), name="experiment_list"),
    path("experiments.csv", read(experiment_list.experiments_csv), name="experiment_list_csv"),
    path("experiments/new", experiment_edit.experiment_create, name="experiment_create"),
    path("experiments/<experiment_id:experiment_id>/", read(run_list.run_list), name="run_list"),
    path("experiments/<experiment_id:experiment_id>/runs.csv", read(run_list.run_list_csv), name="run_list_csv"),
    path("experiments/<experiment_id:experiment_id>/columns", read(run_list.run_columns), name="run_columns"),
    path("experiments/<experiment_id:experiment_id>/complete", read(completion.filter_completion), name="completion"),
    path("experiments/<experiment_id:experiment_id>/edit", experiment_edit.experiment_update, name="experiment_update"),
    path(
        "experiments/<experiment_id:experiment_id>/delete", experiment_edit.experiment_delete, name="experiment_delete"
    ),
    path(
        "experiments/<experiment_id:experiment_id>/restore",
        experiment_edit.experiment_restore,
        name="experiment_restore",
    ),
    path("experiments/<experiment_id:experiment_id>/runs/delete", run_edit_many.delete_runs, name="delete_runs"),
    path("experiments/<experiment_id:experiment_id>/runs/restore", run_edit_many.restore_runs, name="restore_runs"),
    path("runs/<str:run_id>/", read(run_detail.run_detail), name="run_detail"),
    # As people write them by hand.
    path("runs/<str:run_id>", RedirectView.as_view(pattern_name="runs:run_detail")),
    path("compare", RedirectView.as_view(pattern_name="runs:run_compare", query_string=True)),
    path("runs/<str:run_id>/params", read(run_detail.run_params), name="run_params"),
    path("runs/<str:run_id>/metrics", read(run_detail.run_metrics), name="run_metrics"),
    path("runs/<str:run_id>/charts", read(run_detail.run_charts), name="run_charts"),
    path("runs/<str:run_id>/charts/<path:key>", read(figures.run_chart), name="run_chart"),
    path("runs/<str:run_id>/tags", read(run_detail.run_tags), name="run_tags"),
    path("runs/<str:run_id>/tags/set", run_edit.set_run_tag, name="run_tag_set"),
    path("runs/<str:run_id>/tags/delete", run_edit.delete_run_tag, name="run_tag_delete"),
    path("runs/<str:run_id>/artifacts", run_artifacts.run_artifacts, name="run_artifacts"),
    path("runs/<str:run_id>/artifacts/file", artifact_file.artifact_file, name="artifact_file"),
    path("runs/<str:run_id>/artifacts/image", artifact_file.artifact_image, name="artifact_image"),
    path("runs/<str:run_id>/edit", run_edit.edit_run, name="run_edit"),
    path("runs/<str:run_id>/delete", run_edit.delete_run_page, name="run_delete"),
    path("runs/<str:run_id>/restore", run_edit.restore_run_page, name="run_restore"),
    path("runs/<str:run_id>/<str:table>.<str:form>", read(run_tables.run_table), name="run_table"),
    path("compare/", read(run_compare.run_compare), name="run_compare"),
    path("compare.<str:form>", read(run_compare.run_compare_file), name="run_compare_file"),
    path("compare/charts/<path:key>", read(run_compare.compare_chart), name="compare_chart"),
    path("compare/<str:first>...<str:second>", read(run_compare.compare_range), name="compare_range"),
]
