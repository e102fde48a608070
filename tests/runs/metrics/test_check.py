"""Damage of every kind is found, told by its place, and stops nothing."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from runs.metrics.blocks import checksum, drop_blocks
from runs.metrics.check import check_runs
from runs.metrics.seal import seal_run
from runs.models import MetricBlock, MetricBlockData, MetricPoint, MetricSummary
from tests.factories import make_run
from tests.runs.points import log_line, log_points

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr("runs.metrics.blocks.FULL_BLOCK", 64)
    monkeypatch.setattr("runs.metrics.seal.FULL_BLOCKS_AT_ONCE", 100)


@pytest.fixture
def run():
    """Of 'loss' there are blocks 1, 2 and 3 of 64 points each and 8 rows, of 'acc' 10 rows."""
    run = make_run()
    log_line(run, "loss", range(192))
    for step in range(192, 200):
        log_points(run, "loss", [(step, step, 0.5)])
    log_line(run, "acc", [1.0, float("nan"), float("inf"), *range(7)])
    return run


def damages(run) -> list[str]:
    return [str(damage).removeprefix(f"run {run.run_id}, metric ") for damage in check_runs([run.pk])]


def block(number) -> dict:
    return {"number": number, "key__name": "loss"}


def change_data(number, change) -> None:
    """The bytes alone: what they were stored with stays."""
    stored = MetricBlockData.objects.get(**block(number))
    stored.data = change(bytes(stored.data))
    stored.save()


def swap(run) -> None:
    one, other = (MetricBlockData.objects.get(**block(number)) for number in (1, 2))
    one.data, one.checksum, other.data, other.checksum = other.data, other.checksum, one.data, one.checksum
    one.save()
    other.save()


def replace_with_right_checksum(run) -> None:
    """Bytes of another block with a checksum of their own: only the head gives them away."""
    one, other = (MetricBlockData.objects.get(**block(number)) for number in (1, 2))
    one.data = other.data
    one.checksum = checksum(run.pk, one.key_id, 1, 64, bytes(other.data))
    one.save()


def double_a_point(run) -> None:
    row = MetricPoint.objects.filter(key__name="loss").first()
    MetricPoint.objects.create(
        run=run, key_id=row.key_id, step=5, timestamp=run.start_time + 5000, value=5.0, is_nan=False
    )


LOST = "its bytes are damaged or missing"
DAMAGES = {
    "a flipped bit": (lambda run: change_data(2, lambda data: data[:20] + bytes([data[20] ^ 1]) + data[21:]), [LOST]),
    "cut bytes": (lambda run: change_data(2, lambda data: data[:-1]), [LOST]),
    "no bytes": (lambda run: change_data(2, lambda data: b""), [LOST]),
    "missing bytes": (lambda run: MetricBlockData.objects.filter(**block(2)).delete(), [LOST]),
    "a missing head": (lambda run: MetricBlock.objects.filter(**block(2)).delete(), ["its head is missing"]),
    "another count": (lambda run: MetricBlock.objects.filter(**block(2)).update(count=63), [LOST]),
    "another extreme": (
        lambda run: MetricBlock.objects.filter(**block(2)).update(max_value=1e9),
        ["its head is wrong: max_value"],
    ),
}


def test_a_sound_run_has_no_damage(run):
    assert sorted(MetricBlock.objects.values_list("number", "count", "is_sealed")) == [
        (1, 64, True),
        (2, 64, True),
        (3, 64, True),
    ]
    assert damages(run) == []
    seal_run(run.pk)
    assert damages(run) == []


@pytest.mark.parametrize(("damage", "told"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_block_is_told_by_name(run, damage, told):
    damage(run)

    assert damages(run) == [f"'loss', block 2: {what}" for what in told]


def test_swapped_blocks_are_both_told(run):
    swap(run)

    assert damages(run) == [f"'loss', block {number}: {LOST}" for number in (1, 2)]


def test_bytes_of_other_points_are_told_by_the_head(run):
    replace_with_right_checksum(run)

    head, repeated, summary = damages(run)
    assert head.startswith("'loss', block 1: its head is wrong: first_step, ")
    assert repeated == "'loss': 64 points are stored more than once, the first at step 64"
    assert summary.startswith("'loss': its summary is wrong: ")


def test_a_block_that_is_gone_is_told_by_the_summary(run):
    drop_blocks(run.pk, [(MetricBlock.objects.first().key_id, 3)])

    assert damages(run) == ["'loss': its summary is wrong: max_value, max_step, count"]


def test_a_missing_row_is_told_by_the_summary(run):
    MetricPoint.objects.filter(key__name="acc", step=9).delete()

    assert damages(run) == [
        "'acc': its summary is wrong: last_value, last_step, last_timestamp, count",
        "'acc': 9 points are not sealed, and its summary says 10",
    ]


def test_a_point_in_a_row_and_in_a_block_is_told(run):
    double_a_point(run)
    MetricSummary.objects.filter(key__name="loss").update(unsealed_count=F("unsealed_count") + 1)

    assert damages(run) == [
        "'loss': 1 points are stored more than once, the first at step 5",
        "'loss': its summary is wrong: count",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("count", 1), ("nan_count", 2), ("last_value", 7.5), ("min_step", 3), ("max_value", 1.0), ("mean_value", 5.0)],
)
def test_a_wrong_summary_is_told(run, column, value):
    MetricSummary.objects.filter(key__name="loss").update(**{column: value})

    assert damages(run) == [f"'loss': its summary is wrong: {column}"]


def test_a_summary_that_is_gone_is_told(run):
    MetricSummary.objects.filter(key__name="acc").delete()

    assert damages(run) == ["'acc': its summary is missing"]


def test_points_out_of_order_that_overlap_are_no_damage():
    run = make_run()
    for first in (300, 0, 100, 50, 400):
        log_points(run, "loss", [(step, step, 1.0) for step in range(first, first + 150)])
    log_points(run, "loss", [(7, 8, 2.0)])

    assert MetricBlock.objects.count() > 3
    assert damages(run) == []


def test_the_command_goes_on_after_damage_and_fails_at_the_end(run, capsys):
    MetricSummary.objects.filter(run=run, key__name="acc").update(count=1)
    change_data(1, lambda data: b"x")
    sound = make_run(metrics={"loss": 1.0})

    with pytest.raises(CommandError) as failure:
        call_command("check_metrics")

    told = capsys.readouterr()
    assert failure.value.returncode == 1
    assert len(told.out.splitlines()) == 2
    assert f"run {run.run_id}, metric 'loss', block 1: {LOST}" in told.out
    assert "2 of 2 runs checked, 2 damages" in told.err
    call_command("check_metrics", run=sound.run_id)
    with pytest.raises(CommandError):
        call_command("check_metrics", experiment=str(run.experiment_id))


@pytest.mark.parametrize("options", [{"run": "no such run"}, {"experiment": "x"}])
def test_what_does_not_exist_cannot_be_checked(options):
    with pytest.raises(CommandError):
        call_command("check_metrics", **options)


def test_what_is_left_of_ended_runs_is_sealed_by_a_command(run, capsys):
    ended = make_run(status="FINISHED")
    log_line(ended, "loss", range(40))

    call_command("seal_metrics")

    assert MetricBlock.objects.filter(run=ended, is_sealed=True).values_list("count", flat=True).get() == 40
    assert MetricPoint.objects.filter(run=run).exists()
    assert "1 of 1 runs looked at, 1 sealed" in capsys.readouterr().err
