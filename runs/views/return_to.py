"""Where a form leads once it is done: to the page of ours that `back` names."""

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 10_000


def address_to_return_to(request: HttpRequest, otherwise: str) -> str:
    """With its query. `otherwise` where it is none of our pages."""
    asked = (request.POST.get("back") or request.GET.get("back") or "")[:LONGEST]
    path, _, query = asked.partition("?")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return otherwise
    try:
        resolve(path)
    except Resolver404:
        return otherwise
    query = QueryDict(query.partition("#")[0]).urlencode()
    return f"{path}?{query}" if query else path


def path_to_return_to(request: HttpRequest, otherwise: str) -> str:
    return address_to_return_to(request, otherwise).partition("?")[0]
