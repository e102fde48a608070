import pytest

from registry.models import ModelEvent, RegisteredModelTag
from registry.queries.tag_merging import merge_plan
from registry.services.tag_merging import OWN_TAGS, merge_tags, start_merging
from runs.queries.tag_merging import Conflict
from runs.services.tag_merging import check_keys
from tests.factories import make_model_version, make_registered_model
from trackui.errors import InvalidParameterValue

KEYS = {"old": "Team", "new": "team"}


@pytest.fixture
def models(db):
    """By name: with the old key alone, with both alike, with both that differ, with the new one alone."""
    tags = {
        "alone": {"Team": "a"},
        "both": {"Team": "a", "team": "a"},
        "differs": {"Team": "a", "team": "b"},
        "new": {"team": "c"},
    }
    return {name: make_registered_model(name, tags=each).pk for name, each in tags.items()}


def tags() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, key, value in RegisteredModelTag.objects.values_list("registered_model__name", "key", "value"):
        found.setdefault(name, {})[key] = value
    return found


def test_the_plan_counts_and_names_what_differs(models, django_assert_num_queries):
    with django_assert_num_queries(2):
        plan = merge_plan("models", "Team", "team")

    assert (plan.total, plan.moved, plan.same, plan.differing) == (3, 1, 1, 1)
    assert plan.conflicts == [Conflict("differs", "a", "b")]
    assert merge_plan("models", "none", "team").total == 0


@pytest.mark.parametrize(
    ("conflicts", "differs", "merged"),
    [("keep", {"team": "b"}, 3), ("take", {"team": "a"}, 3), ("leave", {"Team": "a", "team": "b"}, 2)],
)
def test_models_are_merged(models, conflicts, differs, merged):
    for count in (merged, 0):
        assert merge_tags("models", list(models.values()), **KEYS, conflicts=conflicts, user=None) == count

    assert tags() == {"alone": {"team": "a"}, "both": {"team": "a"}, "differs": differs, "new": {"team": "c"}}
    told = ModelEvent.objects.filter(name="alone").order_by("id").values_list("kind", "key", "before", "after")
    assert list(told)[1:] == [("model_tag_set", "team", "", "a"), ("model_tag_deleted", "Team", "a", "")]


def test_versions_are_merged_as_a_job(db, work_jobs, django_user_model):
    ada = django_user_model.objects.create(username="ada")
    version = make_model_version(tags={"Team": "a"})
    plan = merge_plan("versions", "Team", "team")

    job = start_merging("versions", plan.owners, **KEYS, conflicts="keep", token="t", user=ada)
    assert start_merging("versions", plan.owners, **KEYS, conflicts="keep", token="t", user=ada) == job
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.result["text"]) == ("done", "1 version merged.")
    assert dict(version.tags.values_list("key", "value")) == {"team": "a"}
    assert ModelEvent.objects.latest("id").user_id == "ada"


def test_a_conflict_of_versions_is_named(db):
    version = make_model_version(make_registered_model("forest"), tags={"Team": "a" * 300, "team": "b"})

    (conflict,) = merge_plan("versions", "Team", "team").conflicts

    assert (conflict.label, len(conflict.old), conflict.new) == (f"forest version {version.version}", 200, "b")


@pytest.mark.parametrize(
    ("old", "new"), [("a", "a"), ("", "a"), ("a", "../b"), ("a", "mlflow.prompt.is_prompt"), ("\0", "a")]
)
def test_keys_that_cannot_be_merged_are_refused(old, new):
    with pytest.raises(InvalidParameterValue):
        check_keys(old, new, own=OWN_TAGS)
