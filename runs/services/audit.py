"""The list of what people changed."""

from django.contrib.auth import get_user_model

from runs.models import AuditEntry, Experiment
from trackui.clock import now_ms


def record(
    user, action: str, subject_kind: str, subject_id: str, *, experiment: Experiment | None = None, **detail
) -> None:
    """Add an entry, inside the transaction of the change, so that there is neither without the other.

    `detail` is what a reader needs, as JSON: `before` and `after` of an edit, `filter` and `count` of a bulk action.
    """
    AuditEntry.objects.create(
        time=now_ms(),
        user_id=person(user),
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        experiment_id=experiment and experiment.pk,
        detail=detail,
    )


def person(user) -> str:
    """The name that is kept of who did something; without accounts it is blank."""
    return user.get_username() if user is not None else ""


def user_named(name: str):
    """The account behind such a name; None for a blank one, and for one that is gone."""
    return get_user_model().objects.filter(username=name).first() if name else None
