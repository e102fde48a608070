"""Mounts the doors of both apps: the only module that imports from both."""

from django.contrib import admin
from django.urls import include, path, re_path

from registry.mlflow_api import urls as registry
from runs.mlflow_api import urls as tracking
from trackui.mlflow_api.probes import ServerInfo, endpoint_not_found, health, version

handler400 = "trackui.page_errors.malformed_request"

PROTOCOL = [
    path("2.0/mlflow/", include(tracking.TRACKING)),
    path("2.0/mlflow/", include(registry.REGISTRY)),
    path("2.0/mlflow-artifacts/", include(tracking.ARTIFACT_STORE)),
    path("3.0/mlflow/server-info", ServerInfo.as_view()),
]

urlpatterns = [
    path("health", health),
    path("version", version),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/", include("runs.api.urls")),
    path("api/", include(PROTOCOL)),
    path("api/2.0/preview/mlflow/", include(tracking.TRACKING)),
    path("api/2.0/preview/mlflow/", include(registry.REGISTRY)),
    path("ajax-api/", include(PROTOCOL)),
    path("ajax-api/2.0/mlflow/", include(tracking.AJAX_ONLY)),
    path("ajax-api/2.0/mlflow/", include(tracking.UNVERSIONED)),
    path("ajax-api/2.0/mlflow/", include(registry.UNVERSIONED)),
    path("", include(tracking.UNVERSIONED)),
    path("", include(registry.UNVERSIONED)),
    path("", include("registry.urls")),
    path("", include("runs.urls")),
    path("admin/", admin.site.urls),
    re_path(r"^(?:ajax-)?api/(?P<path>.*)$", endpoint_not_found),
    re_path(r"^v1/(?P<path>.*)$", endpoint_not_found),
]
