"""What a filter over runs means, on real rows."""

import time

import pytest

from runs.models import Run
from runs.search.run_search import Scope, Total, compile_filter, compile_order_by, count_runs, search_run_ids
from tests.runs.search.world import make_experiment, make_run

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def experiment(db):
    return make_experiment()


def found(experiment, text):
    """Names of the runs, checked to be the same by page, by count and by QuerySet."""
    scope = Scope((experiment.pk,))
    condition = compile_filter(text, scope=scope)
    pks = search_run_ids(scope.experiments, condition, compile_order_by(["run_name"], scope=scope), limit=100)
    names = [Run.objects.get(pk=pk).name for pk in pks]

    assert count_runs(scope.experiments, condition) == Total(len(pks))
    assert {run.name for run in Run.objects.filter(experiment=experiment).matching(condition.where)} == set(names)
    newest = search_run_ids(scope.experiments, condition, compile_order_by([], scope=scope), limit=100)
    assert set(newest) == set(pks)
    return " ".join(names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "a b c d e"),
        ("metrics.loss > 0.5", "c d"),
        ("metric.loss >= 0.5", "b c d"),
        ("metrics.loss = 0.5", "b"),
        ("metrics.loss < 0.5", "a"),
        ("metrics.loss <= 0.5", "a b"),
        ("metrics.loss != 0.5", "a c d nan"),
        ("metrics.`loss` < 1e999", "a b c"),
        ("metrics.loss = 1e999", "d"),
        ("metrics.missing != 1", ""),
        ("metrics.loss > 99999999999999999999", "d"),
    ],
)
def test_metrics_compare_their_last_value(experiment, text, names):
    for name, value in (("a", 0.1), ("b", 0.5), ("c", 0.9), ("d", INF)):
        make_run(experiment, name, metrics={"loss": [7.0, value]})
    make_run(experiment, "e", metrics={"other": 1.0})
    if "nan" in names:
        make_run(experiment, "nan", metrics={"loss": NAN})

    assert found(experiment, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("metrics.loss.min < 0.2", "a"),
        ("metrics.loss.max > 3", "b"),
        ("metrics.loss.first = 2", "b"),
        ("metrics.loss.last = 1", "a"),
        ("metrics.loss.mean = 2.5", "b"),
        ("metrics.loss.count >= 3", "a"),
        ("metrics.loss.step = 1", "b nan"),
        ("metrics.loss.mean != 2.5", "a nan"),
        ("metrics.loss.mean < 100", "a b"),
        ("metrics.`loss.min` < 100", ""),
        ("metrics.unknown.min < 100", ""),
        ("has(metrics.loss.min)", "a b nan"),
    ],
)
def test_metrics_compare_what_is_kept_of_them(experiment, text, names):
    make_run(experiment, "a", metrics={"loss": [3.0, 0.1, 1.0]})
    make_run(experiment, "b", metrics={"loss": [2.0, 3.0 + 1e-9]} if "max" in text else {"loss": [2.0, 3.0]})
    make_run(experiment, "nan", metrics={"loss": [NAN, NAN]})

    assert found(experiment, text) == names


def test_a_logged_key_wins_over_the_aggregate_it_looks_like(experiment):
    make_run(experiment, "a", metrics={"loss": [0.1, 9.0], "loss.min": 5.0})

    assert found(experiment, "metrics.loss.min = 5") == "a"
    assert found(experiment, "metrics.loss.min < 1") == ""
    assert found(experiment, "metrics.loss.max = 9") == "a"


