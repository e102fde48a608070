"""Runs grouped by their params, and two groups compared."""

from django.urls import path

from runs.views import group_list
from trackui.replica import reads_replica as read

urlpatterns = [
    path("experiments/<experiment_id:experiment_id>/groups", read(group_list.group_list), name="group_list"),
]
