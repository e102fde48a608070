"""What the native API shows of models, versions and their events, and what it takes to change them."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.models import EventKind, Stage, VersionStatus
from registry.services.names import (
    MAX_ALIAS_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_MODEL_NAME_LENGTH,
    MAX_RUN_LINK_LENGTH,
    MAX_TAG_VALUE_LENGTH,
)
from runs.api.fields import StrictTextField, TagChangesField, TextMapField
from runs.api.serializers import MILLISECONDS, PageUrlField, StoredTextsField, StrictSerializer

MAX_TAGS = 100
MAX_ALIASES = 20
LONGEST_SOURCE = 2048
LONGEST_ID = 256
NUMBERS = {"type": "object", "additionalProperties": {"type": "integer"}}


@extend_schema_field(NUMBERS)
class NumbersField(serializers.Field):
    """Names and the numbers of versions."""

    def to_representation(self, value: dict[str, int]) -> dict[str, int]:
        return value


@extend_schema_field({"type": "string", "format": "uri"})
class VersionPageField(serializers.Field):
    """The address of the page of a version, taken from an object with its `name` and `version`."""

    def to_representation(self, value) -> str:
        address = reverse("models:version_detail", args=[value.name, value.version])
        return self.context["request"].build_absolute_uri(address)


class DescriptionField(StrictTextField):
    def __init__(self, **options) -> None:
        super().__init__(
            required=False, allow_blank=True, max_length=MAX_DESCRIPTION_LENGTH, help_text="Markdown.", **options
        )


# --- Models ------------------------------------------------------------------------------------


class RegisteredModelSerializer(serializers.Serializer):
    """Of a ModelRecord."""

    name = serializers.CharField(source="model.name")
    description = serializers.CharField(source="model.description", help_text="Markdown.")
    user_id = serializers.CharField(source="model.user_id", help_text="Who made it; blank where nobody logs in.")
    creation_time = serializers.IntegerField(source="model.creation_time", help_text=MILLISECONDS)
    last_updated_time = serializers.IntegerField(source="model.last_updated_time", help_text=MILLISECONDS)
    version_count = serializers.IntegerField()
    latest_versions = NumbersField(help_text="Of each stage that has one, the highest number of a version.")
    aliases = NumbersField(help_text="And the versions they point to.")
    tags = StoredTextsField()
    is_prompt = serializers.BooleanField(source="model.is_prompt")
    url = PageUrlField("models:model_detail", "model.name", help_text="The page of the model.")


class NewRegisteredModelSerializer(StrictSerializer):
    name = StrictTextField(max_length=MAX_MODEL_NAME_LENGTH, help_text="Unique; without '/' and ':'.")
    description = DescriptionField()
    tags = TextMapField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VALUE_LENGTH, required=False)


class RegisteredModelChangesSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    name = StrictTextField(required=False, max_length=MAX_MODEL_NAME_LENGTH, help_text="Renames it.")
    description = DescriptionField()
    tags = TagChangesField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VALUE_LENGTH, required=False)


# --- Versions ----------------------------------------------------------------------------------


class ModelVersionSerializer(serializers.Serializer):
    """Of a VersionRecord."""

    name = serializers.CharField(source="version.name", help_text="Of the model.")
    version = serializers.IntegerField(source="version.version")
    uri = serializers.CharField(source="version.uri", help_text="What clients load it by.")
    stage = serializers.ChoiceField(Stage.choices, source="version.stage")
    aliases = serializers.ListField(child=serializers.CharField(), help_text="Those that point to it.")
    status = serializers.ChoiceField(VersionStatus.choices, source="version.status")
    status_message = serializers.CharField(source="version.status_message")
    description = serializers.CharField(source="version.description", help_text="Markdown.")
    user_id = serializers.CharField(source="version.user_id")
    source = serializers.CharField(source="version.source", help_text="As it was registered.")
    artifact_uri = serializers.CharField(source="version.storage_location", help_text="Where its files are.")
    run_id = serializers.CharField(source="version.run_id", help_text="The run that made it; blank for none.")
    run_link = serializers.CharField(source="version.run_link")
    model_id = serializers.CharField(source="version.model_id", help_text="The logged model; blank for none.")
    creation_time = serializers.IntegerField(source="version.creation_time", help_text=MILLISECONDS)
    last_updated_time = serializers.IntegerField(source="version.last_updated_time", help_text=MILLISECONDS)
    tags = StoredTextsField()
    url = VersionPageField(source="version", help_text="The page of the version.")


class NewModelVersionSerializer(StrictSerializer):
    source = StrictTextField(
        max_length=LONGEST_SOURCE,
        help_text="Where the model is: `runs:/<run_id>/<path>`, `models:/<model_id>`, `models:/<name>/<version>` to "
        "copy one, or its place among the artifacts of a run.",
    )
    run_id = StrictTextField(required=False, max_length=LONGEST_ID, help_text="Default: what the source says.")
    model_id = StrictTextField(required=False, max_length=LONGEST_ID, help_text="Default: what the source says.")
    run_link = StrictTextField(required=False, allow_blank=True, max_length=MAX_RUN_LINK_LENGTH)
    description = DescriptionField()
    tags = TextMapField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VALUE_LENGTH, required=False)


class ModelVersionChangesSerializer(serializers.Serializer):
    """What is left out stays as it is. Stages and aliases have addresses of their own."""

    description = DescriptionField()
    tags = TagChangesField(what="tag", at_most=MAX_TAGS, length=MAX_TAG_VALUE_LENGTH, required=False)


class NoteField(StrictTextField):
    def __init__(self, **options) -> None:
        super().__init__(
            required=False,
            allow_blank=True,
            max_length=MAX_DESCRIPTION_LENGTH,
            help_text="Why; it stands in the history.",
            **options,
        )


class PromotionSerializer(StrictSerializer):
    """A stage, aliases, or both."""

    stage = serializers.ChoiceField(Stage.choices, required=False)
    archive_existing_versions = serializers.BooleanField(
        required=False, help_text="Move the others that are in this stage to Archived; for Staging and Production."
    )
    aliases = serializers.ListField(
        child=StrictTextField(max_length=MAX_ALIAS_LENGTH),
        required=False,
        max_length=MAX_ALIASES,
        help_text="They point to this version from then on; others that it has stay.",
    )
    removed_aliases = serializers.ListField(
        child=StrictTextField(max_length=MAX_ALIAS_LENGTH),
        required=False,
        max_length=MAX_ALIASES,
        help_text="They are no more, whichever version they pointed to.",
    )
    note = NoteField()


class AliasSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="Of the model.")
    alias = serializers.CharField()
    version = serializers.IntegerField()


class AliasTargetSerializer(StrictSerializer):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    note = NoteField()


# --- History -----------------------------------------------------------------------------------


class ModelEventSerializer(serializers.Serializer):
    """Of a ModelEvent."""

    time = serializers.IntegerField(help_text=MILLISECONDS)
    user_id = serializers.CharField(help_text="Blank where nobody logs in.")
    kind = serializers.ChoiceField(EventKind.choices)
    name = serializers.CharField(help_text="What the model was called then.")
    version = serializers.IntegerField(allow_null=True)
    key = serializers.CharField(help_text="Of a tag or an alias.")
    before = serializers.CharField(help_text="A stage, the number of a version, a name, a text; blank for none.")
    after = serializers.CharField()
    note = serializers.CharField()


class ModelThenSerializer(serializers.Serializer):
    """A model at the moment of `as_of`."""

    name = serializers.CharField(help_text="What it was called then.")
    as_of = serializers.IntegerField(help_text=MILLISECONDS)
    version_count = serializers.IntegerField()
    latest_versions = NumbersField(help_text="Of each stage that had one, the highest number of a version.")
    aliases = NumbersField(help_text="And the versions they pointed to.")


class VersionThenSerializer(serializers.Serializer):
    """A version at the moment of `as_of`."""

    name = serializers.CharField(help_text="What its model was called then.")
    version = serializers.IntegerField()
    as_of = serializers.IntegerField(help_text=MILLISECONDS)
    stage = serializers.ChoiceField(Stage.choices)
    aliases = serializers.ListField(child=serializers.CharField())
