import json
import math
from enum import Enum

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from trackui.errors import InvalidParameterValue, TrackingError
from trackui.mlflow_api.body import parse_object
from trackui.mlflow_api.fields import KeyValue, Request, ViewType, from_json, from_query

TRAILER = "See the API docs for more information about request parameters."


class Colour(Enum):
    RED = "RED"
    BLUE = "BLUE"


class Sample(Request):
    name: str
    some_text: str = ""
    count: int = 0
    value: float = 0.0
    is_on: bool = False
    colour: Colour | UnsetType = UNSET
    start_time: int | None = None
    texts: list[str] = []
    pairs: list[KeyValue] = []


SPELLINGS = [
    "name",
    "someText",
    "some_text",
    "count",
    "value",
    "isOn",
    "is_on",
    "colour",
    "startTime",
    "texts",
    "pairs",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1e5", "-2", "1.0", "NaN", "Infinity", "true", "FALSE", "RED", "2", "1e400", "٣", "", "9" * 400])
)
VALUES = st.recursive(
    SCALARS,
    lambda child: (
        st.lists(child, max_size=3) | st.dictionaries(st.sampled_from(["key", "value", "other"]), child, max_size=3)
    ),
    max_leaves=6,
)


def read(**data):
    return from_json(Sample, {"name": "n", **data})


def refused(**data):
    with pytest.raises(InvalidParameterValue) as raised:
        from_json(Sample, {"name": "n", **data})
    return raised.value.message


# --- Whatever comes ----------------------------------------------------------------------------


def outcome(read, *arguments):
    """What was read, or the error that the client is told; anything else fails the test."""
    try:
        return read(*arguments)
    except TrackingError as error:
        return error


@given(st.dictionaries(st.sampled_from(SPELLINGS) | st.text(max_size=4), VALUES, max_size=6))
def test_any_object_is_a_request_or_an_error_the_client_is_told(data):
    request = outcome(from_json, Sample, data)

    if isinstance(request, TrackingError):
        assert (request.status, request.error_code) == (400, "INVALID_PARAMETER_VALUE")
        assert len(request.message) < 600
        return
    assert type(request.name) is type(request.some_text) is str and request.name
    assert type(request.count) is int and -(2**63) <= request.count < 2**63
    assert type(request.value) is float and type(request.is_on) is bool
    assert all(type(text) is str for text in request.texts)
    assert all(type(pair.key) is type(pair.value) is str and pair.key for pair in request.pairs)


@given(st.binary(max_size=80) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_request_or_an_error_the_client_is_told(body):
    request = outcome(lambda: from_json(Sample, parse_object(body)))

    assert isinstance(request, Sample) or request.status == 400


@given(st.lists(st.tuples(st.sampled_from(SPELLINGS) | st.text(max_size=4), st.text(max_size=6)), max_size=6))
def test_any_query_is_a_request_or_an_error_the_client_is_told(items):
    query = QueryDict(mutable=True)
    for name, value in items:
        query.appendlist(name, value)

    request = outcome(from_query, Sample, query)

    assert isinstance(request, Sample) or request.error_code == "INVALID_PARAMETER_VALUE"


# --- Presence ----------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [{}, {"name": None}, {"name": ""}])
def test_a_required_field_must_be_there_and_not_empty(data):
    with pytest.raises(InvalidParameterValue) as raised:
        from_json(Sample, data)

    assert raised.value.message == f"Missing value for required parameter 'name'. {TRAILER}"


def test_null_is_the_same_as_absent():
    nothing = dict.fromkeys(["some_text", "count", "value", "is_on", "colour", "start_time", "texts", "pairs"])

    assert read(**nothing) == read()
    assert read().colour is UNSET and read().start_time is None


def test_unknown_members_are_ignored():
    assert read(unknown={"deep": [1]}, Name=5) == read()


def test_fields_of_items_are_named_with_their_place():
    assert refused(pairs=[{"key": "a"}, {"value": "b"}]).startswith(
        "Missing value for required parameter 'pairs[1].key'."
    )
    assert refused(texts=["a", 5]) == (
        f"Invalid value 5 for parameter 'texts[1]' supplied: Hint: Value was of type 'int'. {TRAILER}"
    )


def test_two_spellings_are_one_field():
    assert read(someText="x") == read(some_text="x")
    assert "someText" in refused(someText="x", some_text="x")


# --- Types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (5, 5),
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        (5.0, 5),
        ("5.0", 5),
        ("1e+05", 100_000),
        ("1E5", 100_000),
        (2**63 - 1, 2**63 - 1),
        (str(2**63 - 1), 2**63 - 1),
        (-(2**63), -(2**63)),
    ],
)
def test_whole_numbers_come_as_numbers_and_as_text(sent, meant):
    assert read(count=sent).count == meant


