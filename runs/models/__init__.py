from runs.models.artifact import StoredArtifact
from runs.models.dataset import Dataset, InputTag, RunInput
from runs.models.experiment import Experiment, ExperimentTag, LifecycleStage
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

__all__ = [
    "Dataset",
    "Direction",
    "Experiment",
    "ExperimentKey",
    "ExperimentTag",
    "InputTag",
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
    "Param",
    "Run",
    "RunInput",
    "RunStatus",
    "RunTag",
    "StoredArtifact",
]
