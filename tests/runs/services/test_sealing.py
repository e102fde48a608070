"""However a run ends, its points are put away; however many there are, and whatever comes after."""

import pytest

from runs.metrics.points import Columns
from runs.models import MetricBlock, MetricPoint, MetricSummary, Run, RunStatus
from runs.services.edits import edit_run
from runs.services.recording import Recording, record_run
from runs.services.runs import update_run
from runs.services.sealing import seal_rest
from tests.factories import make_run
from tests.runs.points import log_line
from trackui.errors import RequestLimitExceeded

pytestmark = pytest.mark.django_db


def by_update(points: int) -> Run:
    run = make_run()
    log_line(run, "loss", range(points))
    return update_run(run.run_id, status=RunStatus.FAILED, user=None)


def by_edit(points: int) -> Run:
    run = make_run()
    log_line(run, "loss", range(points))
    return edit_run(run.run_id, status=RunStatus.KILLED, tags={}, user=None)


def by_recording(points: int) -> Run:
    line = Columns(list(range(points)), [0] * points, [1.0] * points)
    return record_run(Recording(start_time=0, end_time=1, points={"loss": line}), user=None)


@pytest.mark.parametrize("end", [by_update, by_edit, by_recording])
@pytest.mark.parametrize(("points", "blocks"), [(100, [100]), (9000, [4096, 4096, 808]), (40_000, [4096] * 9 + [3136])])
def test_points_of_a_run_that_ends_are_sealed(end, points, blocks):
    run = end(points)

    assert list(MetricBlock.objects.filter(run=run, is_sealed=True).values_list("count", flat=True)) == blocks
    assert MetricSummary.objects.get(run=run).unsealed_count == 0


def test_a_run_that_only_gets_an_end_time_goes_on():
    run = make_run()
    log_line(run, "loss", range(100))

    update_run(run.run_id, end_time=5, user=None)

    assert not MetricBlock.objects.get().is_sealed


def test_the_run_has_ended_also_when_others_keep_the_database_from_sealing_all(monkeypatch):
    def busy(work):
        raise RequestLimitExceeded("busy")

    monkeypatch.setattr("runs.services.sealing.write_together", busy)
    monkeypatch.setattr("runs.metrics.seal.FULL_BLOCKS_AT_ONCE", 1)
    run = make_run()
    for key in ("a", "b"):
        log_line(run, key, range(3000))

    update_run(run.run_id, status=RunStatus.FINISHED, user=None)

    assert Run.objects.get(pk=run.pk).is_finished
    assert list(MetricBlock.objects.order_by("key").values_list("is_sealed", flat=True)) == [True, False]
    monkeypatch.undo()
    seal_rest(run.pk)
    assert not MetricBlock.objects.filter(is_sealed=False).exists()


def test_few_points_stay_rows():
    by_update(20)

    assert MetricPoint.objects.count() == 20
