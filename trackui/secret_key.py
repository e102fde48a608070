"""The secret key of an installation: made once, kept in its data folder with mode 0600."""

import os
import secrets
from pathlib import Path

FILE_NAME = "secret_key"


def installation_secret_key(data: Path) -> str:
    """Read the key, or make it. Two starts at once agree: linking into place is the decision."""
    path = data / FILE_NAME
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = data / f"{FILE_NAME}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
