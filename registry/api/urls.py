"""The native API of the registry, below /api/v1/. The slash at the end may be left out, as everywhere there."""

from django.urls import re_path
from rest_framework.urlpatterns import format_suffix_patterns

from registry.api.aliases import AliasViewSet
from registry.api.events import AllEventViewSet, ModelEventViewSet
from registry.api.model_versions import ModelVersionViewSet
from registry.api.registered_models import RegisteredModelViewSet

app_name = "registry_api"

# A name is one segment, and may have dots: a suffix would be part of it.
MODEL = r"^models/(?P<name>[^/]+)"
VERSION = rf"{MODEL}/versions/(?P<version>[^/]+)"

LISTS = [
    re_path(r"^models/?$", RegisteredModelViewSet.as_view({"get": "list", "post": "create"}), name="model-list"),
    re_path(
        rf"{MODEL}/versions/?$", ModelVersionViewSet.as_view({"get": "list", "post": "create"}), name="version-list"
    ),
    re_path(r"^model-versions/?$", ModelVersionViewSet.as_view({"get": "list_all"}), name="all-versions"),
    re_path(rf"{MODEL}/events/?$", ModelEventViewSet.as_view({"get": "list"}), name="event-list"),
    re_path(r"^model-events/?$", AllEventViewSet.as_view({"get": "list_all"}), name="all-events"),
]
OBJECTS = [
    re_path(
        rf"{MODEL}/?$",
        RegisteredModelViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="model-detail",
    ),
    re_path(
        rf"{VERSION}/?$",
        ModelVersionViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="version-detail",
    ),
    re_path(rf"{VERSION}/promote/?$", ModelVersionViewSet.as_view({"post": "promote"}), name="version-promote"),
    re_path(
        rf"{MODEL}/aliases/(?P<alias>[^/]+)/?$",
        AliasViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="alias-detail",
    ),
]

urlpatterns = [*format_suffix_patterns(LISTS, allowed=["json", "csv"]), *OBJECTS]
