"""Saved views of a page: those to choose from, the one an address shows, the one shown where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from runs.models import Page, SavedView
from runs.models.saved_view import view_query

MOST_SHOWN = 1000
ADDRESSES = {
    Page.RUNS: "runs:run_list",
    Page.GROUPS: "runs:group_list",
    Page.CHARTS: "runs:experiment_charts",
    Page.EXPLORE: "runs:explore",
}


@dataclass(frozen=True, slots=True)
class ViewMenu:
    """`current`: the view that the address came from or is; `is_changed`: it says something else by now."""

    views: list[SavedView]
    current: SavedView | None
    is_changed: bool
    owner: str

    @property
    def is_default_shown(self) -> bool:
        return self.current is not None and self.current.is_default and not self.is_changed


def visible_views(owner: str):
    """A person's own and those that are shared."""
    own = Q(owner=owner) if owner else Q(pk__in=[])
    return SavedView.objects.filter(own | Q(is_shared=True)).select_related("experiment")


def view_menu(experiment_id: int | None, page: str, *, owner: str, query: QueryDict) -> ViewMenu:
    """One statement."""
    found = visible_views(owner).filter(experiment=experiment_id, page=page).order_by("name", "pk")
    views = list(found[:MOST_SHOWN])
    shown = view_query(query.urlencode())
    saved = query.get("saved", "")
    current = next((view for view in views if str(view.pk) == saved), None)
    if current is None and shown:
        current = next((view for view in views if same_query(view.query, shown)), None)
    return ViewMenu(views, current, current is not None and not same_query(current.query, shown), owner)


def default_view(experiment_id: int | None, page: str, *, owner: str) -> SavedView | None:
    """A person's own default, else that of the experiment. One statement."""
    defaults = list(visible_views(owner).filter(experiment=experiment_id, page=page, is_default=True)[:2])
    return min(defaults, key=lambda view: view.is_shared, default=None)


def same_query(one: str, other: str) -> bool:
    """Whatever the order of the names."""
    return dict(QueryDict(one).lists()) == dict(QueryDict(other).lists())
