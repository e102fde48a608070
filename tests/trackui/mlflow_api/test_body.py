import io
import json
import math

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from trackui.errors import BadRequest, InvalidParameterValue, RequestTooLarge, TrackingError, UnsupportedEncoding
from trackui.mlflow_api.body import MAX_DEPTH, check_text, parse_object, read_body, require_json_type

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda child: st.lists(child, max_size=3) | st.dictionaries(TEXT, child, max_size=3),
    max_leaves=12,
)


# --- parse_object ------------------------------------------------------------------------------


@given(st.dictionaries(TEXT, JSON, max_size=4), st.booleans(), st.booleans())
def test_any_object_is_read_as_it_is_meant(value, is_twice_encoded, as_ascii):
    text = json.dumps(value, ensure_ascii=as_ascii)
    body = (json.dumps(text) if is_twice_encoded else text).encode()

    assert parse_object(body) == value


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_comes_is_an_object_or_an_error_the_client_is_told(body):
    try:
        outcome = parse_object(body)
    except TrackingError as error:
        outcome = error

    assert isinstance(outcome, dict) or outcome.status == 400


@pytest.mark.parametrize("body", [b"", b" \n\t", b"{}", b'"{}"', b"\n{ }\n"])
def test_nothing_is_an_empty_object(body):
    assert parse_object(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": }',
        b"{'a': 1}",
        b'{"a": 1}}',
        b'{"a": 01}',
        b'{"a": "\n"}',
        b'{"a": "\x00"}',
        b'"{"',
        b"nothing",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xc0\x80"}',
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_what_is_not_json_is_a_bad_request(body):
    with pytest.raises(BadRequest):
        parse_object(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"5",
        b"true",
        b'"[]"',
        b'"null"',
        b'"\\"{}\\""',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": [{"b": 1, "\\u0062": 2}]}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": "\\ud800"}',
        b'{"a": ["\\udc00\\ud800"]}',
        b'"{\\"a\\": \\"\\\\u0000\\"}"',
        b'"\\ud800"',
        b'{"a": ' + b"1" * 309 + b"}",
        b'{"a": -' + b"1" * 10_000 + b"}",
        b'{"a": 0.' + b"1" * 10_000 + b"}",
        b'{"a": 1e' + b"0" * 400 + b"1}",
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
    ],
)
def test_json_that_is_not_accepted_is_an_invalid_value(body):
    with pytest.raises(InvalidParameterValue) as raised:
        parse_object(body)

    assert len(raised.value.message) < 300


def test_depth_is_counted_in_levels():
    body = b'{"a": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"

    assert parse_object(body)["a"]
    assert parse_object(json.dumps({"a": ["[{" * 100] * 100}).encode())


def test_numbers_are_kept_to_the_last_digit():
    value = parse_object(
        b'{"big": 9223372036854775807, "huge": %s, "e": 1e400, "nan": NaN, "minus": -Infinity}' % (b"9" * 308)
    )

    assert value["big"] == 2**63 - 1
    assert value["huge"] == 10**308 - 1
    assert value["e"] == math.inf and value["minus"] == -math.inf and math.isnan(value["nan"])


def test_pairs_of_surrogates_are_one_character():
    assert parse_object(b'{"a": "\\ud83d\\ude80"}') == {"a": "🚀"}


@given(st.text(st.characters(exclude_categories=[])))
def test_text_is_what_both_databases_can_hold(text):
    try:
        assert check_text(text) == text
        text.encode()
        assert "\0" not in text
    except InvalidParameterValue:
        assert "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


# --- read_body ---------------------------------------------------------------------------------


def request(body=b"", *, length=None, **meta):
    made = RequestFactory().generic("POST", "/", body, content_type="application/json", **meta)
    if length is not None:
        made.META["CONTENT_LENGTH"] = length
    return made


class Endless(io.RawIOBase):
    """Counts what is taken from it."""

    taken = 0

    def read(self, size=-1):
        assert size >= 0
        self.taken += size
        return b"x" * size


class Broken(io.RawIOBase):
    """As gunicorn's stream does when a client goes away, or frames a chunk wrongly."""

    def read(self, size=-1):
        raise OSError("Invalid chunk size")


def chunked(stream):
    made = request(HTTP_TRANSFER_ENCODING="chunked")
    made.META["wsgi.input"] = stream
    return made


def test_a_body_is_read_to_its_limit():
    assert read_body(request(b"x" * 10), 10) == b"x" * 10
    assert read_body(chunked(io.BytesIO(b"x" * 10)), 10) == b"x" * 10
    assert read_body(chunked(io.BytesIO(b"")), 10) == read_body(request(), 10) == b""


def test_a_body_over_its_limit_is_not_read():
    stream = Endless()
    announced = request(length="10737418240")
    announced.META["wsgi.input"] = announced._stream = stream

    with pytest.raises(RequestTooLarge):
        read_body(announced, 2**20)

    assert stream.taken == 0


def test_an_endless_body_is_read_to_the_limit_and_no_further():
    stream = Endless()

    with pytest.raises(RequestTooLarge):
        read_body(chunked(stream), 100_000)

    assert stream.taken == 100_001


def test_a_body_that_ends_early_is_told():
    with pytest.raises(BadRequest):
        read_body(request(b"x" * 5, length="6"), 100)


@pytest.mark.parametrize("length", ["-1", "abc", "1_0", "٣", "1" * 30, "+1", " 1"])
def test_a_length_that_is_none_is_told(length):
    with pytest.raises(TrackingError) as raised:
        read_body(request(b"x" * 5, length=length), 100)

    assert raised.value.status == 400


def test_a_body_that_cannot_be_read_is_told():
    broken = request(b"x" * 5)
    broken._stream = Broken()

    for made in (broken, chunked(Broken())):
        with pytest.raises(BadRequest):
            read_body(made, 100)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "gzip, identity", "x"])
def test_compressed_bodies_are_refused(encoding):
    with pytest.raises(UnsupportedEncoding):
        read_body(request(b"{}", HTTP_CONTENT_ENCODING=encoding), 100)


@pytest.mark.parametrize("encoding", ["identity", "Identity ", ""])
def test_identity_is_no_compression(encoding):
    assert read_body(request(b"{}", HTTP_CONTENT_ENCODING=encoding), 100) == b"{}"


# --- require_json_type -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"]
)
def test_json_is_named_with_any_parameters(content_type):
    made = request()
    made.META["CONTENT_TYPE"] = content_type

    require_json_type(made)


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "Bad Request. Content-Type header is missing."),
        ("text/plain", "Bad Request. Content-Type must be one of ['application/json']."),
        ("application/jsonx", "Bad Request. Content-Type must be one of ['application/json']."),
        ("text/plain; application/json", "Bad Request. Content-Type must be one of ['application/json']."),
        ("<script>", "Bad Request. Content-Type must be one of ['application/json']."),
    ],
)
def test_other_types_are_refused_in_mlflows_words(content_type, message):
    made = request()
    made.META["CONTENT_TYPE"] = content_type

    with pytest.raises(InvalidParameterValue) as raised:
        require_json_type(made)

    assert raised.value.message == message
