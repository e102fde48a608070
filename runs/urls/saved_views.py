"""Saved views."""

from django.urls import path

from runs.views import saved_views
from trackui.replica import reads_replica as read

urlpatterns = [
    path("views/", read(saved_views.saved_view_list), name="saved_view_list"),
    path("views/save", saved_views.save, name="saved_view_save"),
    path("views/<experiment_id:view_id>", read(saved_views.saved_view), name="saved_view"),
    path("views/<experiment_id:view_id>/edit", saved_views.edit, name="saved_view_edit"),
    path("views/<experiment_id:view_id>/delete", saved_views.delete, name="saved_view_delete"),
]
