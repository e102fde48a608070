"""Short texts that are kept encrypted: secrets of others, which must come back as they were.

The key comes from SECRET_KEY, so a copy of the database alone tells nothing; with another SECRET_KEY they are lost.
"""

import base64

from django.conf import settings


class UnreadableText(Exception):
    """Encrypted with another key, for another purpose, or damaged."""


def encrypt(text: str, *, purpose: str) -> str:
    return _fernet(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise UnreadableText("It was encrypted with another secret key.") from None


def _fernet(purpose: str):
    # Loaded where the first text is encrypted: most installations have none, and it takes megabytes.
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), length=32, salt=None, info=f"trackui.{purpose}".encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