@pytest.mark.parametrize(
    ("sent", "type_name"),
    [
        (True, "bool"),
        (1.5, "float"),
        ("1.5", "str"),
        ("", "str"),
        (" 5", "str"),
        ("5\n", "str"),
        ("1_0", "str"),
        ("٣", "str"),
        ("0x5", "str"),
        ("NaN", "str"),
        (math.nan, "float"),
        (math.inf, "float"),
        ("1e999", "str"),
        ("1e-1", "str"),
        ([5], "list"),
        ({}, "dict"),
    ],
)
def test_what_is_no_whole_number_is_refused(sent, type_name):
    message = refused(count=sent)

    assert message == (
        f"Invalid value {json.dumps(sent, ensure_ascii=False)} for parameter 'count' supplied: "
        f"Hint: Value was of type '{type_name}'. {TRAILER}"
    )


@pytest.mark.parametrize("sent", [2**63, -(2**63) - 1, str(2**63), "1e19", 1e19, "9" * 400])
def test_whole_numbers_have_64_bits(sent):
    assert "It must be a 64-bit integer." in refused(count=sent) or len(str(sent)) == 400


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (1, 1.0),
        (0.1, 0.1),
        ("0.1", 0.1),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        (-math.inf, -math.inf),
        (10**308 * 9, math.inf),
        ("1e999", math.inf),
        (2**70, 2.0**70),
    ],
)
def test_doubles_come_as_numbers_and_as_text(sent, meant):
    assert read(value=sent).value == meant


@pytest.mark.parametrize("sent", ["NaN", math.nan])
def test_nan_has_a_name(sent):
    assert math.isnan(read(value=sent).value)


@pytest.mark.parametrize("sent", [True, "abc", "nan", "inf", "+Infinity", " 1", "1,5", "", [], {}, "٣", "1" * 401])
def test_what_is_no_number_is_refused(sent):
    assert "for parameter 'value' supplied: Hint: Value was of type" in refused(value=sent)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [(True, True), (False, False), ("true", True), ("TRUE", True), ("False", False), ("fAlSe", False)],
)
def test_booleans_come_as_text_too(sent, meant):
    assert read(is_on=sent).is_on is meant


@pytest.mark.parametrize("sent", [1, 0, "1", "yes", "", "t", [], 1.0])
def test_what_is_no_boolean_is_refused(sent):
    assert "for parameter 'is_on' supplied" in refused(is_on=sent)


@pytest.mark.parametrize(("sent", "meant"), [("RED", Colour.RED), (1, Colour.RED), ("2", Colour.BLUE)])
def test_enums_have_names_and_numbers_from_1(sent, meant):
    assert read(colour=sent).colour is meant


@pytest.mark.parametrize("sent", ["GREEN", "red", "", 0, 3, -1, True, 1.0, ["RED"], {}, "٢", "²"])
def test_what_is_in_no_enum_is_refused(sent):
    assert "It must be one of RED, BLUE." in refused(colour=sent)


@pytest.mark.parametrize("sent", [5, 1.5, True, [], {}])
def test_text_must_be_text(sent):
    assert f"for parameter 'some_text' supplied: Hint: Value was of type '{type(sent).__name__}'" in refused(
        some_text=sent
    )


@pytest.mark.parametrize("sent", ["a", 5, {}, {"key": "a"}, True])
def test_a_list_must_be_a_list(sent):
    assert "for parameter 'texts' supplied" in refused(texts=sent)
    assert "for parameter 'pairs' supplied" in refused(pairs=sent)


def test_long_values_are_not_repeated_whole():
    assert len(refused(count="x" * 100_000)) < 500
    assert len(refused(texts=["x" * 100_000, {"a": "x" * 100_000}])) < 500


# --- Queries -----------------------------------------------------------------------------------


def test_repeated_fields_are_repeated_keys():
    request = from_query(Sample, QueryDict("name=n&texts=a&texts=b&count=5&isOn=True&value=NaN&startTime=7"))

    assert request.texts == ["a", "b"]
    assert (request.count, request.is_on, request.start_time) == (5, True, 7)
    assert math.isnan(request.value)


def test_a_single_key_is_a_list_of_one():
    assert from_query(Sample, QueryDict("name=n&texts=a")).texts == ["a"]


def test_types_of_query_values_are_text():
    with pytest.raises(InvalidParameterValue) as raised:
        from_query(Sample, QueryDict("name=n&count=abc"))

    assert raised.value.message == (
        f"Invalid value \"abc\" for parameter 'count' supplied: Hint: Value was of type 'str'. {TRAILER}"
    )


def test_a_query_holds_no_nul():
    with pytest.raises(InvalidParameterValue):
        from_query(Sample, QueryDict("name=a%00b"))


def test_view_types_count_from_1():
    assert list(ViewType) == [ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL]
