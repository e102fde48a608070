"""Primary keys of very many runs as a short text, for the arguments of a job."""

import base64
import zlib

import numpy as np


def packed(pks: np.ndarray) -> str:
    """Rising keys; a byte or two each, less where they are close together."""
    steps = np.diff(np.asarray(pks, dtype="<i8"), prepend=np.int64(0))
    return base64.b64encode(zlib.compress(steps.tobytes(), 6)).decode()


def unpacked(text: str) -> list[int]:
    steps = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype="<i8")
    return np.cumsum(steps).tolist()
