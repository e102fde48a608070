from django.http import QueryDict

from runs.queries import explore
from runs.queries.explore import run_values
from runs.queries.explore_choices import choices
from runs.queries.explore_figures import explored
from runs.queries.explore_kinds import KINDS
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from tests.factories import make_experiment, make_run


def test_runs_read_all_at_once_come_first_rows_first(db, monkeypatch):
    experiment = make_experiment()
    for loss in (3, 1, 2, 5, 4):
        make_run(experiment, params={"lr": f"0.{loss}"}, metrics={"loss": float(loss), "acc": loss / 10})
    query = QueryDict("order=metrics.loss&x=params.lr&y=metrics.acc")
    runs = run_set(experiment.pk, RunTableOptions.from_query(query, []))
    chosen = choices(experiment.pk, KINDS["scatter"], query)
    in_order = explored(runs, chosen)
    monkeypatch.setattr(explore, "FEW_RUNS", 0)

    at_once = explored(runs, chosen)

    assert run_values(runs, chosen).first
    assert list(at_once.table.rows) == list(in_order.table.rows)
    assert at_once.chart.sentences == in_order.chart.sentences
    assert sorted(at_once.chart.x) == sorted(in_order.chart.x)
