"""Signatures, held against a computation of their own."""

import base64
import hashlib
import hmac

from runs.webhooks.signature import headers_of


def test_the_signature_is_over_id_time_and_body():
    body = '{"entity":"run","naïve":"✓"}'.encode()

    headers = headers_of("1d-2", timestamp=1_700_000_000, body=body, secret="hush ✓")

    expected = hmac.digest("hush ✓".encode(), b"1d-2.1700000000." + body, hashlib.sha256)
    assert headers["X-MLflow-Signature"] == "v1," + base64.b64encode(expected).decode()
    assert (headers["X-MLflow-Delivery-Id"], headers["X-MLflow-Timestamp"]) == ("1d-2", "1700000000")


def test_without_a_secret_there_is_none():
    assert "X-MLflow-Signature" not in headers_of("1", timestamp=1, body=b"", secret="")
