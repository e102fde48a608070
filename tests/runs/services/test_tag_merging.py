import pytest

from runs.models import AuditEntry, ExperimentKey, Run
from runs.queries.tag_merging import Conflict, run_merge_plan
from runs.services.tag_merging import OWN_TAGS, check_keys, merge_run_tags, start_run_merging
from tests.factories import make_experiment, make_run
from trackui.errors import InvalidParameterValue

KEYS = {"old": "Team", "new": "team"}


@pytest.fixture
def runs(db):
    """By name: with the old key alone, with both alike, with both that differ, with the new one alone."""
    other = make_experiment("other")
    tags = {
        "alone": {"Team": "a"},
        "both": {"Team": "a", "team": "a"},
        "differs": {"Team": "a", "team": "b"},
        "new": {"team": "c"},
    }
    return {name: make_run(other if name == "new" else None, name=name, tags=each) for name, each in tags.items()}


def tags() -> dict[str, dict[str, str]]:
    found = {}
    for run in Run.objects.all():
        found[run.name] = dict(run.tags.filter(key__name__in=KEYS.values()).values_list("key__name", "value"))
    return found


def counts() -> dict[str, int]:
    """Runs of the default experiment that have each key."""
    found = ExperimentKey.objects.filter(experiment=0, key__name__in=KEYS.values(), run_count__gt=0)
    return dict(found.values_list("key__name", "run_count"))


def test_the_plan_counts_and_names_what_differs(runs):
    plan = run_merge_plan("Team", "team")

    assert (plan.total, plan.moved, plan.same, plan.differing) == (3, 1, 1, 1)
    assert plan.conflicts == [Conflict(runs["differs"].run_id, "a", "b")]
    assert run_merge_plan("none", "team").total == 0
    assert run_merge_plan("Team", "none").moved == 3


@pytest.mark.parametrize(
    ("conflicts", "differs", "merged", "left"),
    [
        ("keep", {"team": "b"}, 3, {"team": 3}),
        ("take", {"team": "a"}, 3, {"team": 3}),
        ("leave", {"Team": "a", "team": "b"}, 2, {"Team": 1, "team": 3}),
    ],
)
def test_runs_are_merged_and_counted(runs, conflicts, differs, merged, left):
    pks = sorted(run.pk for run in runs.values())
    assert counts() == {"Team": 3, "team": 2}

    for expected in (merged, 0):
        assert merge_run_tags(pks, **KEYS, conflicts=conflicts) == expected

    assert tags() == {"alone": {"team": "a"}, "both": {"team": "a"}, "differs": differs, "new": {"team": "c"}}
    assert counts() == left


def test_runs_are_merged_as_a_job(runs, work_jobs):
    plan = run_merge_plan("Team", "team")

    job = start_run_merging(plan.owners, **KEYS, conflicts="keep", token="t", user=None)
    assert start_run_merging(plan.owners, **KEYS, conflicts="keep", token="t", user=None) == job
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.result["text"]) == ("done", "3 runs merged.")
    assert AuditEntry.objects.get(action="tags.merge").detail["count"] == 3


@pytest.mark.parametrize(("old", "new"), [("a", "a"), ("", "a"), ("a", "../b"), ("mlflow.runName", "a"), ("\0", "a")])
def test_keys_that_cannot_be_merged_are_refused(old, new):
    with pytest.raises(InvalidParameterValue):
        check_keys(old, new, own=OWN_TAGS)
