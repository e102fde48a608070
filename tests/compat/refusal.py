"""What the client raises when the server refuses, for scenarios: their interpreter has no pytest."""

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow.exceptions import MlflowException


@contextmanager
def refused(code: str | None = None, saying: str = "") -> Iterator[None]:
    """The block must raise MLflow's exception, with this code and text where they are given."""
    try:
        yield
    except MlflowException as error:
        if (code and error.error_code != code) or saying not in str(error):
            raise
        return
    raise AssertionError(f"Accepted, and {code or 'a refusal'} was expected.")
