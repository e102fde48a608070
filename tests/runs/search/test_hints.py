import pytest

from runs.models import ExperimentKey, KeyKind
from runs.search.hints import key_hints
from runs.search.run_search import Scope, compile_filter
from tests.runs.search.world import key, make_experiment

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope():
    experiment = make_experiment()
    for kind, name in [(KeyKind.METRIC, "val/loss"), (KeyKind.METRIC, "acc"), (KeyKind.PARAM, "optimizer")]:
        ExperimentKey.objects.create(experiment=experiment, kind=kind, key=key(name), run_count=1)
    return Scope((experiment.pk,))


def hints(text, scope):
    return [
        (text[hint.start : hint.end], hint.suggestion)
        for hint in key_hints(compile_filter(text, scope=scope), scope=scope)
    ]


def test_known_keys_need_no_hint(scope):
    assert hints("metrics.acc > 1 AND metrics.acc.min > 0 AND params.optimizer = 'x' OR acc", scope) == []


def test_an_unknown_key_gets_the_nearest_of_its_kind(scope):
    text = "metrics.`val_loss` < 1 OR params.optimiser = 'adam' AND tags.nothing = 'x' AND params.acc = 'x'"

    assert hints(text, scope) == [
        ("metrics.`val_loss`", "metrics.`val/loss`"),
        ("params.optimiser", "params.optimizer"),
        ("tags.nothing", ""),
        ("params.acc", ""),
    ]


def test_a_corrected_key_keeps_its_aggregate_and_gets_the_quotes_it_needs(scope):
    assert hints("metrics.acx.max > 1 AND metrics.val_loss > 1", scope) == [
        ("metrics.acx.max", "metrics.acc.max"),
        ("metrics.val_loss", "metrics.`val/loss`"),
    ]


def test_keys_of_other_experiments_are_unknown(scope):
    other = make_experiment("other")
    ExperimentKey.objects.create(experiment=other, kind=KeyKind.TAG, key=key("team"), run_count=1)

    assert hints("tags.team = 'x'", scope) == [("tags.team", "")]


def test_no_keys_cost_no_query(scope, django_assert_num_queries):
    condition = compile_filter("status = 'FINISHED'", scope=scope)

    with django_assert_num_queries(0):
        assert key_hints(condition, scope=scope) == []
