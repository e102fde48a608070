"""What MLflow refuses in a filter or an order over runs is refused here with its words, and the place."""

import pytest

from runs.search.run_search import Scope, compile_filter, compile_order_by
from trackui.search.errors import SearchSyntaxError

pytestmark = pytest.mark.django_db

QUOTED = "Expected a quoted string value for"
UNQUOTED = "Parameter value is either not quoted or unidentified quote types"


@pytest.mark.parametrize(
    ("text", "message", "wrong"),
    [
        ("m.acc >= 0.94", "Invalid entity type", "m.acc"),
        ("p.model >= 'LR'", "Invalid entity type", "p.model"),
        ("attri.x != 1", "Invalid entity type", "attri.x"),
        ("PARAMS.x = 'y'", "Invalid entity type", "PARAMS.x"),
        ('"metrics".a > 1', "Invalid entity type", '"metrics".a'),
        ("acc >= 0.94", "Invalid attribute key", "acc"),
        ("params = 'x'", "Invalid attribute key", "params"),
        ("foo IS NULL", "Invalid attribute key", "foo"),
        ("attribute.start != 1", "Invalid attribute key", "attribute.start"),
        ("attribute.experiment_id != 1", "Invalid attribute key", "attribute.experiment_id"),
        ("attribute.lifecycle_stage = 'ACTIVE'", "Invalid attribute key", "attribute.lifecycle_stage"),
        ("attribute._status != 'RUNNING'", "Invalid attribute key", "attribute._status"),
        ("has(foo)", "Invalid attribute key", "foo"),
        ("dataset.status = 'true'", "Invalid dataset key", "dataset.status"),
        ("metrics.a = '1'", "Expected numeric value type for metric", "'1'"),
        ("metrics.a > NaN", "Expected numeric value type for metric", "NaN"),
        ("metrics.a > 1.5.2", "Expected numeric value type for metric", "1.5.2"),
        ("metrics.a >1and metrics.b<2", "Expected numeric value type for metric", "1and"),
        ("metrics.a > 10m", "Expected numeric value type for metric", "10m"),
        ("metrics.a > 2026-01-16", "Expected numeric value type for metric", "2026-01-16"),
        ("metrics.a IN (1)", "Expected numeric value type for metric", "(1)"),
        ("metrics.a LIKE 'x'", "Expected numeric value type for metric", "'x'"),
        ("start_time > '5'", "Expected numeric value type for numeric attribute: start_time", "'5'"),
        ("end_time > now", "Expected numeric value type for numeric attribute: end_time", "now"),
        ("start_time > 7d", "Expected numeric value type for numeric attribute: start_time", "7d"),
        ("duration > 'x'", "Expected numeric value type for numeric attribute: duration", "'x'"),
        ("params.x LIKE 5", f"{QUOTED} parameter", "5"),
        ("params.x IN ('a')", f"{QUOTED} parameter", "('a')"),
        ("tags.x = 5", f"{QUOTED} tag", "5"),
        ("status = 5", f"{QUOTED} attributes", "5"),
        ("dataset.name = 5", f"{QUOTED} dataset attributes", "5"),
        ("params.acc = LR", UNQUOTED, "LR"),
        ("tags.acc = LR", UNQUOTED, "LR"),
        ("params.acc = `LR`", UNQUOTED, "`LR`"),
        ("run_id IN (1)", "While parsing a list in the query", "1"),
        ("status IN ('a')", "Only ['run_id'] attributes support comparison with a list", "('a')"),
        ("metrics.a == 1", "Invalid comparator", "=="),
        ("metrics.a <> 1", "Invalid comparator", "<>"),
        ("metrics.a =< 1", "Invalid comparator", "=<"),
        ("params.a > 'x'", "Invalid comparator", ">"),
        ("params.a NOT LIKE 'x'", "Invalid comparator", "NOT LIKE"),
        ("params.a RLIKE 'x'", "Invalid comparator", "RLIKE"),
        ("tags.a < 'x'", "Invalid comparator", "<"),
        ("run_name > 'x'", "Invalid comparator", ">"),
        ("dataset.name > 'x'", "Invalid comparator", ">"),
        ("metrics.x IS NULL", "IS NULL / IS NOT NULL", "metrics.x IS NULL"),
        ("status IS NOT NULL", "IS NULL / IS NOT NULL", "status IS NOT NULL"),
        ("metrics.a", "Invalid clause(s) in filter string", "metrics.a"),
        ("status", "Invalid clause(s) in filter string", "status"),
        ("params", "Invalid clause(s) in filter string", "params"),
    ],
)
def test_a_filter_is_refused_with(text, message, wrong):
    with pytest.raises(SearchSyntaxError) as caught:
        compile_filter(text, scope=Scope((0,)))

    assert message in caught.value.message
    assert text[caught.value.start : caught.value.end] == wrong


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("metric_.a > 1", "metric.a"),
        ("attributes.start_tme > 1", "attributes.start_time"),
        ("statsu = 'x'", "status"),
        ("metrics.a == 1", "="),
        ("metrics.a > '0.5'", "0.5"),
        ("params.a = LR", "'LR'"),
        ("start_time > 7d", "-7d"),
    ],
)
def test_what_was_meant_is_suggested(text, suggestion):
    with pytest.raises(SearchSyntaxError) as caught:
        compile_filter(text, scope=Scope((0,)))

    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("order_by", "message"),
    [
        (["foo"], "Invalid attribute key"),
        (["m.acc"], "Invalid entity type"),
        (["`Run Name`"], "Invalid attribute key"),
        (["lifecycle_stage"], "Invalid attribute key"),
        (["dataset.name"], "Invalid order_by entity type"),
        (["metrics.a", "metric.a DESC"], "`order_by` contains duplicate fields"),
        (["start_time", "created DESC"], "`order_by` contains duplicate fields"),
    ],
)
def test_an_order_is_refused_with(order_by, message):
    with pytest.raises(SearchSyntaxError) as caught:
        compile_order_by(order_by, scope=Scope((0,)))

    assert message in caught.value.message
