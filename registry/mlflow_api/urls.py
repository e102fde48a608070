"""Every MLflow path of the registry in one list, mounted beside those of runs."""

from django.urls import path

from registry.mlflow_api import aliases, model_versions, registered_models, searches, version_artifacts

REGISTRY = [
    path("registered-models/create", registered_models.CreateRegisteredModel.as_view()),
    path("registered-models/get", registered_models.GetRegisteredModel.as_view()),
    path("registered-models/search", searches.SearchRegisteredModels.as_view()),
    path("registered-models/rename", registered_models.RenameRegisteredModel.as_view()),
    path("registered-models/update", registered_models.UpdateRegisteredModel.as_view()),
    path("registered-models/delete", registered_models.DeleteRegisteredModel.as_view()),
    path("registered-models/get-latest-versions", registered_models.GetLatestVersions.as_view()),
    path("registered-models/set-tag", registered_models.SetRegisteredModelTag.as_view()),
    path("registered-models/delete-tag", registered_models.DeleteRegisteredModelTag.as_view()),
    path("registered-models/alias", aliases.RegisteredModelAlias.as_view()),
    path("model-versions/create", model_versions.CreateModelVersion.as_view()),
    path("model-versions/get", model_versions.GetModelVersion.as_view()),
    path("model-versions/search", searches.SearchModelVersions.as_view()),
    path("model-versions/update", model_versions.UpdateModelVersion.as_view()),
    path("model-versions/transition-stage", model_versions.TransitionModelVersionStage.as_view()),
    path("model-versions/delete", model_versions.DeleteModelVersion.as_view()),
    path("model-versions/get-download-uri", model_versions.GetDownloadUri.as_view()),
    path("model-versions/set-tag", model_versions.SetModelVersionTag.as_view()),
    path("model-versions/delete-tag", model_versions.DeleteModelVersionTag.as_view()),
]

# Served without a prefix, and below /ajax-api.
UNVERSIONED = [
    path("model-versions/get-artifact", version_artifacts.GetModelVersionArtifact.as_view()),
]
