"""Home, experiments, search."""

from django.urls import path
from django.views.generic import RedirectView

from runs.views import experiment_edit, experiment_list, search
from trackui.replica import reads_replica as read

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="runs:experiment_list"), name="home"),
    path("search", read(search.search), name="search"),
    path("experiments/", read(experiment_list.experiments), name="experiment_list"),
    path("experiments.csv", read(experiment_list.experiments_csv), name="experiment_list_csv"),
    path("experiments/new", experiment_edit.experiment_create, name="experiment_create"),
    path("experiments/<experiment_id:experiment_id>/edit", experiment_edit.experiment_update, name="experiment_update"),
    path(
        "experiments/<experiment_id:experiment_id>/delete", experiment_edit.experiment_delete, name="experiment_delete"
    ),
    path(
        "experiments/<experiment_id:experiment_id>/restore",
        experiment_edit.experiment_restore,
        name="experiment_restore",
    ),
]
