"""registered-models/*, but for aliases and searches"""

from registry.addressing import canonical_stage, model_not_found
from registry.mlflow_api.payloads import model_payloads, version_payloads
from registry.models import RegisteredModel
from registry.models.access import readable_models
from registry.queries.latest_versions import latest_versions
from registry.services.registered_models import (
    create_registered_model,
    delete_model_tag,
    delete_registered_model,
    describe_registered_model,
    rename_registered_model,
    set_model_tag,
)
from trackui.db import fetch_object
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import KeyValue, Request
from trackui.mlflow_api.views import MlflowView


def visible_model(name: str, *, user) -> RegisteredModel:
    readable, params = readable_models(user, "id")
    found = fetch_object(RegisteredModel, f"name = %s AND {readable}", (check_text(name), *params))
    if found is None:
        raise model_not_found(name)
    return found


def model_answer(model: RegisteredModel) -> dict:
    return {"registered_model": model_payloads([model])[0]}


class ModelRequest(Request):
    name: str


class CreateRegisteredModel(MlflowView):  # POST registered-models/create
    class request_body(ModelRequest):
        description: str = ""
        tags: list[KeyValue] = []

    def answer(self, data):
        tags = {tag.key: tag.value for tag in data.tags}
        return model_answer(create_registered_model(data.name, description=data.description, tags=tags, user=self.user))


class GetRegisteredModel(MlflowView):  # GET registered-models/get
    methods = ("GET",)
    request_body = ModelRequest

    def answer(self, data):
        return model_answer(visible_model(data.name, user=self.user))


class RenameRegisteredModel(MlflowView):  # POST registered-models/rename
    class request_body(ModelRequest):
        new_name: str

    def answer(self, data):
        return model_answer(rename_registered_model(data.name, data.new_name, user=self.user))


class UpdateRegisteredModel(MlflowView):  # PATCH registered-models/update
    methods = ("PATCH",)

    class request_body(ModelRequest):
        description: str = ""

    def answer(self, data):
        return model_answer(describe_registered_model(data.name, data.description, user=self.user))


class DeleteRegisteredModel(MlflowView):  # DELETE registered-models/delete
    methods = ("DELETE",)
    request_body = ModelRequest

    def answer(self, data):
        delete_registered_model(data.name, user=self.user)
        return {}


class GetLatestVersions(MlflowView):  # POST, GET registered-models/get-latest-versions
    methods = ("POST", "GET")

    class request_body(ModelRequest):
        stages: list[str] = []

    def answer(self, data):
        stages = [canonical_stage(stage) for stage in data.stages]
        model = visible_model(data.name, user=self.user)
        found = latest_versions([model.pk], stages) if stages else latest_versions([model.pk])
        versions = sorted(found.get(model.pk, ()), key=lambda version: version.version)
        return {"model_versions": version_payloads(versions)} if versions else {}


class SetRegisteredModelTag(MlflowView):  # POST registered-models/set-tag
    class request_body(ModelRequest):
        key: str
        value: str = ""

    def answer(self, data):
        set_model_tag(data.name, data.key, data.value, user=self.user)
        return {}


class DeleteRegisteredModelTag(MlflowView):  # DELETE registered-models/delete-tag
    methods = ("DELETE",)

    class request_body(ModelRequest):
        key: str

    def answer(self, data):
        delete_model_tag(data.name, data.key, user=self.user)
        return {}
