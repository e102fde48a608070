"""A job that is begun again goes on where it was, and does nothing twice."""

import pytest

from registry.models import ModelEvent, ModelVersion
from registry.services.retention import start_archiving
from registry.services.tag_merging import start_merging
from runs.models import Job
from tests.factories import make_model_version, make_registered_model


@pytest.fixture
def pks(db):
    """Four old versions, tagged."""
    forest = make_registered_model("forest")
    for _ in range(4):
        make_model_version(forest, tags={"Team": "a"})
    forest.versions.update(creation_time=0)
    return list(forest.versions.order_by("pk").values_list("pk", flat=True))


def test_archiving_goes_on_where_it_was(pks, work_jobs):
    job = start_archiving(pks, before=1000, days=1, token="t", user=None)
    Job.objects.update(done=2)
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.result["text"]) == ("done", "All are archived.")
    assert set(ModelVersion.objects.filter(stage="Archived").values_list("version", flat=True)) == {3, 4}


def test_merging_passes_over_what_was_done(pks, work_jobs):
    start_merging("versions", pks, old="Team", new="team", conflicts="keep", token="a", user=None)
    work_jobs()
    before = ModelEvent.objects.count()

    job = start_merging("versions", pks, old="Team", new="team", conflicts="keep", token="b", user=None)
    work_jobs()

    job.refresh_from_db()
    assert (job.state, job.result["text"]) == ("done", "0 versions merged.")
    assert ModelEvent.objects.count() == before
