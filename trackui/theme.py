"""Light, dark, or as the system says: from the address, else from the cookie it left."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

THEMES = ("light", "dark", "system")
PARAMETER = COOKIE = "theme"
A_YEAR = 365 * 24 * 3600


class ThemeMiddleware:
    """Sets `request.theme`. A theme named by the address is remembered for addresses that name none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get(PARAMETER)
        remembered = request.COOKIES.get(COOKIE)
        request.theme = next((theme for theme in (asked, remembered) if theme in THEMES), "system")

        response = self.get_response(request)

        if asked in THEMES and asked != remembered:
            response.set_cookie(
                COOKIE, asked, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response