def test_a_key_of_another_experiment_does_not_hide_the_aggregate(experiment):
    make_run(make_experiment("other"), "x", metrics={"loss.min": 5.0})
    make_run(experiment, "a", metrics={"loss": [0.1, 9.0]})

    assert found(experiment, "metrics.loss.min < 1") == "a"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("params.model = 'tree'", "a"),
        ("parameter.model != 'tree'", "b"),
        ("param.model LIKE 'Tr%'", "b"),
        ("params.model LIKE 'tr__'", "a"),
        ("params.model ILIKE 'TR%'", "a b"),
        ("params.model LIKE '%'", "a b"),
        ("params.model LIKE 'tree%x'", ""),
        ("params.model IS NULL", "c d"),
        ("params.model IS NOT NULL", "a b"),
        ("has(params.model)", "a b"),
        ("NOT has(params.model)", "c d"),
        ("params.missing IS NULL", "a b c d"),
        ("params.missing IS NOT NULL", ""),
        ("params.missing = 'x'", ""),
        ("NOT params.missing = 'x'", "a b c d"),
        ("params.lr = '0.001'", "a"),
        ("params.lr = 1e-3", "a b"),
        ("params.lr >= 1e-3", "a b c"),
        ("params.lr != 0.001", "c"),
        ("params.lr < 1", "a b"),
        ("params.lr > 99999999999999999999", ""),
        ("params.lr LIKE '1%'", "b c"),
        ("params.odd = 'it''s'", "d"),
        ("params.odd LIKE '[*]?%'", ""),
        ("params.`weird key/x` = '[*]?_\\'", "c"),
        ("params.`weird key/x` LIKE '[*]?%'", "c"),
        ("params.`weird key/x` LIKE '_*]?_\\'", "c"),
        ("params.accent ILIKE 'ÉTÉ%'", "d"),
        ("params.accent LIKE 'ÉTÉ%'", ""),
        ("params.accent ILIKE 'É_É ____'", "d"),
        ("params.`weird key/x` ILIKE 'É%'", ""),
    ],
)
def test_params(experiment, text, names):
    make_run(experiment, "a", params={"model": "tree", "lr": "0.001"})
    make_run(experiment, "b", params={"model": "Tree", "lr": "1e-3"})
    make_run(experiment, "c", params={"lr": "10", "weird key/x": "[*]?_\\"})
    make_run(experiment, "d", params={"lr": "auto", "odd": "it''s", "accent": "été 2026"})

    assert found(experiment, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tags.team = 'vision'", "a"),
        ("tag.`team` != 'vision'", "b"),
        ("tags.team LIKE '%ision'", "a b"),
        ("tags.team IS NULL", "c"),
        ("tags.long = '{long}'", "a"),
        ("tags.long != '{long}'", "b"),
    ],
)
def test_tags(experiment, text, names):
    long = "x" * 100
    make_run(experiment, "a", tags={"team": "vision", "long": long})
    make_run(experiment, "b", tags={"team": "Vision", "long": f"{long}y"})
    make_run(experiment, "c")

    assert found(experiment, text.format(long=long)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("attributes.status = 'FINISHED'", "a"),
        ("status != 'FINISHED'", "b"),
        ("attr.status LIKE 'R%'", "b"),
        ("run.user_id = 'ann'", "a"),
        ("attribute.run_name = 'a'", "a"),
        ("`run name` ILIKE 'A'", "a"),
        ("\"Run Name\" = 'b'", "b"),
        ("artifact_uri LIKE '%/b'", "b"),
        ("run_id = 'aa'", "a"),
        ("run_id IN ('aa', 'zz')", "a"),
        ("run_id NOT IN ('aa', 'zz')", "b"),
        ("start_time > 1000", "b"),
        ("created = 1000", "a"),
        ("attributes.Created >= 1000.5", "b"),
        ("end_time > 0", "a"),
        ("end_time != 5", "a"),
        ("NOT end_time > 0", "b"),
        ("has(end_time)", "a"),
        ("has(start_time)", "a b"),
        ("duration > 1", "a"),
        ("duration = 2", "a"),
        ("duration > 2s", ""),
        ("duration <= 1h", "a"),
        ("start_time < 99999999999999999999", "a b"),
    ],
)
def test_attributes(experiment, text, names):
    make_run(experiment, "a", run_id="aa", user_id="ann", end_time=3_000, artifact_uri="x/a")
    make_run(experiment, "b", run_id="bb", status="RUNNING", start_time=2_000, artifact_uri="x/b")

    assert found(experiment, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("start_time > 2026-01-16", "noon tomorrow"),
        ("start_time >= 2026-01-16 12:00", "noon tomorrow"),
        ("start_time = 2026-01-16", "midnight noon"),
        ("start_time != 2026-01-16", "tomorrow"),
        ("start_time < 2026-01-16T13:00:00+01:00", "midnight"),
        ("start_time = 2026-01-16T12:00Z", "noon"),
    ],
)
def test_times_compare_with_dates(experiment, text, names):
    midnight = 1_768_521_600_000
    for name, hours in (("midnight", 0), ("noon", 12), ("tomorrow", 24)):
        make_run(experiment, name, start_time=midnight + hours * 3_600_000)

    assert found(experiment, text) == names


