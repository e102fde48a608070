"""Runs grouped by their params, and two groups compared."""

from django.urls import path

from runs.models import Page
from runs.views import group_compare, group_list
from runs.views.saved_views import opens_default_view
from trackui.replica import reads_replica as read

GROUPS = "experiments/<experiment_id:experiment_id>/groups"

urlpatterns = [
    path(GROUPS, read(opens_default_view(Page.GROUPS)(group_list.group_list)), name="group_list"),
    path(f"{GROUPS}.<form:form>", read(group_list.group_list_file), name="group_list_file"),
    path(f"{GROUPS}/compare", read(group_compare.group_compare), name="group_compare"),
    path(f"{GROUPS}/compare.<form:form>", read(group_compare.group_compare_file), name="group_compare_file"),
]
