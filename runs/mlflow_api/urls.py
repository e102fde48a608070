"""Every MLflow path of experiments and runs in one list, mounted under each prefix clients use."""

from django.urls import path, register_converter
from django.urls.converters import PathConverter

from runs.mlflow_api import (
    artifact_proxy,
    artifacts,
    experiments,
    logged_models,
    metrics,
    run_data,
    runs,
    search_experiments,
    search_logged_models,
    search_runs,
    webhooks,
)


class AnyPathConverter(PathConverter):
    """Whatever is left of the address, line breaks too, so that the check of paths sees and refuses them."""

    regex = "(?s:.*)"


class AnyKeyConverter(PathConverter):
    """The same, but something: a tag's key may hold slashes and line breaks."""

    regex = "(?s:.+)"


register_converter(AnyPathConverter, "anypath")
register_converter(AnyKeyConverter, "anykey")

TRACKING = [
    # First, as they are called most.
    path("runs/log-batch", run_data.LogBatch.as_view()),
    path("runs/log-metric", run_data.LogMetric.as_view()),
    path("experiments/create", experiments.CreateExperiment.as_view()),
    path("experiments/search", search_experiments.SearchExperiments.as_view()),
    path("experiments/get", experiments.GetExperiment.as_view()),
    path("experiments/get-by-name", experiments.GetExperimentByName.as_view()),
    path("experiments/update", experiments.UpdateExperiment.as_view()),
    path("experiments/delete", experiments.DeleteExperiment.as_view()),
    path("experiments/restore", experiments.RestoreExperiment.as_view()),
    path("experiments/set-experiment-tag", experiments.SetExperimentTag.as_view()),
    path("experiments/delete-experiment-tag", experiments.DeleteExperimentTag.as_view()),
    path("runs/create", runs.CreateRun.as_view()),
    path("runs/get", runs.GetRun.as_view()),
    path("runs/update", runs.UpdateRun.as_view()),
    path("runs/delete", runs.DeleteRun.as_view()),
    path("runs/restore", runs.RestoreRun.as_view()),
    path("runs/search", search_runs.SearchRuns.as_view()),
    path("runs/log-parameter", run_data.LogParam.as_view()),
    path("runs/set-tag", run_data.SetTag.as_view()),
    path("runs/delete-tag", run_data.DeleteTag.as_view()),
    path("runs/log-model", run_data.LogModel.as_view()),
    path("runs/log-inputs", run_data.LogInputs.as_view()),
    path("runs/outputs", run_data.LogOutputs.as_view()),
    path("metrics/get-history", metrics.GetHistory.as_view()),
    path("metrics/get-history-bulk-interval", metrics.GetHistoryBulkInterval.as_view()),
    path("logged-models", logged_models.CreateLoggedModel.as_view()),
    path("logged-models/search", search_logged_models.SearchLoggedModels.as_view()),
    path("logged-models/<str:model_id>", logged_models.LoggedModelDetail.as_view()),
    path("logged-models/<str:model_id>/tags", logged_models.LoggedModelTags.as_view()),
    path("logged-models/<str:model_id>/tags/<anykey:key>", logged_models.LoggedModelTagDetail.as_view()),
    path("logged-models/<str:model_id>/params", logged_models.LoggedModelParams.as_view()),
    path("logged-models/<str:model_id>/artifacts/directories", artifacts.ListModelArtifacts.as_view()),
    path("logged-models/<str:model_id>/artifacts/files", artifacts.GetModelArtifact.as_view()),
    path("webhooks", webhooks.Webhooks.as_view()),
    path("webhooks/<str:webhook_id>", webhooks.WebhookDetail.as_view()),
    path("webhooks/<str:webhook_id>/test", webhooks.TryWebhook.as_view()),
    path("artifacts/list", artifacts.ListArtifacts.as_view()),
    path("artifacts/presigned-upload-url", artifacts.PresignedUploadUrl.as_view()),
    path("artifacts/presigned-download-url", artifacts.PresignedDownloadUrl.as_view()),
]

# Served below /ajax-api alone.
AJAX_ONLY = [
    path("experiments/search-datasets", search_experiments.SearchDatasets.as_view()),
    path("metrics/get-history-bulk", metrics.GetHistoryBulk.as_view()),
    path("upload-artifact", artifacts.UploadArtifact.as_view()),
]

# Served without a prefix, and below /ajax-api.
UNVERSIONED = [
    path("get-artifact", artifacts.GetArtifact.as_view()),
]

# The artifact store, below mlflow-artifacts/.
ARTIFACT_STORE = [
    path("artifacts", artifact_proxy.ListStore.as_view()),
    path("artifacts/<anypath:path>", artifact_proxy.StoredFile.as_view()),
    path("presigned/<anypath:path>", artifact_proxy.Presigned.as_view()),
    path("mpu/create/<anypath:directory>", artifact_proxy.CreateUpload.as_view()),
    path("mpu/complete/<anypath:directory>", artifact_proxy.CompleteUpload.as_view()),
    path("mpu/abort/<anypath:directory>", artifact_proxy.AbortUpload.as_view()),
    path("mpu/parts/<str:upload_id>/<int:number>", artifact_proxy.UploadPart.as_view()),
]
