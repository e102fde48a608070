"""What was is what there was: every moment of a random history, read from its events, held against the tables then."""

import contextlib
from itertools import count
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trackui.clock
from registry.models import ModelEvent, RegisteredModel
from registry.queries.as_of import models_at, state_at, states_at
from registry.services.aliases import delete_alias, set_alias
from registry.services.model_versions import create_model_version, delete_model_version, transition_stage
from registry.services.registered_models import (
    create_registered_model,
    delete_registered_model,
    rename_registered_model,
    set_model_tag,
)
from trackui.errors import TrackingError

NAMES = st.sampled_from("abc")
VERSIONS = st.integers(1, 3)
ALIASES = st.sampled_from(["champion", "next"])
STAGES = st.sampled_from(["None", "Staging", "Production", "Archived"])


def create(name):
    create_registered_model(name, user=None)


def delete(name):
    delete_registered_model(name, user=None)


def rename(name, new):
    rename_registered_model(name, new, user=None)


def tag(name):
    set_model_tag(name, "team", "vision", user=None)


def version(name):
    create_model_version(name, source="runs:/" + "a" * 32 + "/model", user=None)


def delete_version(name, number):
    delete_model_version(name, number, user=None)


def move(name, number, stage, archive):
    transition_stage(name, number, stage, archive_existing_versions=archive, user=None)


def point(name, alias, number):
    set_alias(name, alias, number, user=None)


def unpoint(name, alias):
    delete_alias(name, alias, user=None)


STEPS = st.one_of(
    st.tuples(st.just(create), NAMES),
    st.tuples(st.just(version), NAMES),
    st.tuples(st.just(version), NAMES),
    st.tuples(st.just(move), NAMES, VERSIONS, STAGES, st.booleans()),
    st.tuples(st.just(point), NAMES, ALIASES, VERSIONS),
    st.tuples(st.just(unpoint), NAMES, ALIASES),
    st.tuples(st.just(delete_version), NAMES, VERSIONS),
    st.tuples(st.just(rename), NAMES, NAMES),
    st.tuples(st.just(delete), NAMES),
    st.tuples(st.just(tag), NAMES),
)


@pytest.fixture
def clock(monkeypatch):
    """Ten milliseconds later each time it is asked."""
    ticks = count(1_000, 10)
    monkeypatch.setattr(trackui.clock, "time", SimpleNamespace(time_ns=lambda: next(ticks) * 1_000_000))
    return lambda: next(ticks)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_every_moment_of_a_history_is_as_it_was(db, clock, steps):
    RegisteredModel.objects.all().delete()
    ModelEvent.objects.all().delete()
    create("a")
    version("a")
    seen = []
    for step, *arguments in steps:
        with contextlib.suppress(TrackingError):
            step(*arguments)
        seen.append((clock(), tables()))

    for time, then in seen:
        models = models_at(time, user=None)
        states = states_at(models, time)
        assert [model.name for model in models] == [state.name for state in states] == sorted(then)
        assert {state.name: (state.stages, state.aliases) for state in states} == {
            name: (stages, aliases) for name, (_, stages, aliases) in then.items()
        }
        for model in RegisteredModel.objects.all():
            state = state_at(model, time)
            own = [(name, stages, aliases) for name, (pk, stages, aliases) in then.items() if pk == model.pk]
            assert own == ([] if state is None else [(state.name, state.stages, state.aliases)])


def tables() -> dict[str, tuple[int, dict, dict]]:
    """What there is: pk, stages by version, versions by alias."""
    return {
        model.name: (
            model.pk,
            dict(model.versions.values_list("version", "stage")),
            dict(model.aliases.values_list("alias", "model_version__version")),
        )
        for model in RegisteredModel.objects.all()
    }


def test_statements_do_not_grow_with_the_models(db, django_assert_num_queries):
    for name in "abcdef":
        create(name)
        version(name)
        point(name, "champion", 1)
    delete("a")
    later = trackui.clock.now_ms() + 1_000

    with django_assert_num_queries(2):
        models = models_at(later, user=None)
        states = states_at(models, later)

    assert [state.aliases for state in states] == [{"champion": 1}] * 5


def test_nothing_was_before_the_first_event(db, django_assert_num_queries):
    create("a")
    model = RegisteredModel.objects.get()

    with django_assert_num_queries(2):
        assert models_at(0, user=None) == []
        assert state_at(model, 0) is None
    assert states_at([], 0) == []
