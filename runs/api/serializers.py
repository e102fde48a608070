"""What the native API shows of experiments and runs, and what it takes to change them."""

import difflib

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from runs.api.fields import (
    NUMBER_SCHEMA,
    DoubleField,
    MillisecondsField,
    StrictTextField,
    TagChangesField,
    TextMapField,
    json_number,
)
from runs.ingest.limits import (
    MAX_EXPERIMENT_NAME_LENGTH,
    MAX_EXPERIMENT_TAG_VAL_LENGTH,
    MAX_TAG_VAL_LENGTH,
)
from runs.models import LifecycleStage, RunStatus
from runs.models.experiment import NOTE_TAG
from runs.queries.run_summaries import MetricNumbers
from trackui.errors import InvalidParameterValue

MAX_TAGS = 1000
MILLISECONDS = "Milliseconds since 1970."
TEXT_MAP_SCHEMA = {"type": "object", "additionalProperties": {"type": "string"}}


@extend_schema_field(TEXT_MAP_SCHEMA)
class StoredTextsField(serializers.Field):
    """Names and their texts, as stored."""

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


@extend_schema_field({"type": "string", "format": "uri"})
class PageUrlField(serializers.Field):
    """The address of the page that shows the object."""

    def __init__(self, page: str, id_source: str, **options) -> None:
        super().__init__(source=id_source, read_only=True, **options)
        self.page = page

    def to_representation(self, value: object) -> str:
        return self.context["request"].build_absolute_uri(reverse(self.page, args=[value]))


class StrictSerializer(serializers.Serializer):
    """Refuses fields nobody reads: what is misspelt would be lost without a word."""

    def to_internal_value(self, data):
        faults = {name: [self.unknown(name)] for name in data if name not in self.fields}
        if faults:
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data)

    def unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.fields, n=1)
        return f"Unknown field. Did you mean '{near[0]}'?" if near else "Unknown field."


# --- Experiments -------------------------------------------------------------------------------


class ExperimentSerializer(serializers.Serializer):
    """Of an ExperimentSummary."""

    experiment_id = serializers.CharField(
        source="experiment.experiment_id", help_text="A decimal number; `0` is the default experiment."
    )
    name = serializers.CharField(source="experiment.name")
    note = serializers.CharField(help_text="Markdown; the tag `mlflow.note.content`.")
    lifecycle_stage = serializers.ChoiceField(LifecycleStage.choices, source="experiment.lifecycle_stage")
    artifact_location = serializers.CharField(source="experiment.artifact_location")
    creation_time = serializers.IntegerField(source="experiment.creation_time", help_text=MILLISECONDS)
    last_update_time = serializers.IntegerField(source="experiment.last_update_time", help_text=MILLISECONDS)
    tags = StoredTextsField()
    url = PageUrlField("runs:run_list", "experiment.experiment_id", help_text="The page of the experiment.")


class NewExperimentSerializer(StrictSerializer):
    name = StrictTextField(max_length=MAX_EXPERIMENT_NAME_LENGTH, help_text="Unique, also among deleted ones.")
    note = StrictTextField(
        required=False, allow_blank=True, max_length=MAX_EXPERIMENT_TAG_VAL_LENGTH, help_text="Markdown."
    )
    tags = TextMapField(what="tag", at_most=MAX_TAGS, length=MAX_EXPERIMENT_TAG_VAL_LENGTH, required=False)
    artifact_location = StrictTextField(
        required=False, max_length=2048, help_text="Where its artifacts go; below the server's own place when left out."
    )


class ExperimentChangesSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    name = StrictTextField(required=False, max_length=MAX_EXPERIMENT_NAME_LENGTH)
    note = StrictTextField(
        required=False, allow_blank=True, max_length=MAX_EXPERIMENT_TAG_VAL_LENGTH, help_text="Markdown."
    )
    tags = TagChangesField(what="tag", at_most=MAX_TAGS, length=MAX_EXPERIMENT_TAG_VAL_LENGTH, required=False)


# --- Runs --------------------------------------------------------------------------------------

