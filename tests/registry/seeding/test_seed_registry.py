"""What is made up is as the services would have left it."""

import pytest
from django.core.management import CommandError, call_command

from registry.models import ModelAlias, ModelEvent, ModelVersion, RegisteredModel
from registry.queries.as_of import state_at
from registry.seeding.history import seeded_model
from trackui.clock import now_ms


@pytest.fixture
def seeded(db):
    call_command("seed_registry", "--models=12", "--versions=10", verbosity=0)


def test_there_are_as_many_as_were_asked_for(seeded):
    assert RegisteredModel.objects.count() == 12
    assert ModelVersion.objects.count() == 120
    assert set(RegisteredModel.objects.values_list("last_version", flat=True)) == {10}
    call_command("seed_registry", "--models=2", "--versions=0", verbosity=0)
    assert RegisteredModel.objects.count() == 14


def test_the_events_tell_what_the_tables_hold(seeded):
    assert ModelAlias.objects.exists()
    for model in RegisteredModel.objects.all():
        state = state_at(model, now_ms())
        assert state.stages == dict(model.versions.values_list("version", "stage"))
        assert state.aliases == dict(model.aliases.values_list("alias", "model_version__version"))


def test_what_happens_follows_what_was(seeded):
    """Each move starts where the one before it has ended, and nothing lies in the future."""
    stages: dict[tuple, str] = {}
    for event in ModelEvent.objects.filter(kind__in=["version_created", "stage_moved"]).order_by("time", "id"):
        place = (event.registered_model_id, event.version)
        assert event.before == stages.get(place, "")
        stages[place] = event.after
    assert ModelEvent.objects.latest("time").time <= now_ms()


def test_the_same_seed_makes_the_same_model():
    shape = {"versions": 5, "days": 30, "end": 10**12}

    assert seeded_model(7, seed=1, **shape) == seeded_model(7, seed=1, **shape)
    assert seeded_model(7, seed=1, **shape) != seeded_model(7, seed=2, **shape)


@pytest.mark.parametrize("wrong", ["--models=0", "--versions=-1", "--days=1", "--models=100000", "--seed=-1"])
def test_numbers_that_make_no_sense_are_refused(db, wrong):
    with pytest.raises(CommandError):
        call_command("seed_registry", "--versions=1000", wrong)
