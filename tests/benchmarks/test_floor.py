"""benchmarks.floor: requests beside the least they can cost."""

import sys

from benchmarks import floor
from runs.models import MetricSummary, Run


def test_each_workload_has_a_line(transactional_db, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["floor", "--times", "2"])

    floor.main()

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("|")][2:] == ["metric", "batch", "run"]


def test_the_rows_stored_again_are_those_of_the_run(transactional_db):
    run = floor.logged_once(floor.InProcess(), floor.batch)

    floor.store_again(run, 1)()

    again = Run.objects.latest("pk").pk
    assert again != run
    assert summaries(again) == summaries(run)


def summaries(run: int) -> list[tuple]:
    return list(MetricSummary.objects.filter(run=run).values_list("key", "count", "sum", "last_value"))
