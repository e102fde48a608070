"""The menu of saved views: `{% load saved_views %}{% saved_views_menu page="charts" %}` beside a filter box."""

from django import template

from runs.queries.saved_views import view_menu
from runs.views.owners import owner_of

register = template.Library()


@register.inclusion_tag("components/_saved_views.html", takes_context=True)
def saved_views_menu(context, page="runs"):
    """Of the experiment in the context, or of all runs. One statement."""
    request, experiment = context["request"], context.get("experiment")
    menu = view_menu(experiment and experiment.pk, page, owner=owner_of(request), query=request.GET)
    return {
        "menu": menu,
        "page": page,
        "experiment": experiment,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "address": request.GET.urlencode(),
    }
