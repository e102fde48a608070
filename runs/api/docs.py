"""The OpenAPI document, and the page that lets people read and try it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.renderers import JSONRenderer

from runs.api.base import NativeView

PREFIX = "/api/v1/"


def native_endpoints(endpoints: list[tuple]) -> list[tuple]:
    """Hook of drf-spectacular: of all routes, those of this API."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


class OpenApiDocument(NativeView, SpectacularJSONAPIView):
    renderer_classes = [OpenApiJsonRenderer2, JSONRenderer]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    return render(request, "runs/api_docs.html")
