"""Filter text to trees: what is taken, how it is read, and what is said of the rest."""

import pytest

from trackui.search.errors import SearchSyntaxError
from trackui.search.nodes import (
    And,
    Bare,
    Comparison,
    Has,
    Identifier,
    Moment,
    Node,
    Not,
    NullCheck,
    Number,
    Or,
    Quantity,
    Text,
    ValueList,
    Word,
)
from trackui.search.parser import parse


def outline(node: Node | None) -> object:
    """The tree without positions, short enough to read in a table."""
    match node:
        case None:
            return None
        case Comparison(identifier=name, operator=operator, value=value):
            return (str(name), operator, plain(value))
        case NullCheck(identifier=name, is_negated=is_negated):
            return (str(name), "IS NOT NULL" if is_negated else "IS NULL")
        case Has(identifier=name):
            return ("has", str(name))
        case Word(text=text):
            return text
        case Not(operand=operand):
            return ("NOT", outline(operand))
        case And(operands=operands):
            return ("AND", *map(outline, operands))
        case Or(operands=operands):
            return ("OR", *map(outline, operands))


def plain(value: object) -> object:
    match value:
        case Text(text=text):
            return text
        case Number(number=number):
            return number
        case Moment(timestamp=timestamp):
            return ("time", timestamp)
        case Quantity(milliseconds=milliseconds):
            return ("ms", milliseconds)
        case ValueList(items=items):
            return [plain(item) for item in items]
        case Bare(source=source):
            return ("bare", source)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("AND", None),
        ("metrics.loss > 1", ("metrics.loss", ">", 1)),
        ("metrics.loss>=-1.5", ("metrics.loss", ">=", -1.5)),
        ("metrics.a = 5.", ("metrics.a", "=", 5.0)),
        ("metrics.a = .5", ("metrics.a", "=", 0.5)),
        ("metrics.a = 1e-3", ("metrics.a", "=", 0.001)),
        ("metrics.1 > 1", ("metrics.1", ">", 1)),
        ("params.a='x'params.b='y'", ("AND", ("params.a", "=", "x"), ("params.b", "=", "y"))),
        ("AND metrics.a > 1 AND", ("metrics.a", ">", 1)),
        ("metrics.a > 1 and AND metrics.b < 2", ("AND", ("metrics.a", ">", 1), ("metrics.b", "<", 2))),
        ("metrics.a > 1 metrics.b < 2", ("AND", ("metrics.a", ">", 1), ("metrics.b", "<", 2))),
        ("params.model.type = 'x'", ("params.model.type", "=", "x")),
        ("params.`a b` = 'x'", ("params.`a b`", "=", "x")),
        ('params."a/b" = "x"', ("params.`a/b`", "=", "x")),
        ("params.'x' = 'y'", ("params.`x`", "=", "y")),
        ("`metrics`.loss > 1", ("metrics.loss", ">", 1)),
        ("`run name` = 'x'", ("`run name`", "=", "x")),
        ("\"run name\" = 'x'", ("`run name`", "=", "x")),
        ("tags.order = 'x'", ("tags.order", "=", "x")),
        ("tags.and = 'x' and tags.in = 'y'", ("AND", ("tags.and", "=", "x"), ("tags.in", "=", "y"))),
        ("tags.é = '日本'", ("tags.é", "=", "日本")),
        ("tags.a like'x%'", ("tags.a", "LIKE", "x%")),
        ("tags.a iLike 'x'", ("tags.a", "ILIKE", "x")),
        ("params.x is  not   null", ("params.x", "IS NOT NULL")),
        ("params.x IS NULL", ("params.x", "IS NULL")),
        ("run_id IN('a', \"b\",)", ("run_id", "IN", ["a", "b"])),
        ("run_id not  in ('a')", ("run_id", "NOT IN", ["a"])),
        # No escapes: quotes stay as written.
        ("params.a = 'it''s'", ("params.a", "=", "it''s")),
        ("params.a = 'it\\'s'", ("params.a", "=", "it\\'s")),
        ("params.a = 'C:\\'", ("params.a", "=", "C:\\")),
        ("params.a = 'x\\' AND metrics.b > 1", ("AND", ("params.a", "=", "x\\"), ("metrics.b", ">", 1))),
        ("params.a = 'say \"hi\"'", ("params.a", "=", 'say "hi"')),
        ("params.a = ''", ("params.a", "=", "")),
        # Beyond MLflow.
        ("a > 1 OR b > 2 AND c > 3", ("OR", ("a", ">", 1), ("AND", ("b", ">", 2), ("c", ">", 3)))),
        ("(a > 1 or b > 2) c > 3", ("AND", ("OR", ("a", ">", 1), ("b", ">", 2)), ("c", ">", 3))),
        ("NOT a > 1 AND b > 2", ("AND", ("NOT", ("a", ">", 1)), ("b", ">", 2))),
        ("not not (a > 1)", ("NOT", ("NOT", ("a", ">", 1)))),
        ("has(params.lr)", ("has", "params.lr")),
        ("HAS ( params.`a b` )", ("has", "params.`a b`")),
        ("resnet-50 baseline", ("AND", "resnet-50", "baseline")),
        ("resnet 50 2026-01-16", ("AND", "resnet", "50", "2026-01-16")),
        ("'two words' OR \"three more words\"", ("OR", "two words", "three more words")),
        ("resnet AND a > 1", ("AND", "resnet", ("a", ">", 1))),
        ("start_time > 2026-01-16", ("start_time", ">", ("time", 1768521600000))),
        ("start_time > 2026-01-16 10:30", ("start_time", ">", ("time", 1768559400000))),
        ("start_time > 2026-01-16T10:30:00.5Z", ("start_time", ">", ("time", 1768559400500))),
        ("start_time > 2026-01-16T10:30+02:00", ("start_time", ">", ("time", 1768552200000))),
        ("start_time > -7d", ("start_time", ">", ("ms", -604_800_000))),
        ("duration > 1h30m", ("duration", ">", ("ms", 5_400_000))),
        ("duration > 1.5s", ("duration", ">", ("ms", 1500))),
        # For the field to refuse.
        ("metrics.a > inf", ("metrics.a", ">", ("bare", "inf"))),
        ("metrics.a > 1_000", ("metrics.a", ">", ("bare", "1_000"))),
        ("metrics.a == 1", ("metrics.a", "==", 1)),
        ("params.a NOT LIKE 'x'", ("params.a", "NOT LIKE", "x")),
        ("start_time > 2026-13-16", ("start_time", ">", ("bare", "2026-13-16"))),
    ],
)
def test_a_filter_is_read_as(text, tree):
    assert outline(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "message", "wrong"),
    [
        ("  ", "Invalid filter", "  "),
        ("metrics.a >", "Invalid clause(s) in filter string", "metrics.a >"),
        ("metric.acc !=", "Invalid clause(s) in filter string", "metric.acc !="),
        ("params.acc LR !=", "Invalid clause(s) in filter string", "LR"),
        ("metrics.a > 0.1 NAND params.B = 'LR'", "Invalid clause(s) in filter string", "NAND"),
        ("z tags.a = 'x'", "Invalid clause(s) in filter string", "tags.a"),
        ("tags.a = 'x' z", "Invalid clause(s) in filter string", "z"),
        ("tags.a = 'x' AND 5", "Invalid clause(s) in filter string", "5"),
        ("tags.a = 'x', tags.b = 'y'", "Invalid clause(s) in filter string", ","),
        ("`metrics.A > 0.1", "Invalid clause(s) in filter string", "`metrics.A > 0.1"),
        ("param`.A > 0.1", "Invalid clause(s) in filter string", "`.A > 0.1"),
        ("params.'acc = LR", "Invalid clause(s) in filter string", "'acc = LR"),
        ("params.acc = 'LR", "Invalid clause(s) in filter string", "'LR"),
        ("params.acc = LR'", "Invalid clause(s) in filter string", "'"),
        ("params.acc = \"LR'", "Invalid clause(s) in filter string", "\"LR'"),
        ("' OR 1=1 --", "Invalid clause(s) in filter string", "' OR 1=1 --"),
        ("tags.acc = = 'LR'", "Invalid clause(s) in filter string", "tags.acc = ="),
        ("attribute.status IS 'RUNNING'", "Invalid clause(s) in filter string", "attribute.status IS 'RUNNING'"),
        ("attribute.status = true", "Invalid clause(s) in filter string", "attribute.status = true"),
        ("metrics.a > - 1", "Invalid clause(s) in filter string", "-"),
        ("metrics.a > 1 -- x", "Invalid clause(s) in filter string", "--"),
        ("metrics.a > 1;", "Invalid clause(s) in filter string", ";"),
        ("metrics.a BETWEEN 1 AND 2", "Invalid clause(s) in filter string", "2"),
        ("a > 1 OR", "Invalid clause(s) in filter string", ""),
        ("(a > 1", "Invalid clause(s) in filter string", "(a > 1"),
        ("a > 1)", "Invalid clause(s) in filter string", ")"),
        ("()", "Invalid clause(s) in filter string", ")"),
        ("NOT", "Invalid clause(s) in filter string", ""),
        ("has(", "Invalid clause(s) in filter string", ""),
        ("has(a > 1)", "Invalid clause(s) in filter string", ">"),
        ("metric.a >= 1; metrics.b < 1", "Search filter contained multiple expression", ";"),
        ("1=1", "Invalid comparison clause. Expected 'Identifier' found", "1"),
        ("'a' = params.x", "Invalid comparison clause. Expected 'Identifier' found", "'a'"),
        ("metrics.val/loss > 3", "Invalid comparison clause. Expected 'Identifier' found", "metrics.val/loss"),
        ("run_id IN ()", "While parsing a list in the query", "()"),
        ("run_id IN ('a' 'b')", "While parsing a list in the query", "('a' 'b'"),
        ("run_id IN 'a'", "Invalid clause(s) in filter string", "run_id IN 'a'"),
        ("tags.a = '\x00'", "NUL", "tags.a = '\x00'"),
    ],
)
def test_a_filter_is_refused_with(text, message, wrong):
    with pytest.raises(SearchSyntaxError) as caught:
        parse(text)

    assert message in caught.value.message
    assert text[caught.value.start : caught.value.end] == wrong
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


