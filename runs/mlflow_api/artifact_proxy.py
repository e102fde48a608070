"""mlflow-artifacts/*: the artifact store by path, as clients reach it through this server."""

from __future__ import annotations

import re
from typing import ClassVar

from django.core import signing

from runs.artifacts.access import check_access
from runs.artifacts.files import complete_upload, remove_artifacts, save_artifact
from runs.artifacts.paths import ArtifactPath, directory_path, file_path
from runs.artifacts.stores import artifact_store
from runs.mlflow_api.artifact_files import (
    ByteView,
    artifact_response,
    check_encoding,
    largest_artifact,
    listed,
    listing_payload,
)
from trackui.errors import InvalidParameterValue, NotImplementedHere, Unauthenticated
from trackui.mlflow_api.fields import Request
from trackui.mlflow_api.views import MlflowView, json_response
from trackui.transfers import transfer
from trackui.uploads import body_pieces

# Clients send no credentials with a part: what allows it is a header they were given for it.
UPLOAD_HEADER = "X-Trackui-Upload"
UPLOAD_SECONDS = 24 * 3600
UPLOAD_SALT = "runs.artifact_upload"

WINDOWS_PATH = re.compile(r"[A-Za-z]:\\")


class ListStore(MlflowView):  # GET mlflow-artifacts/artifacts
    methods = ("GET",)

    class request_body(Request):
        path: str = ""
        page_token: str = ""

    def data(self, request):
        check_encoding(request)
        return super().data(request)

    def answer(self, data):
        path = directory_path(data.path)
        return listing_payload(*listed(path, page_token=data.page_token, user=self.user))


class StoredFile(ByteView):  # GET, PUT, DELETE mlflow-artifacts/artifacts/{path}
    methods: ClassVar = ("GET", "HEAD", "PUT", "DELETE")

    def get(self, path):
        return artifact_response(self.request, file_path(path), user=self.user)

    def put(self, path):
        target = file_path(path)
        check_access(target, user=self.user)
        with transfer():
            save_artifact(target, body_pieces(self.request, limit=largest_artifact()))
        return {}

    def delete(self, path):
        target = directory_path(path)
        check_access(target, user=self.user)
        remove_artifacts(target)
        return {}


class Presigned(ByteView):  # GET mlflow-artifacts/presigned/{path}
    methods = ("GET",)

    def get(self, path):
        check_access(file_path(path), user=self.user)
        raise NotImplementedHere("Presigned downloads are not supported: download through this server.")


# --- Uploads in parts --------------------------------------------------------------------------


class Part(Request):
    part_number: int
    etag: str


class CreateUpload(MlflowView):  # POST mlflow-artifacts/mpu/create/{directory}
    class request_body(Request):
        path: str
        num_parts: int = 1

    def answer(self, data, directory):
        target = upload_target(self, directory, data.path)
        upload_id = artifact_store().create_upload(target, parts=data.num_parts)
        headers = {UPLOAD_HEADER: signing.dumps(upload_id, salt=UPLOAD_SALT)}
        parts_url = self.request.build_absolute_uri().rpartition("/mpu/create/")[0] + f"/mpu/parts/{upload_id}"
        return {
            "upload_id": upload_id,
            "credentials": [
                {"url": f"{parts_url}/{number}", "part_number": number, "headers": headers}
                for number in range(1, data.num_parts + 1)
            ],
        }


class UploadPart(ByteView):  # PUT mlflow-artifacts/mpu/parts/{upload_id}/{number}
    methods = ("PUT",)

    def put(self, upload_id, number):
        """The signed header is the credential: who has it was allowed to write the path when the upload began."""
        if not self.is_allowed(upload_id):
            raise Unauthenticated(f"A part needs the header {UPLOAD_HEADER} that its upload began with.")
        with transfer():
            etag = artifact_store().put_part(upload_id, number, body_pieces(self.request, limit=largest_artifact()))
        response = json_response({})
        response["ETag"] = f'"{etag}"'
        return response

    def is_allowed(self, upload_id: str) -> bool:
        try:
            signed = self.request.headers.get(UPLOAD_HEADER, "")
            return signing.loads(signed, salt=UPLOAD_SALT, max_age=UPLOAD_SECONDS) == upload_id
        except signing.BadSignature:
            return False


class CompleteUpload(MlflowView):  # POST mlflow-artifacts/mpu/complete/{directory}
    class request_body(Request):
        path: str
        upload_id: str
        parts: list[Part]

    def answer(self, data, directory):
        target = upload_target(self, directory, data.path)
        etags = {part.part_number: part.etag.strip('"') for part in data.parts}
        if len(etags) < len(data.parts):
            raise InvalidParameterValue("A part is named twice.")
        with transfer():
            complete_upload(data.upload_id, target, etags)
        return {}


class AbortUpload(MlflowView):  # POST mlflow-artifacts/mpu/abort/{directory}
    class request_body(Request):
        path: str
        upload_id: str

    def answer(self, data, directory):
        upload_target(self, directory, data.path)
        artifact_store().discard_upload(data.upload_id)
        return {}


def upload_target(view: MlflowView, directory: str, local_path: str) -> ArtifactPath:
    """Where the upload goes. Clients send the path of the file on their own disk: its last name counts."""
    check_encoding(view.request)
    if WINDOWS_PATH.match(local_path):
        local_path = local_path[2:].replace("\\", "/")
    name = file_path(local_path.removeprefix("/")).name
    target = directory_path(directory).child(name)
    file_path(str(target))
    check_access(target, user=view.user)
    return target
