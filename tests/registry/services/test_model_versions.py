import json

import pytest

from registry.models import EventKind, ModelAlias, ModelEvent, ModelVersion, RegisteredModel
from registry.queries.found_version import model_version_of
from registry.services.aliases import delete_alias, set_alias
from registry.services.model_versions import (
    create_model_version,
    delete_model_version,
    delete_version_tag,
    describe_model_version,
    set_version_tag,
    transition_stage,
)
from registry.services.registered_models import (
    create_registered_model,
    delete_model_tag,
    delete_registered_model,
    describe_registered_model,
    rename_registered_model,
    set_model_tag,
)
from tests.factories import make_logged_model, make_model_version, make_registered_model
from trackui.errors import InvalidParameterValue, ResourceAlreadyExists, ResourceDoesNotExist

pytestmark = pytest.mark.django_db


def kinds(model):
    events = ModelEvent.objects.filter(registered_model=model).order_by("id")
    return [(event.kind, event.version, event.key, event.before, event.after) for event in events]


def test_numbers_go_on_after_a_deletion_and_begin_again_with_a_new_model():
    model = make_registered_model("M")
    assert [make_model_version(model).version for _ in range(3)] == [1, 2, 3]

    delete_model_version("M", 3, user=None)
    assert make_model_version(model).version == 4

    delete_registered_model("M", user=None)
    assert make_model_version(make_registered_model("M")).version == 1


def test_every_change_is_an_event():
    model = make_registered_model("M")
    make_model_version(model)
    set_alias("M", "champion", 1, user=None)
    set_alias("M", "champion", "1", user=None)  # nothing changes
    make_model_version(model)
    set_alias("M", "champion", "2", note="better", user=None)
    transition_stage("M", 1, "production", user=None)
    transition_stage("M", 2, "Production", archive_existing_versions=True, note="go", user=None)
    set_version_tag("M", 2, "k", "v", user=None)
    delete_version_tag("M", 2, "k", user=None)
    set_model_tag("M", "k", "v", user=None)
    delete_model_tag("M", "k", user=None)
    describe_model_version("M", 2, "words", user=None)
    describe_registered_model("M", "words", user=None)
    rename_registered_model("M", "N", user=None)
    delete_model_version("N", 2, user=None)

    assert kinds(model) == [
        (EventKind.MODEL_CREATED, None, "", "", ""),
        (EventKind.VERSION_CREATED, 1, "", "", "None"),
        (EventKind.ALIAS_SET, 1, "champion", "", "1"),
        (EventKind.VERSION_CREATED, 2, "", "", "None"),
        (EventKind.ALIAS_SET, 2, "champion", "1", "2"),
        (EventKind.STAGE_MOVED, 1, "", "None", "Production"),
        (EventKind.STAGE_MOVED, 1, "", "Production", "Archived"),
        (EventKind.STAGE_MOVED, 2, "", "None", "Production"),
        (EventKind.VERSION_TAG_SET, 2, "k", "", "v"),
        (EventKind.VERSION_TAG_DELETED, 2, "k", "v", ""),
        (EventKind.MODEL_TAG_SET, None, "k", "", "v"),
        (EventKind.MODEL_TAG_DELETED, None, "k", "v", ""),
        (EventKind.VERSION_DESCRIBED, 2, "", "", "words"),
        (EventKind.MODEL_DESCRIBED, None, "", "", "words"),
        (EventKind.MODEL_RENAMED, None, "", "M", "N"),
        (EventKind.ALIAS_DELETED, 2, "champion", "2", ""),
        (EventKind.VERSION_DELETED, 2, "", "Production", ""),
    ]
    assert not ModelAlias.objects.exists()
    assert set(ModelVersion.objects.values_list("name", flat=True)) == {"N"}


def test_events_outlive_their_model():
    make_model_version(make_registered_model("M"))
    delete_registered_model("M", user=None)

    events = ModelEvent.objects.filter(name="M").order_by("id")
    assert [event.kind for event in events] == ["model_created", "version_created", "model_deleted"]


@pytest.mark.parametrize("name", ["a/b", "a:b", "prod%2Fm", "a%20b", ".", "..", " ", "", "a\nb", "a\u0085", "x" * 257])
def test_names_that_are_refused(name):
    with pytest.raises(InvalidParameterValue):
        create_registered_model(name, user=None)
    make_registered_model("M")
    with pytest.raises(InvalidParameterValue):
        rename_registered_model("M", name, user=None)


@pytest.mark.parametrize("name", ["My model", "a'\"b", "modèle 模型", "100%", "a?b#c&d", "compare"])
def test_other_names_are_free(name):
    assert make_registered_model(name).name == name
    assert RegisteredModel.objects.get().name == name


def test_a_taken_name_is_refused():
    make_registered_model("M")
    make_registered_model("N")
    make_registered_model("P", tags={"mlflow.prompt.is_prompt": "true"})

    for take in (lambda: make_registered_model("M"), lambda: rename_registered_model("N", "M", user=None)):
        with pytest.raises(ResourceAlreadyExists, match=r"Registered Model \(name=M\) already exists"):
            take()
    with pytest.raises(ResourceAlreadyExists, match="taken by a prompt"):
        make_registered_model("P")


