"""A page is the same whichever way it is found, and its statements do not grow with the runs."""

import itertools
import random

import pytest

from runs.models import Run
from runs.search import pages
from runs.search.run_search import Scope, Total, compile_filter, compile_order_by, count_runs, search_run_ids
from tests.runs.search.world import make_experiment, make_run

NAN = float("nan")
FILTERS = [
    "",
    "metrics.loss < 0.5",
    "metrics.loss > 0.1 AND params.model = 'tree'",
    "metrics.loss < 0.05",
    "params.model = 'tree' AND tags.team LIKE '%o%'",
    "params.model != 'tree' AND NOT has(metrics.loss)",
    "params.seed = '7' AND metrics.loss < 2",
    "params.seed >= 30 OR tags.team = 'two'",
    "tags.team = 'nobody'",
    "status = 'FINISHED' AND 'run-1'",
]
ORDERS = [
    [],
    ["metrics.loss"],
    ["metrics.loss DESC", "params.seed"],
    ["params.model DESC"],
    ["params.seed"],
    ["tags.team", "metrics.loss DESC"],
    ["metrics.loss.max"],
    ["run_name DESC"],
]


@pytest.fixture
def experiment(db):
    """Forty runs, each key missing from some, and a few of another experiment beside them."""
    rng = random.Random(7)
    experiment, other = make_experiment(), make_experiment("other")
    for i in range(44):
        make_run(
            experiment if i < 40 else other,
            f"run-{i}",
            start_time=1_000 + i // 3,
            lifecycle_stage="active" if i % 9 else "deleted",
            metrics={"loss": rng.choice([NAN, rng.random(), rng.random(), 0.25])} if rng.random() < 0.8 else {},
            params={"model": rng.choice(["tree", "mlp"]), "seed": str(i)} if rng.random() < 0.9 else {},
            tags={"team": rng.choice(["one", "two", "three"])} if rng.random() < 0.7 else {},
        )
    return experiment


@pytest.mark.parametrize(("trial_runs", "probes_a_sorted_run"), [(500, 3), (5, 3), (5, 0.1), (2, 1_000)])
@pytest.mark.parametrize("natural", [False, True])
def test_every_way_finds_the_same_page(experiment, monkeypatch, trial_runs, probes_a_sorted_run, natural):
    monkeypatch.setattr(pages, "TRIAL_RUNS", trial_runs)
    monkeypatch.setattr(pages, "PROBES_A_SORTED_RUN", probes_a_sorted_run)
    scope = Scope((experiment.pk,))
    runs = Run.objects.active().filter(experiment=experiment)

    for text, order_by in itertools.product(FILTERS, ORDERS):
        condition = compile_filter(text, scope=scope)
        ordering = compile_order_by(order_by, scope=scope, natural=natural)
        expected = [run.pk for run in runs.matching(condition.where).ordered_by(ordering.terms)]

        for limit, offset in ((100, 0), (3, 0), (4, 2), (7, 21), (5, 60)):
            page = search_run_ids(scope.experiments, condition, ordering, limit=limit, offset=offset)
            assert page == expected[offset : offset + limit], (text, order_by, limit, offset)
        assert count_runs(scope.experiments, condition) == Total(len(expected))


@pytest.mark.parametrize(
    ("text", "order_by", "statements"),
    [
        ("", [], 1),
        ("", ["metrics.loss.max"], 2),  # equal ones are sorted apart
        ("", ["run_name"], 1),
        ("metrics.loss < 2", [], 1),
        ("params.seed = '7'", [], 3),
        ("params.seed = '7' AND params.model = 'tree'", ["metrics.loss"], 5),
        ("params.missing = 'x'", [], 0),
        ("params.seed = 'none'", [], 2),
    ],
)
def test_a_page_costs_a_few_statements(experiment, django_assert_num_queries, text, order_by, statements):
    scope = Scope((experiment.pk,))
    condition, ordering = compile_filter(text, scope=scope), compile_order_by(order_by, scope=scope)

    with django_assert_num_queries(statements):
        search_run_ids(scope.experiments, condition, ordering, limit=5)
