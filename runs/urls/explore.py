"""Figures and numbers that explain what made runs good: each is a page, and after a dot its data and drawings."""

from django.urls import path

from runs.models import Page
from runs.views import explore
from runs.views.saved_views import opens_default_view
from trackui.replica import reads_replica as read

EXPLORE = "experiments/<experiment_id:experiment_id>/explore"

urlpatterns = [
    path(f"{EXPLORE}", read(opens_default_view(Page.EXPLORE)(explore.explore)), name="explore"),
    # Not from the replica: a page that follows a job must see it.
    path(f"{EXPLORE}/<forest_kind:kind>", explore.explore_figure, name="explore_figure"),
    path(f"{EXPLORE}/<explore_kind:kind>", read(explore.explore_figure), name="explore_figure"),
    path(f"{EXPLORE}/<explore_kind:kind>/grow", explore.explore_grow, name="explore_grow"),
    path(f"{EXPLORE}/<explore_kind:kind>/narrow", read(explore.explore_narrow), name="explore_narrow"),
    path(f"{EXPLORE}/<explore_kind:kind>.plotly.json", read(explore.explore_plotly), name="explore_plotly"),
    path(f"{EXPLORE}/<explore_kind:kind>.svg", read(explore.explore_svg), name="explore_svg"),
    path(f"{EXPLORE}/<explore_kind:kind>.<form:form>", read(explore.explore_file), name="explore_file"),
]