@pytest.mark.parametrize("alias", ["", "latest", "LATEST", "v1", "V12", "a b", "a/b", "a\n", "x" * 256])
def test_aliases_that_are_refused(alias):
    make_model_version(make_registered_model("M"))
    with pytest.raises(InvalidParameterValue):
        set_alias("M", alias, 1, user=None)


@pytest.mark.parametrize("alias", ["champion", "v1a", "a-b_c", "größe", "latest2"])
def test_an_alias_leads_to_its_version(alias):
    model = make_registered_model("M")
    make_model_version(model), make_model_version(model)
    set_alias("M", alias, 1, user=None)

    assert model_version_of(f"models:/M@{alias}", user=None).version == 1
    delete_alias("M", alias, user=None)
    delete_alias("M", alias, user=None)
    with pytest.raises(InvalidParameterValue, match=f"Registered model alias {alias} not found."):
        model_version_of(f"models:/M@{alias}", user=None)


def test_what_an_address_means():
    model = make_registered_model("My model")
    for stage in ("Production", "Production", "None"):
        make_model_version(model, stage=stage)

    assert model_version_of("models:/My model/1", user=None).version == 1
    assert model_version_of("models:/My model/pRODUCTION", user=None).version == 2
    assert model_version_of("models:/My model/latest", user=None).version == 3
    assert model_version_of("models:/My model/None", user=None).version == 3
    for missing in ("models:/My model/4", "models:/My model/Staging", "models:/Other/1", "models:/My model/9999999999"):
        with pytest.raises(ResourceDoesNotExist):
            model_version_of(missing, user=None)
    for wrong in ("models:/My model", "models:/My model/1; touch f", "runs:/1/2", "models:/a/b/c", "models:/", ""):
        with pytest.raises(InvalidParameterValue):
            model_version_of(wrong, user=None)


def test_what_bumps_the_time_of_a_model():
    model = make_registered_model("M")
    make_model_version(model)
    make_model_version(model)

    def is_bumped(change):
        RegisteredModel.objects.update(last_updated_time=0)
        change()
        return RegisteredModel.objects.get().last_updated_time > 0

    assert is_bumped(lambda: make_model_version(model))
    assert is_bumped(lambda: transition_stage("M", 1, "Staging", user=None))
    assert is_bumped(lambda: delete_model_version("M", 3, user=None))
    assert is_bumped(lambda: describe_registered_model("M", "d", user=None))
    assert not is_bumped(lambda: set_alias("M", "a", 1, user=None))
    assert not is_bumped(lambda: set_model_tag("M", "k", "v", user=None))
    assert not is_bumped(lambda: set_version_tag("M", 1, "k", "v", user=None))
    assert not is_bumped(lambda: describe_model_version("M", 1, "d", user=None))
    assert is_bumped(lambda: rename_registered_model("M", "N", user=None))


def test_archiving_is_for_staging_and_production():
    make_model_version(make_registered_model("M"))
    for stage in ("None", "Archived"):
        with pytest.raises(InvalidParameterValue, match="cannot archive existing model versions"):
            transition_stage("M", 1, stage, archive_existing_versions=True, user=None)
    with pytest.raises(InvalidParameterValue, match=r"Invalid Model Version stage: live\. Value must be one of None, "):
        transition_stage("M", 1, "live", user=None)


def test_flags_of_prompts_follow_the_tags():
    model = make_registered_model("M")
    make_model_version(model)
    make_model_version(model, source="dummy-source", tags={"mlflow.prompt.is_prompt": "true"})

    def flags():
        return RegisteredModel.objects.get().is_prompt, *ModelVersion.objects.order_by("version").values_list(
            "is_prompt", flat=True
        )

    assert flags() == (False, False, True)
    set_model_tag("M", "mlflow.prompt.is_prompt", "true", user=None)
    assert flags() == (True, True, True)
    delete_model_tag("M", "mlflow.prompt.is_prompt", user=None)
    assert flags() == (False, False, True)
    delete_version_tag("M", 2, "mlflow.prompt.is_prompt", user=None)
    assert flags() == (False, False, False)


def test_a_logged_model_lists_its_versions():
    logged = make_logged_model()
    version = make_model_version(make_registered_model("M"), logged_model=logged)
    make_model_version(make_registered_model("N"), source=f"models:/{logged.model_id}")

    assert (version.source, version.storage_location) == (f"models:/{logged.model_id}", logged.artifact_uri)
    listed = json.loads(logged.tags.get(key="mlflow.modelVersions").value)
    assert listed == [{"name": "M", "version": "1"}, {"name": "N", "version": "1"}]


def test_limits():
    make_registered_model("M")
    for wrong in (
        {"description": "x" * 5001},
        {"run_link": "x" * 501},
        {"tags": {"k": "x" * 100_001}},
        {"tags": {"../k": "v"}},
        {"tags": {"k" * 251: "v"}},
        {"run_id": "x" * 257},
    ):
        with pytest.raises(InvalidParameterValue):
            create_model_version("M", source="runs:/r/model", **wrong, user=None)
    with pytest.raises(ResourceDoesNotExist, match="Registered Model with name=X not found"):
        create_model_version("X", source="runs:/r/model", user=None)
    assert not ModelVersion.objects.exists()
