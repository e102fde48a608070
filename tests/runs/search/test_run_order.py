"""The order of runs: values, then NaN, then none, in both directions; ties newest first, then by run_id."""

import pytest

from runs.models import Run
from runs.search.run_search import Scope, compile_filter, compile_order_by, search_run_ids
from tests.runs.search.world import make_experiment, make_run

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def experiment(db):
    return make_experiment()


def ordered(experiment, *order_by, natural=False):
    """Names of all runs, checked to be the same by page, across experiments and by QuerySet."""
    scope = Scope((experiment.pk,))
    ordering = compile_order_by(order_by, scope=scope, natural=natural)
    every = compile_filter("", scope=scope)
    pks = search_run_ids(scope.experiments, every, ordering, limit=100)
    names = dict(Run.objects.values_list("pk", "name"))

    # Not one experiment, so no index is walked.
    assert search_run_ids((experiment.pk, -1), every, ordering, limit=100) == pks
    assert [run.pk for run in Run.objects.filter(experiment=experiment).ordered_by(ordering.terms)] == pks
    for size in (1, 2, 3):
        pages = [search_run_ids(scope.experiments, every, ordering, limit=size, offset=at) for at in range(0, 12, size)]
        assert [pk for page in pages for pk in page] == pks
    return " ".join(names[pk] for pk in pks)


def test_newest_first_then_by_run_id(experiment):
    make_run(experiment, "b", run_id="b" * 32, start_time=5)
    make_run(experiment, "a", run_id="a" * 32, start_time=5)
    make_run(experiment, "new", start_time=6)

    assert ordered(experiment) == "new a b"
    assert ordered(experiment, "run_id DESC").index("b") < ordered(experiment, "run_id DESC").index("a")


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        (["metrics.loss"], "low high inf nan none1 none2"),
        (["metrics.loss DESC"], "inf high low nan none1 none2"),
        (["metrics.loss.min"], "high low inf nan none1 none2"),
        (["metrics.loss.min DESC"], "inf low high nan none1 none2"),
        (["metrics.loss.first"], "high low nan inf none1 none2"),
        (["metrics.loss.mean DESC"], "inf high low nan none1 none2"),
        (["metrics.loss.count DESC", "run_name"], "high nan inf low none1 none2"),
        (["metrics.loss.step", "run_name DESC"], "low inf nan high none2 none1"),
        (["metrics.unknown"], "high low inf nan none1 none2"),
        (["metrics.`loss.min`"], "high low inf nan none1 none2"),
    ],
)
def test_by_metric(experiment, order_by, names):
    make_run(experiment, "high", metrics={"loss": [0.1, 3.0]}, start_time=6)
    make_run(experiment, "low", metrics={"loss": 0.5}, start_time=5)
    make_run(experiment, "inf", metrics={"loss": INF}, start_time=4)
    make_run(
        experiment, "nan", metrics={"loss": [NAN, NAN] if "first" not in order_by[0] else [0.6, NAN]}, start_time=3
    )
    make_run(experiment, "none1", start_time=2)
    make_run(experiment, "none2", metrics={"other": 1.0}, start_time=1)

    assert ordered(experiment, *order_by) == names


@pytest.mark.parametrize(
    ("order_by", "natural", "names"),
    [
        (["params.lr"], False, "ten ten2 two auto none"),
        (["params.lr DESC"], False, "auto two ten ten2 none"),
        (["params.lr"], True, "two ten ten2 auto none"),
        (["params.lr DESC"], True, "ten ten2 two auto none"),
        (["params.lr", "run_name DESC"], True, "two ten2 ten auto none"),
        (["params.unknown DESC"], True, "ten ten2 two auto none"),
        (["tags.t"], False, "two ten2 auto ten none"),
        (["tags.t DESC", "params.lr"], False, "ten auto ten2 two none"),
    ],
)
def test_by_param_and_tag(experiment, order_by, natural, names):
    long = "x" * 150
    make_run(experiment, "ten", params={"lr": "10"}, tags={"t": "é"}, start_time=5)
    make_run(experiment, "ten2", params={"lr": "10"}, tags={"t": f"{long}a"}, start_time=4)
    make_run(experiment, "two", params={"lr": "2"}, tags={"t": "Z"}, start_time=3)
    make_run(experiment, "auto", params={"lr": "auto"}, tags={"t": f"{long}b"}, start_time=2)
    make_run(experiment, "none", start_time=1)

    assert ordered(experiment, *order_by, natural=natural) == names


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        (["run_name"], "B a c"),
        (["attributes.run_name desc"], "c a B"),
        (["start_time"], "c a B"),
        (["created DESC"], "B a c"),
        (["end_time"], "a c B"),
        (["end_time DESC"], "c a B"),
        (["duration"], "a c B"),
        (["duration DESC"], "c a B"),
        (["status", "run_name"], "a c B"),
        (["user_id DESC"], "a B c"),
        (["artifact_uri DESC"], "c B a"),
        (["status", "start_time"], "c a B"),
    ],
)
def test_by_attribute(experiment, order_by, names):
    make_run(experiment, "B", start_time=3_000, status="RUNNING", user_id="b", artifact_uri="x/2")
    make_run(experiment, "a", start_time=2_000, end_time=2_500, user_id="z", artifact_uri="x/1")
    make_run(experiment, "c", start_time=1_000, end_time=9_000, artifact_uri="x/3")

    assert ordered(experiment, *order_by) == names