METRIC_SCHEMA = {
    "type": "object",
    "description": "A metric of a run in a few numbers, all taken from its whole history.",
    "properties": {
        "last": {**NUMBER_SCHEMA, "description": "The value at the greatest step."},
        "step": {"type": "integer", "format": "int64", "description": "The greatest step."},
        "timestamp": {"type": "integer", "format": "int64", "description": "Of the last value; milliseconds."},
        "first": NUMBER_SCHEMA,
        "min": {**NUMBER_SCHEMA, "nullable": True, "description": "null when every value is NaN."},
        "min_step": {"type": "integer", "format": "int64", "nullable": True},
        "max": {**NUMBER_SCHEMA, "nullable": True},
        "max_step": {"type": "integer", "format": "int64", "nullable": True},
        "mean": {**NUMBER_SCHEMA, "nullable": True},
        "count": {"type": "integer", "format": "int64", "description": "Points logged, NaN among them."},
        "nan_count": {"type": "integer", "format": "int64"},
    },
}


@extend_schema_field({"type": "object", "additionalProperties": METRIC_SCHEMA})
class MetricSummariesField(serializers.Field):
    def to_representation(self, value: dict[str, MetricNumbers]) -> dict[str, dict]:
        return {
            name: dict(zip(MetricNumbers._fields, map(json_number, numbers), strict=True))
            for name, numbers in value.items()
        }


class RunSerializer(serializers.Serializer):
    """Of a RunSummary."""

    run_id = serializers.CharField(source="run.run_id", help_text="32 hexadecimal digits.")
    experiment_id = serializers.CharField(source="run.experiment_id")
    experiment_name = serializers.CharField(source="run.experiment.name")
    name = serializers.CharField(source="run.name")
    status = serializers.ChoiceField(RunStatus.choices, source="run.status")
    user_id = serializers.CharField(source="run.user_id")
    start_time = serializers.IntegerField(source="run.start_time", help_text=MILLISECONDS)
    end_time = serializers.IntegerField(source="run.end_time", allow_null=True, help_text="null while it runs.")
    duration = serializers.IntegerField(source="run.duration", allow_null=True, help_text="Milliseconds.")
    lifecycle_stage = serializers.ChoiceField(LifecycleStage.choices, source="run.lifecycle_stage")
    artifact_uri = serializers.CharField(source="run.artifact_uri")
    note = serializers.CharField(help_text="Markdown; the tag `mlflow.note.content`.")
    params = StoredTextsField()
    metrics = MetricSummariesField()
    tags = StoredTextsField()
    url = PageUrlField("runs:run_detail", "run.run_id", help_text="The page of the run.")


class RunChangesSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    name = StrictTextField(required=False, max_length=MAX_TAG_VAL_LENGTH)
    status = serializers.ChoiceField(RunStatus.choices, required=False)
    end_time = MillisecondsField(required=False)
    note = StrictTextField(required=False, allow_blank=True, max_length=MAX_TAG_VAL_LENGTH, help_text="Markdown.")
    tags = TagChangesField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VAL_LENGTH, required=False)


class PointSerializer(serializers.Serializer):
    """Of a StepPoint."""

    step = serializers.IntegerField()
    timestamp = serializers.IntegerField(help_text=MILLISECONDS)
    value = DoubleField(source="double")


def tags_with_note(changes: dict) -> dict:
    """Takes tags and note out of the changes: the note is one of the tags."""
    tags = dict(changes.pop("tags", {}))
    note = changes.pop("note", None)
    if note is not None and tags.setdefault(NOTE_TAG, note) != note:
        raise InvalidParameterValue(f"'note' and the tag '{NOTE_TAG}' are one: send one of them.")
    return tags


# --- Errors ------------------------------------------------------------------------------------


class ErrorSerializer(serializers.Serializer):
    """Every answer that is not a success."""

    error_code = serializers.CharField(help_text="As in MLflow: `INVALID_PARAMETER_VALUE`, …")
    message = serializers.CharField()
    detail = serializers.JSONField(help_text="The faults by field, or the place of a fault in `q` or `order_by`.")
