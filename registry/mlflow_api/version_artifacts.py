"""model-versions/get-artifact: files of a version"""

from registry.mlflow_api.model_versions import visible_version
from registry.queries.version_files import files_of_version
from runs.artifacts.paths import file_path
from runs.mlflow_api.artifact_files import ByteView, artifact_response
from trackui.mlflow_api.fields import missing


class GetModelVersionArtifact(ByteView):  # GET /model-versions/get-artifact
    methods = ("GET", "HEAD")

    def get(self):
        query = self.request.GET
        for name in ("name", "version"):
            if not query.get(name):
                raise missing(name)
        path = file_path(query.get("path", ""))
        version = visible_version(query["name"], query["version"], user=self.user)
        return artifact_response(self.request, files_of_version(version, user=self.user) / path, user=self.user)
