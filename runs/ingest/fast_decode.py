"""The quick way to read a large log-batch body.

A body of a thousand points is decoded by msgspec straight into structs, in a fifth of the time the
strict parser takes. What it cannot vouch for, it leaves to the strict parser: this only ever
answers what that one would answer.
"""

import msgspec

from runs.ingest.batch import BatchPayload

# Below this the strict parser costs next to nothing.
WORTH_BYTES = 4096

_decoder = msgspec.json.Decoder(BatchPayload)


def decode_quickly(body: bytes) -> BatchPayload | None:
    """The payload, or None when the strict parser has to look at the body."""
    # Escapes may hide NUL, lone surrogates, or a key written in another way.
    if len(body) < WORTH_BYTES or b"\\u" in body:
        return None
    try:
        payload = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return payload if _is_plain(body, payload) else None


def _is_plain(body: bytes, payload: BatchPayload) -> bool:
    """No key stands twice in an object, and no name is empty.

    msgspec keeps the last of two equal keys in silence, so their number is counted in the bytes: a
    quoted name can stand there only as a key or as a whole text value, and then the count is off
    and the strict parser decides.
    """
    metrics, pairs = len(payload.metrics), len(payload.params) + len(payload.tags)
    return (
        body.count(b'"key"') == metrics + pairs
        and body.count(b'"value"') == metrics + pairs
        and body.count(b'"timestamp"') == metrics
        and body.count(b'"step"') in (0, metrics)
        and body.count(b'"run_id"') in (1, metrics + 1)
        and body.count(b'"metrics"') <= 1
        and body.count(b'"params"') <= 1
        and body.count(b'"tags"') <= 1
        and b'"model' not in body
        and b'"dataset' not in body
        and payload.run_id != ""
        and all(item.key for item in payload.metrics)
        and all(item.key for item in payload.params)
        and all(item.key for item in payload.tags)
    )
