"""artifacts/*, get-artifact, upload-artifact and the artifacts of logged models: below a run or a model."""

from __future__ import annotations

from runs.artifacts.access import check_access
from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import directory_path, file_path
from runs.ingest.writer import run_not_found
from runs.mlflow_api.artifact_files import (
    ByteView,
    artifact_response,
    check_encoding,
    listed,
    listing_payload,
)
from runs.models import LoggedModel, Run
from runs.services.logged_models import model_not_found
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import Request, missing
from trackui.mlflow_api.views import MlflowView
from trackui.transfers import transfer
from trackui.uploads import body_pieces

MAX_UPLOAD_BYTES = 10 * 2**20


class ListArtifacts(MlflowView):  # GET artifacts/list
    methods = ("GET",)

    class request_body(Request):
        run_id: str = ""
        run_uuid: str = ""
        path: str = ""
        page_token: str = ""

    def data(self, request):
        check_encoding(request)
        return super().data(request)

    def answer(self, data):
        run = visible_run(data.run_id or data.run_uuid, user=self.user)
        return relative_listing(run.artifact_uri, data.path, page_token=data.page_token, user=self.user)


class GetArtifact(ByteView):  # GET /get-artifact
    methods = ("GET", "HEAD")

    def get(self):
        query = self.request.GET
        run = visible_run(query.get("run_id") or query.get("run_uuid") or "", user=self.user)
        path = file_path(query.get("path", ""))
        return artifact_response(self.request, stored_path(run.artifact_uri) / path, user=self.user)


class UploadArtifact(ByteView):  # POST upload-artifact, from MLflow's own pages
    def post(self):
        query = self.request.GET
        run = visible_run(query.get("run_uuid") or query.get("run_id") or "", user=self.user)
        path = stored_path(run.artifact_uri) / file_path(query.get("path", ""))
        check_access(path, user=self.user)
        with transfer():
            data = b"".join(body_pieces(self.request, limit=MAX_UPLOAD_BYTES))
            if not data:
                raise InvalidParameterValue("Request must specify data.")
            save_artifact(path, [data])
        return {}


class PresignedUploadUrl(MlflowView):  # POST artifacts/presigned-upload-url
    class request_body(Request):
        run_id: str = ""
        model_id: str = ""
        path: str

    def answer(self, data):
        file_path(data.path)
        if bool(data.run_id) == bool(data.model_id):
            raise InvalidParameterValue("Exactly one of 'run_id' and 'model_id' must be specified.")
        if data.run_id:
            visible_run(data.run_id, user=self.user)
        else:
            visible_model(data.model_id, user=self.user)
        raise InvalidParameterValue("Artifacts are kept by this server: upload through it, not to a presigned URL.")


class PresignedDownloadUrl(MlflowView):  # POST artifacts/presigned-download-url
    class request_body(Request):
        run_id: str
        path: str

    def answer(self, data):
        file_path(data.path)
        visible_run(data.run_id, user=self.user)
        raise InvalidParameterValue("Artifacts are kept by this server: download through it, not from a presigned URL.")


class ListModelArtifacts(MlflowView):  # GET logged-models/{model_id}/artifacts/directories
    methods = ("GET",)

    class request_body(Request):
        artifact_directory_path: str = ""
        page_token: str = ""

    def data(self, request):
        check_encoding(request)
        return super().data(request)

    def answer(self, data, model_id):
        model = visible_model(model_id, user=self.user)
        return relative_listing(
            model.artifact_uri, data.artifact_directory_path, page_token=data.page_token, user=self.user
        )


class GetModelArtifact(ByteView):  # GET logged-models/{model_id}/artifacts/files
    methods = ("GET", "HEAD")

    def get(self, model_id):
        model = visible_model(model_id, user=self.user)
        path = file_path(self.request.GET.get("artifact_file_path", ""))
        return artifact_response(self.request, stored_path(model.artifact_uri) / path, user=self.user)


def visible_run(run_id: str, *, user) -> Run:
    """A deleted run too: its artifacts stay until it is removed for good."""
    if not run_id:
        raise missing("run_id")
    run = Run.objects.visible_to(user).filter(run_id=check_text(run_id)).first()
    if run is None:
        raise run_not_found(run_id)
    return run


def visible_model(model_id: str, *, user) -> LoggedModel:
    model = LoggedModel.objects.visible_to(user).active().filter(model_id=check_text(model_id)).first()
    if model is None:
        raise model_not_found(model_id)
    return model


def relative_listing(artifact_uri: str, path: str, *, page_token: str, user) -> dict:
    """Paths count from the top of the run or model and hold `path`."""
    directory = directory_path(path)
    listing, token = listed(stored_path(artifact_uri) / directory, page_token=page_token, user=user)
    return {"root_uri": artifact_uri, **listing_payload(listing, token, below=str(directory))}
