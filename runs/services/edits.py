"""Several changes to one experiment or run at once: all of them or none."""

from collections.abc import Iterable, Mapping

from runs.ingest.batch import Batch, check_tags
from runs.ingest.writer import run_for_writing, uncount_key, write_batch
from runs.keys import key_ids
from runs.metrics.seal import seal_run
from runs.models import Experiment, ExperimentTag, KeyKind, Run, RunTag
from runs.models.experiment import NOTE_TAG
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from runs.services.audit import record
from runs.services.experiments import (
    CUSTOM_VIEW_PREFIX,
    active_experiment,
    check_custom_views,
    check_experiment_tag,
    note_change,
    rename_held,
    store_tags,
)
from runs.services.run_endings import announce_end
from runs.services.runs import check_time
from runs.services.sealing import seal_rest
from trackui.clock import now_ms
from trackui.colours import is_colour
from trackui.db import update_row
from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.fields import KeyValue
from trackui.transactions import transactional

# What the list of changes calls edits of a run; those of other tags are `run.tag`.
ACTIONS = {"name": "run.rename", "colour": "run.colour", f"tags.{NOTE_TAG}": "run.note"}


def edit_experiment(experiment_id: str, *, name: str | None = None, tags: Mapping[str, str | None], user) -> Experiment:
    """Rename, set tags, and remove those whose value is None; removing what is not there is fine."""
    kept = {key: value for key, value in tags.items() if value is not None}
    for key, value in kept.items():
        check_experiment_tag(key, value)

    @transactional
    def write() -> Experiment:
        experiment = active_experiment(experiment_id, user=user)
        changes = {"tags": sorted(tags)} if tags else {}
        if name is not None and name != experiment.name:
            changes |= {"before": experiment.name, "after": name}
            rename_held(experiment, name)
        for key in kept:
            if key.startswith(CUSTOM_VIEW_PREFIX):
                check_custom_views(experiment, key)
        store_tags(experiment, kept)
        removed = key_ids(tags.keys() - kept.keys())
        ExperimentTag.objects.filter(experiment=experiment, key__in=removed.values()).delete()
        if changes:
            note_change(experiment, "edit", user=user, **changes)
        return experiment

    return write()


def edit_run(
    run_id: str,
    *,
    name: str | None = None,
    status: str | None = None,
    end_time: int | None = None,
    tags: Mapping[str, str | None],
    colour: str | None = None,
    user,
) -> Run:
    """Change what is given; tags as in edit_experiment. A run that finishes without an end time ends now.

    A run that ends has its points sealed. `colour`: see trackui/colours.py; empty for that of its id.
    """
    if colour is not None and not is_colour(colour):
        raise InvalidParameterValue(f"'{shorten(colour, 40)}' is no colour of a run.")
    check_time("end_time", end_time)
    kept = {key: value for key, value in tags.items() if value is not None}
    removed = tags.keys() - kept.keys()
    if RUN_NAME_TAG in removed:
        raise InvalidParameterValue(f"The tag '{RUN_NAME_TAG}' is the run's name and cannot be removed.")
    if name is not None:
        if not name.strip():
            raise InvalidParameterValue("A run's name must not be blank.")
        if kept.setdefault(RUN_NAME_TAG, name) != name:
            raise InvalidParameterValue(f"'name' and the tag '{RUN_NAME_TAG}' are one: send one of them.")

    @transactional
    def write() -> tuple[Run, bool]:
        run = run_for_writing(run_id, user=user)
        before, was_finished = looks(run, tags), run.is_finished
        if status is not None:
            run.status = status
        if end_time is not None:
            run.end_time = end_time
        elif status is not None and run.is_finished and run.end_time is None:
            run.end_time = now_ms()
        if colour is not None:
            run.colour = colour
        update_row("runs_run", run.pk, {"status": run.status, "end_time": run.end_time, "colour": run.colour})
        write_batch(run, Batch(tags=kept))
        remove_tags(run, removed)
        run.refresh_from_db(fields=["name", "parent"])
        record_edit(run, before, looks(run, tags), user=user)
        if run.is_finished and not was_finished:
            announce_end(run)
        return run, status is not None and run.is_finished and seal_run(run.pk)

    run, has_more_to_seal = write()
    if has_more_to_seal:
        seal_rest(run.pk)
    return run


def edit_tag(run_id: str, key: str, value: str | None, *, user) -> None:
    """Set one tag of a run, or remove it where the value is None."""
    kept = check_tags([KeyValue(key=key, value=value)], path="") if value is not None else {key: None}
    edit_run(run_id, tags=kept, user=user)


def looks(run: Run, tags: Iterable[str]) -> dict[str, str | None]:
    """What people may edit of a run: its name, colour and these tags."""
    stored = RunTag.objects.filter(run=run, key__in=key_ids(tags).values()).values_list("key__name", "value")
    found = dict(stored)
    return {"name": run.name, "colour": run.colour, **{f"tags.{key}": found.get(key) for key in tags}}


def record_edit(run: Run, before: Mapping[str, str | None], after: Mapping[str, str | None], *, user) -> None:
    """An entry for each that changed."""
    for field in after:
        if before.get(field) == after[field]:
            continue
        action, detail = ACTIONS.get(field, "run.tag"), {"before": before.get(field), "after": after[field]}
        if action == "run.tag":
            detail["key"] = field.removeprefix("tags.")
        record(user, action, "run", run.run_id, experiment=run.experiment, **detail)


def remove_tags(run: Run, names: Iterable[str]) -> None:
    """Remove those that are there, inside a transaction that holds the run."""
    found = key_ids(names)
    if not found:
        return
    stored = RunTag.objects.filter(run=run, key__in=found.values())
    keys = list(stored.values_list("key", flat=True))
    stored.delete()
    for key in sorted(keys):
        uncount_key(run.experiment_id, KeyKind.TAG, key)
    if PARENT_RUN_TAG in found:
        Run.objects.filter(pk=run.pk).update(parent=None)
