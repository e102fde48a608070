"""registered-models/alias"""

from registry.addressing import LATEST, alias_not_found, version_not_found
from registry.mlflow_api.payloads import version_payloads
from registry.mlflow_api.registered_models import visible_model
from registry.models import ModelVersion
from registry.services.aliases import delete_alias, set_alias
from trackui.db import fetch_object
from trackui.mlflow_api.body import check_text
from trackui.mlflow_api.fields import Request, missing
from trackui.mlflow_api.views import MlflowView


class RegisteredModelAlias(MlflowView):  # POST, GET, DELETE registered-models/alias
    methods = ("POST", "GET", "DELETE")

    class request_body(Request):
        name: str
        alias: str
        version: object = ""

    def answer(self, data):
        match self.request.method:
            case "POST":
                if data.version == "":
                    raise missing("version")
                set_alias(data.name, data.alias, data.version, user=self.user)
                return {}
            case "DELETE":
                delete_alias(data.name, data.alias, user=self.user)
                return {}
        return {"model_version": version_payloads([aliased_version(data.name, data.alias, user=self.user)])[0]}


def aliased_version(name: str, alias: str, *, user) -> ModelVersion:
    """`latest` is the version with the highest number."""
    model = visible_model(name, user=user)
    if alias.lower() == LATEST:
        found = model.versions.order_by("-version").first()
        if found is None:
            raise version_not_found(name, LATEST)
        return found
    pointed = "SELECT model_version_id FROM registry_modelalias WHERE registered_model_id = %s AND alias = %s"
    found = fetch_object(ModelVersion, f"id = ({pointed})", (model.pk, check_text(alias)))
    if found is None:
        raise alias_not_found(alias)
    return found
