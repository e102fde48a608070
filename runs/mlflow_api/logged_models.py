"""logged-models/*"""

from msgspec import UNSET, UnsetType

from runs.mlflow_api.payloads import logged_model_payload
from runs.models import LoggedModel, LoggedModelStatus
from runs.services.logged_models import (
    create_logged_model,
    delete_logged_model,
    delete_logged_model_tag,
    finalize_logged_model,
    log_logged_model_params,
    model_not_found,
    set_logged_model_tags,
)
from trackui.mlflow_api.fields import KeyValue, Request, missing
from trackui.mlflow_api.views import MlflowView


def whole_model(model_id: str, *, user, deleted_too: bool = False) -> dict:
    """Four statements: the model, its params, tags and metrics."""
    models = LoggedModel.objects.visible_to(user).prefetch_related("params", "tags", "metrics")
    model = (models if deleted_too else models.active()).filter(model_id=model_id).first()
    if model is None:
        raise model_not_found(model_id)
    return {"model": logged_model_payload(model)}


class CreateLoggedModel(MlflowView):  # POST logged-models
    class request_body(Request):
        experiment_id: str
        name: str | UnsetType = UNSET
        model_type: str = ""
        source_run_id: str = ""
        params: list[KeyValue] = []
        tags: list[KeyValue] = []

    def answer(self, data):
        model = create_logged_model(
            data.experiment_id,
            name=None if data.name is UNSET else data.name,
            model_type=data.model_type,
            source_run_id=data.source_run_id,
            params={param.key: param.value for param in data.params},
            tags={tag.key: tag.value for tag in data.tags},
            user=self.user,
        )
        return whole_model(model.model_id, user=self.user)


class LoggedModelDetail(MlflowView):  # GET, PATCH, DELETE logged-models/{model_id}
    methods = ("GET", "PATCH", "DELETE")

    class request_body(Request):
        allow_deleted: bool = False
        status: LoggedModelStatus | UnsetType = UNSET

    def answer(self, data, model_id):
        if self.request.method == "DELETE":
            delete_logged_model(model_id, user=self.user)
            return {}
        if self.request.method == "PATCH":
            finalize_logged_model(model_id, _status(data), user=self.user)
        return whole_model(model_id, user=self.user, deleted_too=data.allow_deleted)


def _status(data) -> LoggedModelStatus:
    if data.status is UNSET:
        raise missing("status")
    return data.status


class LoggedModelTags(MlflowView):  # PATCH logged-models/{model_id}/tags
    methods = ("PATCH",)

    class request_body(Request):
        tags: list[KeyValue] = []

    def answer(self, data, model_id):
        set_logged_model_tags(model_id, {tag.key: tag.value for tag in data.tags}, user=self.user)
        return whole_model(model_id, user=self.user)


class LoggedModelTagDetail(MlflowView):  # DELETE logged-models/{model_id}/tags/{key}
    methods = ("DELETE",)

    def answer(self, data, model_id, key):
        delete_logged_model_tag(model_id, key, user=self.user)
        return {}


class LoggedModelParams(MlflowView):  # POST logged-models/{model_id}/params
    class request_body(Request):
        params: list[KeyValue] = []

    def answer(self, data, model_id):
        log_logged_model_params(model_id, {param.key: param.value for param in data.params}, user=self.user)
        return {}
