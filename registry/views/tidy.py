"""Addresses that can be read: what a form left empty is not in them."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

# Of forms of the registry; an empty owner or tag means one.
FIELDS = frozenset("stage alias archived stale metrics baseline as_of kind model version user since until".split())


def tidied(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sends a form's address with empty fields on to the one without them."""

    @wraps(view)
    def tidy(request: HttpRequest, **parts: object) -> HttpResponse:
        empty = [name for name, values in request.GET.lists() if name in FIELDS and not any(values)]
        if not empty or request.htmx:
            return view(request, **parts)
        query = request.GET.copy()
        for name in empty:
            del query[name]
        path = request.get_full_path().partition("?")[0]
        return HttpResponseRedirect(f"{path}?{query.urlencode()}" if query else path)

    return tidy
