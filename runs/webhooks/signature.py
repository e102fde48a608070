"""How a receiver knows that a message is from here, and not an old one sent again."""

import base64
import hashlib
import hmac

# Of secrets in the database (trackui.encryption).
PURPOSE = "webhook_secret"


def headers_of(delivery_id: str, *, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """The protocol's; with a secret, the signature is an HMAC-SHA256 over `<delivery id>.<timestamp>.<body>`.

    `timestamp`: of this attempt, in seconds since the epoch.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "trackui",
        "X-MLflow-Delivery-Id": delivery_id,
        "X-MLflow-Timestamp": str(timestamp),
    }
    if secret:
        signed = b".".join([delivery_id.encode(), str(timestamp).encode(), body])
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        headers["X-MLflow-Signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers
