"""Home, experiments, search."""

from django.urls import path

from runs.views import experiment_edit, experiment_list, home, search
from trackui.replica import reads_replica as read

urlpatterns = [
    path("", read(home.home_page), name="home"),
    path("activity.<form:form>", read(home.activity_file), name="activity_file"),
    path("search", read(search.search), name="search"),
    path("experiments/", read(experiment_list.experiments), name="experiment_list"),
    path("experiments.<form:form>", read(experiment_list.experiments_file), name="experiment_list_file"),
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
