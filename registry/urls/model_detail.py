"""The page of a registered model, and what is done to it and to its versions."""

from django.urls import path

import runs.urls.converters  # noqa: F401 - registers the parts of addresses
from registry.views import model_detail, model_edit, model_events, promote, register, version_edit
from trackui.http import leads_to
from trackui.replica import reads_replica as read

HERE = "models/<str:name>"
VERSION = f"{HERE}/versions/<int:version>"

urlpatterns = [
    path("model-create", model_edit.model_create, name="model_create"),
    path("model-versions/register", register.register, name="register"),
    path(f"{HERE}/", read(model_detail.model_detail), name="model_detail"),
    # As people write it by hand.
    path(HERE, leads_to("models:model_detail")),
    path(f"{HERE}/versions.<form:form>", read(model_detail.versions_file), name="versions_file"),
    path(f"{HERE}/history", read(model_events.model_history), name="model_history"),
    path(f"{HERE}/history.<form:form>", read(model_events.model_history_file), name="model_history_file"),
    path(f"{HERE}/edit", model_edit.model_edit, name="model_edit"),
    path(f"{HERE}/rename", model_edit.model_rename, name="model_rename"),
    path(f"{HERE}/delete", model_edit.model_delete, name="model_delete"),
    path(f"{VERSION}/promote", promote.promote, name="promote"),
    path(f"{VERSION}/edit", version_edit.version_edit, name="version_edit"),
    path(f"{VERSION}/delete", version_edit.version_delete, name="version_delete"),
]
