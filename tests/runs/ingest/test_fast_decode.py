"""What is decoded quickly is what the strict parser would have read, or is left to it."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.ingest import fast_decode
from runs.ingest.batch import BatchPayload
from runs.ingest.fast_decode import decode_quickly
from trackui.errors import TrackingError
from trackui.mlflow_api.body import parse_object
from trackui.mlflow_api.fields import from_json

NAMES = st.sampled_from(
    ["key", "value", "step", "timestamp", "run_id", "metrics", "params", "model_id", "a", "", 'q"', "\\", "é"]
)
NUMBERS = (
    st.integers(-5, 5) | st.floats() | st.sampled_from([2**63, -(2**63) - 1, 10**400, 1e308, 5.0, True, "5", None])
)


class Twice(dict):
    """Members that may repeat a key, which a dict cannot hold."""

    def __init__(self, members):
        super().__init__(members)
        self.members = members


def dump(value) -> str:
    if isinstance(value, Twice):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(child)}" for key, child in value.members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def objects(required, optional):
    """Mostly whole objects; now and then with a key missing, twice, unknown, or of another type."""
    fields = st.tuples(*(st.tuples(st.just(key), values) for key, values in required.items()))
    more = st.lists(
        st.sampled_from([*required, *optional, "unknown"]).flatmap(
            lambda key: st.tuples(st.just(key), {**required, **optional}.get(key, NUMBERS | NAMES))
        ),
        max_size=2,
    )
    whole = st.builds(lambda members: Twice(list(members)), fields)
    odd = st.builds(
        lambda members, extra, drop: Twice([*members, *extra][drop:]), fields, more, st.sampled_from([0, 0, 0, 1])
    )
    return st.integers(0, 9).flatmap(lambda number: odd if number == 0 else whole)


PAIRS = objects({"key": NAMES, "value": NAMES}, {})
METRICS = objects(
    {
        "key": NAMES,
        "value": st.floats(allow_nan=False, allow_infinity=False),
        "timestamp": st.integers(0, 9),
        "step": st.integers(-9, 9),
    },
    {
        "run_id": NAMES | NUMBERS,
        "model_id": NAMES,
        "dataset_name": NAMES,
        "dataset_digest": NAMES,
        "value": NUMBERS,
        "step": NUMBERS,
    },
)
PAYLOADS = objects(
    {"run_id": st.sampled_from(["r", "r", "r", "", "key"]), "metrics": st.lists(METRICS, max_size=3)},
    {
        "params": st.lists(PAIRS, max_size=2),
        "tags": st.lists(PAIRS, max_size=2),
        "metrics": st.lists(METRICS, max_size=1),
    },
)


@pytest.fixture(autouse=True)
def _small_bodies_too(monkeypatch):
    monkeypatch.setattr(fast_decode, "WORTH_BYTES", 0)


def strictly(body: bytes):
    try:
        return plain(from_json(BatchPayload, parse_object(body)))
    except TrackingError:
        return None


def plain(payload: BatchPayload) -> dict:
    """As plain data, and as text, so that 1 and 1.0 differ. The run_id of a point is nobody's business."""
    data = msgspec.to_builtins(payload)
    for point in data["metrics"]:
        point.pop("run_id", None)
        point["value"] += 0.0  # -0 and 0 are one point
    return {name: repr(sorted_members(value)) for name, value in data.items()}


def sorted_members(value):
    return [sorted(item.items()) for item in value] if isinstance(value, list) else value


@settings(max_examples=600)
@given(PAYLOADS)
def test_quick_or_not_the_answer_is_one(payload):
    body = dump(payload).encode()

    quick = decode_quickly(body)

    if quick is not None:
        assert plain(quick) == strictly(body)


METRIC = '{"key": "a", "value": 1.5, "timestamp": 5, "step": 6}'
OTHER = '{"key": "b", "value": 2, "timestamp": 7, "step": 8}'


@pytest.mark.parametrize(
    "body",
    [
        f'{{"run_id": "r", "metrics": [{METRIC}, {OTHER}]}}',
        f'{{"metrics": [{METRIC}], "run_id": "r"}}',
        f'{{"run_id":"r","metrics":[{METRIC}],"params":[{{"key":"a","value":""}}],"tags":[{{"value":"é\\n\\"x\\"","key":"t"}}]}}',
        '{"run_id": "r", "metrics": [{"key": "a", "value": 1, "timestamp": 5, "step": 6, "run_id": "r"}]}',
        '{"run_id": "r", "metrics": [{"key": "a", "value": 1, "timestamp": 5, "step": 6, "model_id": "m"}]}',
        '{"run_id": "r", "params": [{"key": "key", "value": "metrics"}]}',
    ],
)
def test_what_clients_send_is_decoded_quickly(body):
    assert plain(decode_quickly(body.encode())) == strictly(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"{}"',
        b'{"run_id": "r", "run_id": "s"}',
        # As many keys as there should be, but not one each.
        f'{{"run_id": "r", "run_id": "s", "metrics": [{METRIC}]}}'.encode(),
        b'{"run_id": "r", "params": [{"key": "a"}, {"key": "b", "value": "1", "value": "2"}]}',
        b'{"run_id": "r", "metrics": [{"key": "a", "value": 1, "timestamp": 1}, '
        b'{"key": "b", "value": 1, "timestamp": 1, "step": 1, "step": 2}]}',
        f'{{"run_id": "r", "metrics": [{METRIC}], "metrics": []}}'.encode(),
        b'{"run_id": "r", "unknown": {"a": 1, "a": 2}}',
        b'{"run_id": "r", "unknown": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"run_id": "r", "runId": "r"}',
        b'{"run_id": "r", "tags": [{"key": "a", "value": "\\u0000"}]}',
        b'{"run_id": "r", "tags": [{"key": "a", "value": "\\ud800"}]}',
        b'{"run_id": "r", "tags": [{"key": "a", "value": "\xff"}]}',
        b'{"run_id": "r", "tags": [{"key": "a", "value": "\x00"}]}',
        b'{"run_id": "r", "metrics": [{"key": "a", "value": ' + b"1" * 309 + b', "timestamp": 1, "step": 1}]}',
        b'{"run_id": "r", "metrics": [{"key": "a", "value": 0.' + b"1" * 9000 + b', "timestamp": 1, "step": 1}]}',
        b'{"run_id": "r", "metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 9223372036854775808}]}',
        b'{"run_id": "", "metrics": []}',
        b'{"run_id": "r", "metrics": [{"key": "", "value": 1, "timestamp": 1, "step": 1}]}',
        b'{"run_id": "r", "metrics": [{"key": "a", "value": NaN, "timestamp": 1, "step": 1}]}',
        b'{"run_id": "r"} {}',
    ],
)
def test_what_is_doubtful_is_left_to_the_strict_parser(body):
    assert decode_quickly(body) is None


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_a_full_batch_is_decoded_quickly(separators):
    metrics = [
        {"key": f"metric/{step % 8}", "value": step / 3, "timestamp": 1_700_000_000_000 + step, "step": step}
        for step in range(1000)
    ]
    body = json.dumps({"run_id": "0" * 32, "metrics": metrics}, separators=separators).encode()

    assert plain(decode_quickly(body)) == strictly(body)
