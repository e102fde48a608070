import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from runs.models import AuditEntry
from runs.services.audit import record
from tests.factories import make_experiment
from trackui.clock import now_ms

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which_and_when():
    experiment = make_experiment()
    ana = get_user_model()(username="ana")

    record(ana, "run.rename", "run", "ab12", experiment=experiment, before="a", after="b")

    entry = AuditEntry.objects.get(action="run.rename")
    assert (entry.user_id, entry.subject_kind, entry.subject_id) == ("ana", "run", "ab12")
    assert entry.experiment_id == experiment.pk
    assert entry.detail == {"before": "a", "after": "b"}
    assert abs(entry.time - now_ms()) < 5_000


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_without_accounts_nobody_is_named(nobody):
    record(nobody, "run.rename", "run", "ab12")

    assert AuditEntry.objects.get().user_id == ""
