"""benchmarks.fill_points: histories as sealed blocks, and the summaries that go with them."""

import numpy as np
import pytest
from django.core.management import call_command

from benchmarks.fill_points import METRIC, fill_points, seeded_lines
from runs.metrics.blocks import FULL_BLOCK, heads, read_whole_blocks
from runs.metrics.codec import joined
from runs.models import MetricSummary

POINTS = 2 * FULL_BLOCK + 100


@pytest.fixture
def run(lone_database):
    return fill_points("points", 2, POINTS, seed=1).runs.order_by("pk").first()


def test_a_history_is_stored_in_full_blocks(run):
    summary = MetricSummary.objects.get(run=run, key__name=METRIC)
    blocks = heads([run.pk], summary.key_id)

    stored = joined([line for _, line in read_whole_blocks(blocks, summary.key_id)])

    assert blocks["count"].tolist() == [FULL_BLOCK, FULL_BLOCK, 100]
    expected = joined(list(seeded_lines(POINTS, np.random.default_rng((1, run.pk)))))
    assert all(map(np.array_equal, stored, expected))


def test_a_summary_speaks_for_all_points(run):
    line = joined(list(seeded_lines(POINTS, np.random.default_rng((1, run.pk)))))

    summary = MetricSummary.objects.get(run=run, key__name=METRIC)

    assert (summary.count, summary.unsealed_count, summary.next_block) == (POINTS, 0, 3)
    assert (summary.last_step, summary.last_value) == (POINTS - 1, line.values[-1])
    assert (summary.min_value, summary.max_value) == (line.values.min(), line.values.max())
    assert summary.mean_value == pytest.approx(line.values.mean())


def test_the_check_of_a_database_finds_nothing_wrong(run, capsys):
    call_command("check_metrics")

    assert "2 of 2 runs checked, 0 damages" in capsys.readouterr().err
