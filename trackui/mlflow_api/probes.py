"""health, version, server-info, and the answer to every route there is not."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from trackui.errors import EndpointNotFound, shorten
from trackui.mlflow_api.views import MlflowView, error_response

# Below 3.4: clients then keep the spans of a trace as an artifact instead of sending them to us.
PROTOCOL_VERSION = "3.3.2"


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("OK", content_type="text/plain")


def version(request: HttpRequest) -> HttpResponse:
    """The release of MLflow whose protocol is spoken."""
    return HttpResponse(PROTOCOL_VERSION, content_type="text/plain")


class ServerInfo(MlflowView):  # GET server-info
    methods = ("GET",)

    def answer(self, data):
        return {
            "store_type": "SqlStore",
            "workspaces_enabled": False,
            "trace_archival_enabled": False,
            "multipart_uploads_enabled": True,
            "multipart_downloads_enabled": False,
            "artifact_serving_enabled": True,
            "presigned_upload_run_id_supported": False,
            "presigned_upload_model_id_supported": False,
            "model_artifact_presigned_downloads_supported": False,
            "artifacts_presigned_only": False,
            "tracking_auth": "",
        }


@csrf_exempt
def endpoint_not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """JSON, so that clients take their fall-backs; never a status they would repeat."""
    return error_response(EndpointNotFound(f"There is no endpoint {request.method} {shorten(request.path)}."))
