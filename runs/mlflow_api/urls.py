"""Every MLflow path of experiments and runs in one list, mounted under each prefix clients use."""

from django.urls import path

from runs.mlflow_api import experiments, logged_models, metrics, run_data, runs, search_runs

TRACKING = [
    # First, as they are called most.
    path("runs/log-batch", run_data.LogBatch.as_view()),
    path("runs/log-metric", run_data.LogMetric.as_view()),
    path("experiments/create", experiments.CreateExperiment.as_view()),
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
    path("logged-models/<str:model_id>", logged_models.LoggedModelDetail.as_view()),
    path("logged-models/<str:model_id>/tags", logged_models.LoggedModelTags.as_view()),
    path("logged-models/<str:model_id>/tags/<path:key>", logged_models.LoggedModelTagDetail.as_view()),
    path("logged-models/<str:model_id>/params", logged_models.LoggedModelParams.as_view()),
]

# Served below /ajax-api alone.
AJAX_ONLY = [
    path("metrics/get-history-bulk", metrics.GetHistoryBulk.as_view()),
]
