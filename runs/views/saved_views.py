"""Saved views: their short links, the list of them, save, change and delete; defaults of pages."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from runs.models import Experiment, Page, SavedView
from runs.queries.saved_views import ADDRESSES, default_view, visible_views
from runs.services.saved_views import change_view, delete_view, save_view
from runs.views.owners import named_owner, owner_of, remember_owner
from runs.views.run_sets import visible_experiment
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, TrackingError
from trackui.http import render_page

MOST_LISTED = 1000


def page_address(experiment_id: int | None, page: str) -> str:
    """Where views of this page are shown; empty where there is no such page."""
    try:
        if experiment_id is None:
            return reverse("runs:all_run_list") if page == Page.RUNS else ""
        return reverse(ADDRESSES[Page(page)], args=[experiment_id])
    except (ValueError, NoReverseMatch):
        return ""


def view_address(view: SavedView) -> str:
    """The page as it was saved. `saved` says which view it is, also once something is changed."""
    query = QueryDict(view.query, mutable=True)
    query["saved"] = str(view.pk)
    return f"{page_address(view.experiment_id, view.page) or reverse('runs:home')}?{query.urlencode()}"


def opens_default_view(page: Page) -> Callable:
    """Of a page: an address that says nothing shows the default view, by going to its address."""

    def decorator(show: Callable) -> Callable:
        @wraps(show)
        def shown(request: HttpRequest, experiment_id: int | None = None, **named) -> HttpResponse:
            if not request.GET and request.method in ("GET", "HEAD") and not request.htmx:
                view = default_view(experiment_id, page, owner=owner_of(request))
                if view is not None:
                    return redirect(view_address(view))
            return show(request, **named) if experiment_id is None else show(request, experiment_id, **named)

        return shown

    return decorator


@require_safe
def saved_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """The short link."""
    return redirect(view_address(seen(request, view_id)))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    experiment = asked_experiment(request)
    page = request.POST.get("page", "")
    address = page_address(experiment and experiment.pk, page)
    if not address:
        raise InvalidParameterValue("There is no such page to save.")
    try:
        view = save_view(
            experiment=experiment,
            page=page,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            owner=named_owner(request),
            is_shared="is_shared" in request.POST,
            is_default="is_default" in request.POST,
            user=request.user,
        )
    except TrackingError as error:
        return refused(request, error, address)
    messages.success(request, f"View “{view.name}” saved.")
    return remember_owner(request, redirect(view_address(view)))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, view_id: int) -> HttpResponse:
    """A page with its name, who sees it, whether it is a default. POST with a `query` alone: the view says that now."""
    view = seen(request, view_id)
    if request.method != "POST":
        return render_page(request, "runs/saved_view.html", {"view": view, "address": view_address(view)})
    is_form = "name" in request.POST
    try:
        view = change_view(
            view.pk,
            owner=owner_of(request),
            user=request.user,
            name=request.POST.get("name"),
            query=request.POST.get("query"),
            is_shared="is_shared" in request.POST if is_form else None,
            is_default="is_default" in request.POST if is_form else None,
        )
    except TrackingError as error:
        return refused(request, error, reverse("runs:saved_view_edit", args=[view_id]))
    messages.success(request, f"View “{view.name}” updated.")
    return remember_owner(request, redirect(view_address(view)))


@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    try:
        view = delete_view(view_id, owner=owner_of(request), user=request.user)
    except TrackingError as error:
        return refused(request, error, reverse("runs:saved_view_list"))
    messages.success(request, f"View “{view.name}” deleted.")
    return redirect(f"{page_address(view.experiment_id, view.page) or reverse('runs:home')}?view_default=off")


@require_safe
def saved_view_list(request: HttpRequest) -> HttpResponse:
    """All that one can open; of one experiment where `experiment` names it."""
    experiment = asked_experiment(request)
    views = visible_views(owner_of(request)).order_by("experiment__name", "page", "name")
    if experiment is not None:
        views = views.filter(experiment=experiment)
    context = {"experiment": experiment, "views": views[:MOST_LISTED], "owner": owner_of(request)}
    return render_page(request, "runs/saved_view_list.html", context)


def seen(request: HttpRequest, view_id: int) -> SavedView:
    view = visible_views(owner_of(request)).filter(pk=view_id).first()
    readable = Experiment.objects.visible_to(request.user)
    if view is None or (view.experiment_id is not None and not readable.filter(pk=view.experiment_id).exists()):
        raise ResourceDoesNotExist("There is no such view here. It may be private: who made it can share it.")
    return view


def asked_experiment(request: HttpRequest) -> Experiment | None:
    asked = (request.POST if request.method == "POST" else request.GET).get("experiment", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise InvalidParameterValue("There is no such experiment.")
    return visible_experiment(request, int(asked))


def refused(request: HttpRequest, error: TrackingError, page: str) -> HttpResponse:
    """Say why where it was asked."""
    messages.error(request, error.message)
    query = request.POST.get("query", "").removeprefix("?")
    return HttpResponseRedirect(f"{page}?{QueryDict(query).urlencode()}")
