import pytest

from trackui.errors import InvalidParameterValue
from trackui.search.order_by import parse_order_by


@pytest.mark.parametrize(
    ("clause", "name", "is_descending"),
    [
        ("metrics.a", "metrics.a", False),
        ("metrics.a ASC", "metrics.a", False),
        ("metrics.a   desc", "metrics.a", True),
        (" metrics.a DESC ", "metrics.a", True),
        ("metrics.`a b` DESC", "metrics.`a b`", True),
        ('metrics."a b" DESC', "metrics.`a b`", True),
        ("metrics.'a' DESC", "metrics.`a`", True),
        ("tags.order DESC", "tags.order", True),
        ("metrics.desc", "metrics.desc", False),
        ("start_time", "start_time", False),
        ('"run_name" asc', "`run_name`", False),
    ],
)
def test_a_clause_is_read_as(clause, name, is_descending):
    (key,) = parse_order_by([clause])

    assert (str(key.identifier), key.is_descending) == (name, is_descending)


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("", "Invalid order_by clause"),
        ("  ", "Invalid order_by clause"),
        ("metrics.a-b", "Invalid order_by clause"),
        ("metrics.a, metrics.b", "Invalid order_by clause"),
        ("metrics.a NULLS LAST", "Invalid order_by clause"),
        ("metrics.a DESC NULLS LAST", "Invalid order_by clause"),
        ("metrics.x; DROP TABLE", "Invalid order_by clause"),
        ("'metrics.a'", "Invalid order_by clause"),
        ("`metrics.a", "Invalid order_by clause"),
        ("1", "Invalid order_by clause"),
        ("metrics.a\x00", "Invalid order_by clause"),
        ("metrics.a foo", "Invalid ordering key in order_by clause"),
        ("Run Name", "Invalid ordering key in order_by clause"),
    ],
)
def test_a_clause_is_refused_with(clause, message):
    with pytest.raises(InvalidParameterValue, match="order_by") as caught:
        parse_order_by([clause])

    assert message in caught.value.message


def test_twenty_columns_are_taken_and_no_more():
    parse_order_by(["metrics.a"] * 20)

    with pytest.raises(InvalidParameterValue):
        parse_order_by(["metrics.a"] * 21)
