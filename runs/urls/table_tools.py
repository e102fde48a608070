"""What helps to find runs: completion of filters, the form of a condition, the direction of metrics."""

from django.urls import path

from runs.views import completion, conditions, directions
from trackui.replica import reads_replica as read

urlpatterns = [
    path("runs/complete", read(completion.all_filter_completion), name="all_completion"),
    path("runs/condition", read(conditions.all_add_condition), name="all_add_condition"),
    path("experiments/<experiment_id:experiment_id>/condition", read(conditions.add_condition), name="add_condition"),
    path("experiments/<experiment_id:experiment_id>/directions", directions.directions, name="directions"),
]
