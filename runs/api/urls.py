"""The native API, mounted below /api/v1/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter
from rest_framework.urlpatterns import format_suffix_patterns

from runs.api.docs import OpenApiDocument, api_docs
from runs.api.errors import unknown_endpoint
from runs.api.experiments import ExperimentViewSet
from runs.api.runs import RunViewSet

app_name = "api"

router = SimpleRouter()
# With the slash or without: a script that forgets it means the same thing.
router.trailing_slash = "/?"
router.register("experiments", ExperimentViewSet, "experiment")
router.register("runs", RunViewSet, "run")

urlpatterns = [
    path("openapi.json", OpenApiDocument.as_view(), name="openapi"),
    path("docs/", api_docs, name="docs"),
    *format_suffix_patterns(router.urls, allowed=["json", "csv"]),
    re_path(r"^(?P<rest>.*)$", unknown_endpoint),
]
