"""The charts of an experiment."""

from django.urls import path

from runs.models import Page
from runs.views import experiment_charts
from runs.views.saved_views import opens_default_view
from trackui.replica import reads_replica as read

urlpatterns = [
    path(
        "experiments/<experiment_id:experiment_id>/charts",
        read(opens_default_view(Page.CHARTS)(experiment_charts.experiment_charts)),
        name="experiment_charts",
    ),
    path(
        "experiments/<experiment_id:experiment_id>/charts/<path:key>",
        read(experiment_charts.experiment_chart),
        name="experiment_chart",
    ),
]
