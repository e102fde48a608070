"""What a request that records a run, or appends to one, may hold."""

from rest_framework import serializers

from runs.api.fields import Int64Field, MillisecondsField, RunIdField, StrictTextField, TextMapField
from runs.api.histories import HistoriesField, Point
from runs.api.serializers import MAX_TAGS, PageUrlField, StrictSerializer, tags_with_note
from runs.ingest.batch import Batch
from runs.ingest.limits import MAX_EXPERIMENT_NAME_LENGTH, MAX_PARAM_VAL_LENGTH, MAX_TAG_VAL_LENGTH
from runs.metrics.points import Columns
from runs.models import RunStatus
from runs.models.run import PARENT_RUN_TAG
from runs.services.recording import Recording
from trackui.clock import now_ms

MAX_PARAMS = 1000
MAX_METRICS = 1000
GOING_ON = (RunStatus.RUNNING, RunStatus.SCHEDULED)


class AppendSerializer(StrictSerializer):
    params = TextMapField(what="param", at_most=MAX_PARAMS, length=MAX_PARAM_VAL_LENGTH, required=False)
    metrics = HistoriesField(what="metric", at_most=MAX_METRICS, required=False)
    tags = TextMapField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VAL_LENGTH, required=False)
    step = Int64Field(required=False, help_text="Of the metrics that come as a single value. Default: 0.")
    timestamp = MillisecondsField(required=False, help_text="Of the points that come without one. Default: now.")

    def batch(self) -> Batch:
        data = self.validated_data
        return Batch(
            points=columns(
                data.get("metrics", {}), step=data.get("step", 0), timestamp=data.get("timestamp", now_ms())
            ),
            params=data.get("params", {}),
            tags=data.get("tags", {}),
        )


class RecordSerializer(StrictSerializer):
    experiment_id = StrictTextField(required=False, help_text="Default: `0`, the default experiment.")
    experiment_name = StrictTextField(
        required=False, max_length=MAX_EXPERIMENT_NAME_LENGTH, help_text="Instead of `experiment_id`."
    )
    create_experiment = serializers.BooleanField(
        required=False, help_text="Create the experiment when there is none of that name."
    )
    run_id = RunIdField(
        required=False,
        help_text="An id of your own. Sending the run again is then refused, so a lost answer is no trouble.",
    )
    name = StrictTextField(required=False, max_length=MAX_TAG_VAL_LENGTH, help_text="One is made up when left out.")
    user_id = StrictTextField(required=False, max_length=256)
    status = serializers.ChoiceField(RunStatus.choices, required=False, help_text="Default: `FINISHED`.")
    start_time = MillisecondsField(required=False, help_text="Default: `end_time`, or now.")
    end_time = MillisecondsField(required=False, help_text="Default: now, for a run that has ended.")
    parent_run_id = StrictTextField(required=False, max_length=256, help_text="Nest the run below another one.")
    params = TextMapField(what="param", at_most=MAX_PARAMS, length=MAX_PARAM_VAL_LENGTH, required=False)
    metrics = HistoriesField(what="metric", at_most=MAX_METRICS, required=False)
    tags = TextMapField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VAL_LENGTH, required=False)
    note = StrictTextField(
        required=False, allow_blank=True, max_length=MAX_TAG_VAL_LENGTH, help_text="Markdown, shown on the run's page."
    )

    def validate(self, data: dict) -> dict:
        if "experiment_id" in data and "experiment_name" in data:
            raise serializers.ValidationError("Send 'experiment_id' or 'experiment_name', not both.")
        if data.get("create_experiment") and "experiment_name" not in data:
            raise serializers.ValidationError({"create_experiment": ["It needs 'experiment_name'."]})
        if data.get("status") in GOING_ON and "end_time" in data:
            raise serializers.ValidationError({"end_time": ["A run that goes on has none."]})
        if data.get("end_time", data.get("start_time", 0)) < data.get("start_time", 0):
            raise serializers.ValidationError({"end_time": ["It lies before 'start_time'."]})
        return data

    def recording(self) -> Recording:
        data = dict(self.validated_data)
        now = now_ms()
        data.setdefault("status", RunStatus.FINISHED.value)
        if data["status"] in GOING_ON:
            data["end_time"] = None
        else:
            data.setdefault("end_time", max(now, data.get("start_time", 0)))
        ended = now if data["end_time"] is None else data["end_time"]
        data.setdefault("start_time", ended)
        data["tags"] = tags_with_note(data)
        if parent := data.pop("parent_run_id", ""):
            data["tags"].setdefault(PARENT_RUN_TAG, parent)
        data["points"] = columns(data.pop("metrics", {}), step=0, timestamp=ended)
        return Recording(**data)


def columns(histories: dict[str, list[Point]], *, step: int, timestamp: int) -> dict[str, Columns]:
    """Points as the writer takes them, gaps filled."""
    return {
        key: Columns(
            [step if point.step is None else point.step for point in points],
            [timestamp if point.timestamp is None else point.timestamp for point in points],
            [point.value for point in points],
        )
        for key, points in histories.items()
        if points
    }


class RecordedSerializer(serializers.Serializer):
    """Where the run is now."""

    run_id = serializers.CharField()
    experiment_id = serializers.CharField()
    name = serializers.CharField()
    url = PageUrlField("runs:run_detail", "run_id", help_text="The page of the run.")


class LineOutcomeSerializer(serializers.Serializer):
    line = serializers.IntegerField(help_text="The first line is 1.")
    run_id = serializers.CharField(required=False, help_text="Of a run that was recorded.")
    error_code = serializers.CharField(required=False, help_text="Of a line that was refused.")
    message = serializers.CharField(required=False)


class BulkOutcomeSerializer(serializers.Serializer):
    """Lines in the order they came. `stopped` says from which line on nothing was tried, and why."""

    recorded = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = LineOutcomeSerializer(many=True)
    stopped = LineOutcomeSerializer(allow_null=True)