def test_an_error_says_what_was_expected_there():
    with pytest.raises(SearchSyntaxError) as caught:
        parse("metrics.a > 1 nonsense")

    assert caught.value.expected == "AND, OR or the end"


def test_a_key_that_needs_quotes_is_suggested_with_them():
    with pytest.raises(SearchSyntaxError) as caught:
        parse("metrics.val/loss > 3")

    assert caught.value.suggestion == "metrics.`val/loss`"


def test_positions_are_kept():
    node = parse("  metrics.loss >= 0.5")

    assert node.identifier == Identifier(2, 14, "metrics", "loss", False)
    assert (node.operator_start, node.operator_end) == (15, 17)
    assert (node.value.start, node.value.end) == (18, 21)


def chain(count: int) -> str:
    return " AND ".join(["a > 1"] * count)


def listed(count: int) -> str:
    items = ",".join(["'a'"] * count)
    return f"run_id IN ({items})"


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (chain(100), chain(101)),
        (" ".join("a" * 100), " ".join("a" * 101)),
        (listed(1000), listed(1001)),
        (f"tags.a LIKE '{'x' * 500}'", f"tags.a LIKE '{'x' * 501}'"),
        (f"tags.a = '{'x' * 9989}'", f"tags.a = '{'x' * 9990}'"),
        ("(" * 32 + "a > 1" + ")" * 32, "(" * 33 + "a > 1" + ")" * 33),
        ("NOT " * 32 + "a > 1", "NOT " * 33 + "a > 1"),
    ],
)
def test_limits(allowed, refused):
    parse(allowed)

    with pytest.raises(SearchSyntaxError):
        parse(refused)