def test_times_compare_with_a_time_ago(experiment):
    now = time.time_ns() // 1_000_000
    make_run(experiment, "old", start_time=now - 8 * 86_400_000)
    make_run(experiment, "young", start_time=now - 6 * 86_400_000)

    assert found(experiment, "start_time > -7d") == "young"
    assert found(experiment, "start_time < -1w") == "old"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dataset.name = 'iris'", "a b"),
        ("datasets.name != 'iris'", "b"),
        ("dataset.name = 'iris' AND dataset.digest = 'd2'", "b"),
        ("dataset.context = 'train'", "a"),
        ("dataset.context LIKE 't%'", "a"),
        ("dataset.digest IN ('d1', 'd9')", "a b"),
        ("dataset.digest NOT IN ('d1', 'd9')", "b"),
        ("has(dataset.name)", "a b"),
        ("NOT dataset.name = 'iris'", "c"),
    ],
)
def test_datasets(experiment, text, names):
    make_run(experiment, "a", datasets=[("iris", "d1", "train")])
    make_run(experiment, "b", datasets=[("iris", "d1", None), ("wine", "d2", "eval")])
    make_run(experiment, "c")

    assert found(experiment, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("resnet", "ResNet-50 resnet-18"),
        ("resnet 50", "ResNet-50"),
        ("'resnet' AND '-50'", "ResNet-50"),
        ("RESNET-5", "ResNet-50"),
        ('"100%"', "100%_done"),
        ("'_do'", "100%_done"),
        ("é", "École"),
        ("ÉCOLE", "École"),
        ("resnet OR école", "ResNet-50 resnet-18 École"),
        ("NOT resnet", "100%_done École"),
        ("resnet AND metrics.acc > 0.5", "ResNet-50"),
        ("'*'", ""),
        ("'é*.'", ""),
    ],
)
def test_bare_words_search_names(experiment, text, names):
    make_run(experiment, "ResNet-50", metrics={"acc": 0.9})
    make_run(experiment, "resnet-18", metrics={"acc": 0.1})
    make_run(experiment, "100%_done")
    make_run(experiment, "École")

    assert found(experiment, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("metrics.m > 1 OR params.p = 'x'", "a b"),
        ("metrics.m > 1 OR params.p = 'x' AND tags.t = '1'", "a b"),
        ("(metrics.m > 1 OR params.p = 'x') AND tags.t = '1'", "b"),
        ("NOT (metrics.m > 1 OR params.p = 'x')", "c"),
        ("NOT metrics.m > 1 AND NOT params.p = 'x'", "c"),
        ("metrics.m > 1 tags.t = '1'", ""),
        ("AND", "a b c"),
    ],
)
def test_and_or_not(experiment, text, names):
    make_run(experiment, "a", metrics={"m": 2.0})
    make_run(experiment, "b", params={"p": "x"}, tags={"t": "1"})
    make_run(experiment, "c", tags={"t": "1"})

    assert found(experiment, text) == names


def test_the_stage_and_the_experiments_are_asked_for_apart_from_the_filter(experiment):
    other = make_experiment("other")
    active = make_run(experiment, "a", params={"p": "x"})
    deleted = make_run(experiment, "b", params={"p": "x"}, lifecycle_stage="deleted")
    elsewhere = make_run(other, "c", params={"p": "x"})

    def pks(experiments, *stages):
        scope = Scope(tuple(e.pk for e in experiments))
        condition = compile_filter("params.p = 'x'", scope=scope)
        order = compile_order_by(["run_name"], scope=scope)
        found = search_run_ids(scope.experiments, condition, order, stages=stages, limit=9)
        assert count_runs(scope.experiments, condition, stages=stages) == Total(len(found))
        return found

    assert pks([experiment], "active") == [active.pk]
    assert pks([experiment], "deleted") == [deleted.pk]
    assert pks([experiment], "active", "deleted") == [active.pk, deleted.pk]
    assert pks([experiment, other], "active", "deleted") == [active.pk, deleted.pk, elsewhere.pk]
    assert pks([], "active") == []


def test_keys_cost_one_query_however_many(experiment, django_assert_num_queries):
    with django_assert_num_queries(1):
        compile_filter(" AND ".join(f"params.p{i} = 'x'" for i in range(90)), scope=Scope((experiment.pk,)))
