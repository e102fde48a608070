from runs.models.artifact import StoredArtifact
from runs.models.audit import AuditEntry
from runs.models.dataset import Dataset, InputTag, RunInput
from runs.models.experiment import Experiment, ExperimentTag, LifecycleStage
from runs.models.job import Job, JobState
from runs.models.key import ExperimentKey, Key, KeyKind
from runs.models.logged_model import (
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelStatus,
    LoggedModelTag,
    ModelInput,
    ModelOutput,
)
from runs.models.metric import Direction, MetricBlock, MetricBlockData, MetricDirection, MetricPoint, MetricSummary
from runs.models.run import Param, Run, RunStatus, RunTag
from runs.models.saved_view import Page, SavedView
from runs.models.snapshot import Snapshot
from runs.models.webhook import DeliveryState, Webhook, WebhookDelivery, WebhookStatus

__all__ = [
    "AuditEntry",
    "Dataset",
    "DeliveryState",
    "Direction",
    "Experiment",
    "ExperimentKey",
    "ExperimentTag",
    "InputTag",
    "Job",
    "JobState",
    "Key",
    "KeyKind",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelMetric",
    "LoggedModelParam",
    "LoggedModelStatus",
    "LoggedModelTag",
    "MetricBlock",
    "MetricBlockData",
    "MetricDirection",
    "MetricPoint",
    "MetricSummary",
    "ModelInput",
    "ModelOutput",
    "Page",
    "Param",
    "Run",
    "RunInput",
    "RunStatus",
    "RunTag",
    "SavedView",
    "Snapshot",
    "StoredArtifact",
    "Webhook",
    "WebhookDelivery",
    "WebhookStatus",
]
