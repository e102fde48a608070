import pytest

from registry.models import ModelEvent, ModelVersion
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from registry.services.retention import archive_outlived, start_archiving
from runs.models import AuditEntry, Job
from tests.factories import make_model_version, make_registered_model

BEFORE = 1_000_000


@pytest.fixture
def versions(db):
    """Of `forest`, all but the last of long ago: 1 free, 2 free, 3 with an alias, 4 in production, 5 new."""
    forest = make_registered_model("forest")
    for _ in range(5):
        make_model_version(forest)
    forest.versions.filter(version__lt=5).update(creation_time=BEFORE - 1)
    set_alias("forest", "champion", 3, user=None)
    transition_stage("forest", 4, "Production", user=None)
    prompt = make_registered_model("greeting", tags={"mlflow.prompt.is_prompt": "true"})
    make_model_version(prompt)
    prompt.versions.update(creation_time=1)
    return dict(ModelVersion.objects.values_list("version", "pk").filter(name="forest"))


def archived() -> list[int]:
    return list(ModelVersion.objects.filter(stage="Archived").order_by("version").values_list("version", flat=True))


def test_outlived_are_the_old_ones_that_nothing_points_to(versions):
    found = ModelVersion.objects.outlived(BEFORE)

    assert [(version.name, version.version) for version in found] == [("forest", 1), ("forest", 2)]


def test_only_what_is_outlived_by_then_is_archived(versions):
    assert archive_outlived(list(versions.values()), before=BEFORE, note="Old.", user=None) == 2
    assert archive_outlived(list(versions.values()), before=BEFORE, note="Old.", user=None) == 0

    assert archived() == [1, 2]
    assert ModelEvent.objects.filter(note="Old.", kind="stage_moved", before="None", after="Archived").count() == 2


def test_versions_are_archived_as_a_job_by_whom_it_was_asked(versions, work_jobs, django_user_model):
    ada = django_user_model.objects.create(username="ada")
    pks = [versions[1], versions[3]]

    job = start_archiving(pks, before=BEFORE, days=30, token="t", user=ada)
    assert start_archiving(pks, before=BEFORE, days=30, token="t", user=ada).pk == job.pk
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result["text"]) == ("done", 2, 2, "1 version archived.")
    assert archived() == [1]
    event = ModelEvent.objects.latest("id")
    assert (event.user_id, event.note) == ("ada", "Older than 30 days, without an alias, in no stage.")
    assert AuditEntry.objects.get(action="versions.archive").detail["count"] == 2
    assert Job.objects.count() == 1
