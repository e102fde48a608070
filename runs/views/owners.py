"""Whose a view is: of the person logged in, else of this browser, by a random name in a signed cookie."""

import secrets

from django.http import HttpRequest, HttpResponse

COOKIE = "trackui_browser"
SALT = "trackui.browser"
MOST_DAYS = 400  # browsers keep no cookie longer


def owner_of(request: HttpRequest) -> str:
    """Empty for a browser that has no name yet: nothing is its own."""
    if request.user.is_authenticated:
        return f"user:{request.user.get_username()}"
    name = getattr(request, "new_browser_name", "") or request.get_signed_cookie(COOKIE, "", salt=SALT)
    return f"browser:{name}" if name else ""


def named_owner(request: HttpRequest) -> str:
    """The same, the browser given a name where it has none; `remember_owner` then tells it."""
    if not owner_of(request):
        request.new_browser_name = secrets.token_urlsafe(24)
    return owner_of(request)


def remember_owner(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the name for as long as browsers do, counted from now."""
    owner = owner_of(request)
    if owner.startswith("browser:"):
        response.set_signed_cookie(
            COOKIE,
            owner.removeprefix("browser:"),
            salt=SALT,
            max_age=MOST_DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
