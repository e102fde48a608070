"""The schema keeps the shape that lets it be spread over machines by run."""

import pytest
from django.apps import apps
from django.db import models

from runs.distribution.layout import COPIED, by_path, by_run, refers_to_a_run
from runs.models import (
    AuditEntry,
    ExperimentKey,
    ExperimentTag,
    InputTag,
    Job,
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    MetricDirection,
    Run,
    RunInput,
    SavedView,
    Snapshot,
    StoredArtifact,
    Webhook,
    WebhookDelivery,
)

SPREAD = [model for model in apps.get_app_config("runs").get_models() if refers_to_a_run(model)]
# No statement joins them to runs.
ON_THE_COORDINATOR = {
    AuditEntry,
    ExperimentKey,
    ExperimentTag,
    Job,
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    MetricDirection,
    SavedView,
    Snapshot,
    Webhook,
    WebhookDelivery,
}
# Their keys are changed as they are spread; see runs.distribution.plan.
NUMBERED = {RunInput}


def test_every_table_has_its_place():
    placed = {Run, StoredArtifact, *SPREAD, *COPIED, *ON_THE_COORDINATOR}

    assert set(apps.get_app_config("runs").get_models()) == placed


@pytest.mark.parametrize("model", [model for model in SPREAD if model not in NUMBERED])
def test_the_primary_key_of_what_a_run_has_begins_with_the_run(model):
    assert model._meta.pk_fields[0].name == "run"


@pytest.mark.parametrize("model", SPREAD)
def test_what_is_unique_is_so_within_a_run(model):
    constraints = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]

    assert all(constraint.fields[0] == "run" for constraint in constraints)
    assert not model._meta.unique_together
    assert [field.name for field in model._meta.local_fields if field.unique and not field.primary_key] == []


@pytest.mark.parametrize("model", SPREAD)
def test_references_lead_to_the_run_or_to_what_is_on_every_machine(model):
    constrained = [f for f in model._meta.local_fields if f.remote_field and f.db_constraint]

    assert {field.related_model for field in constrained} <= {Run, *COPIED}


def test_nothing_refers_into_a_spread_table_from_outside():
    others = [model for model in apps.get_models() if model not in {Run, *SPREAD}]
    targets = {
        (model, field.related_model)
        for model in others
        for field in model._meta.local_fields
        if field.remote_field and field.db_constraint and field.related_model in {Run, *SPREAD}
    }

    # This one is dropped as its table is copied to every machine.
    assert targets == {(InputTag, RunInput)}


def test_the_layout_names_runs_first_and_each_table_once():
    tables = [spread.table for spread in by_run()] + [by_path().table]

    assert tables[0] == "runs_run"
    assert len(set(tables)) == len(tables)
