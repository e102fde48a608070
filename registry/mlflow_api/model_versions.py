"""model-versions/*, but for searches and files"""

from registry.addressing import version_not_found, version_number
from registry.mlflow_api.payloads import version_payloads
from registry.models import ModelVersion
from registry.models.access import readable_models
from registry.services.model_versions import (
    create_model_version,
    delete_model_version,
    delete_version_tag,
    describe_model_version,
    set_version_tag,
    transition_stage,
)
from trackui.db import fetch_object
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import KeyValue, Request
from trackui.mlflow_api.views import MlflowView


def visible_version(name: str, version: object, *, user) -> ModelVersion:
    number = version_number(version)
    readable, params = readable_models(user, "id")
    named = f"registered_model_id = (SELECT id FROM registry_registeredmodel WHERE name = %s AND {readable})"
    found = fetch_object(ModelVersion, f"{named} AND version = %s", (check_text(name), *params, number))
    if found is None:
        raise version_not_found(name, version)
    return found


def version_answer(version: ModelVersion) -> dict:
    return {"model_version": version_payloads([version])[0]}


class VersionRequest(Request):
    """The version travels as text, and may be a number."""

    name: str
    version: object


class CreateModelVersion(MlflowView):  # POST model-versions/create
    class request_body(Request):
        name: str
        source: str
        run_id: str = ""
        model_id: str = ""
        run_link: str = ""
        description: str = ""
        tags: list[KeyValue] = []

    def answer(self, data):
        version = create_model_version(
            data.name,
            source=data.source,
            run_id=data.run_id,
            model_id=data.model_id,
            run_link=data.run_link,
            description=data.description,
            tags={tag.key: tag.value for tag in data.tags},
            user=self.user,
        )
        return version_answer(version)


class GetModelVersion(MlflowView):  # GET model-versions/get
    methods = ("GET",)
    request_body = VersionRequest

    def answer(self, data):
        return version_answer(visible_version(data.name, data.version, user=self.user))


class UpdateModelVersion(MlflowView):  # PATCH model-versions/update
    methods = ("PATCH",)

    class request_body(VersionRequest):
        description: str = ""

    def answer(self, data):
        return version_answer(describe_model_version(data.name, data.version, data.description, user=self.user))


class TransitionModelVersionStage(MlflowView):  # POST model-versions/transition-stage
    class request_body(VersionRequest):
        stage: str
        archive_existing_versions: bool = False

    def answer(self, data):
        version = transition_stage(
            data.name,
            data.version,
            data.stage,
            archive_existing_versions=data.archive_existing_versions,
            user=self.user,
        )
        return version_answer(version)


class DeleteModelVersion(MlflowView):  # DELETE model-versions/delete
    methods = ("DELETE",)
    request_body = VersionRequest

    def answer(self, data):
        delete_model_version(data.name, data.version, user=self.user)
        return {}


class GetDownloadUri(MlflowView):  # GET model-versions/get-download-uri
    methods = ("GET",)
    request_body = VersionRequest

    def answer(self, data):
        """As it was said, but of a model the place: of a run's address, clients look below the run alone."""
        version = visible_version(data.name, data.version, user=self.user)
        is_of_model = version.source.startswith("models:") or version.model_id
        return {"artifact_uri": version.storage_location if is_of_model else version.source}


class SetModelVersionTag(MlflowView):  # POST model-versions/set-tag
    class request_body(VersionRequest):
        key: str
        value: str = ""

    def answer(self, data):
        set_version_tag(data.name, data.version, data.key, data.value, user=self.user)
        return {}


class DeleteModelVersionTag(MlflowView):  # DELETE model-versions/delete-tag
    methods = ("DELETE",)

    class request_body(VersionRequest):
        key: str

    def answer(self, data):
        delete_version_tag(data.name, data.version, data.key, user=self.user)
        return {}
