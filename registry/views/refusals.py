"""What a service refuses, said beside the field it is about; and the tags a form offers."""

from django import forms
from django.db.models import Manager

from runs.forms import MOST_TAGS, SPARE_ROWS
from trackui.errors import TrackingError

SYSTEM_TAGS = "mlflow."


def refused_beside(form: forms.Form, error: TrackingError, field: str | None = None) -> None:
    """Beside `field`, or above the form where none is meant."""
    form.add_error(field, error.message)


def own_tags(tags: Manager) -> dict[str, str]:
    """Those that people set, of one line, as many as a form takes."""
    found = tags.exclude(key__startswith=SYSTEM_TAGS).order_by("key").values_list("key", "value")
    shown = found[: MOST_TAGS - SPARE_ROWS]
    return {key: value for key, value in shown if "\n" not in value and "\r" not in value}
