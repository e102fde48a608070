"""One batch, one short transaction, a number of statements that does not grow with the batch."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F

from runs.ingest.batch import Batch, ModelPoint, number_in
from runs.keys import intern_keys
from runs.metrics.append import KeyPoints, append_points, gather_points
from runs.models import ExperimentKey, KeyKind, LoggedModel, Run
from runs.models.access import readable_experiments
from runs.models.run import PARENT_RUN_TAG, RUN_NAME_TAG
from trackui.db import HELD, fetch_all, fetch_object, in_list, insert_rows, update_row
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist, shorten
from trackui.group_commit import write_together
from trackui.transactions import transactional

PARAM_COLUMNS = ("run_id", "key_id", "experiment_id", "value", "number")
TAG_COLUMNS = ("run_id", "key_id", "experiment_id", "value")
TAG_UPSERT = "(run_id, key_id) DO UPDATE SET value = excluded.value"
EXPERIMENT_KEY_COLUMNS = ("experiment_id", "kind", "key_id", "run_count", "numeric_count")
EXPERIMENT_KEY_UPSERT = (
    "(experiment_id, kind, key_id) DO UPDATE SET "
    "run_count = runs_experimentkey.run_count + excluded.run_count, "
    "numeric_count = runs_experimentkey.numeric_count + excluded.numeric_count"
)
MODEL_METRIC_COLUMNS = (
    "model_id",
    "run_id",
    "key",
    "step",
    "timestamp",
    "value",
    "is_nan",
    "dataset_name",
    "dataset_digest",
)


def log_batch(run_id: str, batch: Batch, *, user) -> None:
    """Add a batch to a run: all of it or, on any error, nothing."""
    # What needs no database is done before others are made to wait.
    gathered = gather_points(batch.points)

    def write() -> None:
        run = run_for_writing(run_id, user=user)
        write_batch(run, batch, gathered=gathered)
        write_model_points(run, batch.model_points, user=user)

    write_together(write)


@transactional
def log_param(run_id: str, key: str, value: str, *, user) -> None:
    """Add one param; a conflict is told as MLflow tells that of one param."""
    run = run_for_writing(run_id, user=user)
    ids = intern_keys([key])
    stored = _stored_values("runs_param", run, [ids[key]])
    if stored.get(ids[key], value) != value:
        raise InvalidParameterValue(
            f"Changing param values is not allowed. Param with key='{key}' was already logged with "
            f"value='{shorten(stored[ids[key]])}' for run ID='{run.run_id}'. "
            f"Attempted logging new value '{shorten(value)}'."
        )
    if not stored:
        count_keys(run.experiment_id, insert_params(run, {key: value}, ids))


def run_for_writing(run_id: str, *, user) -> Run:
    """The run, held against other writers until the transaction ends; refused when it is deleted."""
    run = held_run(run_id, user=user)
    if not run.is_active:
        raise InvalidParameterValue(
            f"The run {run.run_id} must be in the 'active' state. Current state is {run.lifecycle_stage}."
        )
    return run


def held_run(run_id: str, *, user) -> Run:
    """The run, deleted or not, held against other writers until the transaction ends."""
    readable, params = readable_experiments(user, "experiment_id")
    run = fetch_object(Run, f"run_id = %s AND {readable}", (run_id, *params), lock=HELD)
    if run is None:
        raise run_not_found(run_id)
    return run


def run_not_found(run_id: str) -> ResourceDoesNotExist:
    return ResourceDoesNotExist(f"Run with id={shorten(run_id)} not found")


def write_batch(
    run: Run, batch: Batch, *, gathered: Mapping[str, KeyPoints] | None = None, follow_tags: bool = True
) -> None:
    """Write into a run that the open transaction holds; its points for logged models are left to the caller.

    `gathered`: the batch's points, where they have been gathered before the transaction.
    `follow_tags`: let the run's name and parent follow the tags that carry them.
    """
    gathered = gather_points(batch.points) if gathered is None else gathered
    names = gathered.keys() | batch.params.keys() | batch.tags.keys()
    if not names:
        return
    ids = intern_keys(names)
    new_keys = write_params(run, batch.params, ids)
    by_id = {ids[key]: points for key, points in gathered.items()}
    new_metrics = append_points(run=run.pk, experiment=run.experiment_id, gathered=by_id)
    new_keys += [(KeyKind.METRIC, key, 1) for key in new_metrics]
    new_keys += write_tags(run, batch.tags, ids)
    if follow_tags:
        _follow_tags(run, batch.tags)
    count_keys(run.experiment_id, new_keys)


def write_params(run: Run, params: Mapping[str, str], ids: Mapping[str, int]) -> list[tuple]:
    """Params are written once: the same value again is fine, another one refuses the batch."""
    if not params:
        return []
    stored = _stored_values("runs_param", run, [ids[key] for key in params])
    changed = [(key, stored[ids[key]], value) for key, value in params.items() if stored.get(ids[key], value) != value]
    if changed:
        listed = [
            {"key": key, "old_value": shorten(old, 50), "new_value": shorten(new, 50)} for key, old, new in changed
        ]
        raise InvalidParameterValue(
            f"Changing param values is not allowed. Params were already logged='{shorten(listed)}' "
            f"for run ID='{run.run_id}'."
        )
    return insert_params(run, {key: value for key, value in params.items() if ids[key] not in stored}, ids)


def insert_params(run: Run, params: Mapping[str, str], ids: Mapping[str, int]) -> list[tuple]:
    """Store params the run does not have yet; answers what count_keys wants of them."""
    rows = [(run.pk, ids[key], run.experiment_id, value, number_in(value)) for key, value in params.items()]
    insert_rows("runs_param", PARAM_COLUMNS, rows)
    return [(KeyKind.PARAM, row[1], int(row[4] is not None)) for row in rows]


def write_tags(run: Run, tags: Mapping[str, str], ids: Mapping[str, int]) -> list[tuple]:
    """Tags are overwritten."""
    if not tags:
        return []
    stored = _stored_values("runs_runtag", run, [ids[key] for key in tags])
    rows = [(run.pk, ids[key], run.experiment_id, value) for key, value in tags.items()]
    insert_rows("runs_runtag", TAG_COLUMNS, rows, on_conflict=TAG_UPSERT)
    return [(KeyKind.TAG, ids[key], 0) for key in tags if ids[key] not in stored]


def _follow_tags(run: Run, tags: Mapping[str, str]) -> None:
    if RUN_NAME_TAG in tags:
        update_row("runs_run", run.pk, {"name": tags[RUN_NAME_TAG]})
    if PARENT_RUN_TAG in tags:
        update_row("runs_run", run.pk, {"parent_id": parent_key(tags[PARENT_RUN_TAG])})


def parent_key(run_id: str) -> int | None:
    """The parent's primary key, when it is a run we have."""
    return Run.objects.filter(run_id=run_id).values_list("pk", flat=True).first()


def write_model_points(run: Run, points: Sequence[ModelPoint], *, user) -> None:
    """Points that name a logged model are recorded on it too, also when the run has them already."""
    if not points:
        return
    wanted = {point.model_id for point in points}
    models = LoggedModel.objects.visible_to(user).active().filter(model_id__in=wanted)
    keys = dict(models.values_list("model_id", "pk"))
    for model_id in sorted(wanted - keys.keys()):
        raise ResourceDoesNotExist(f"Logged model with ID '{shorten(model_id)}' not found.")
    # Sorted, so that two runs that write to one model do not wait for each other in a circle.
    rows = sorted((keys[point.model_id], run.run_id, *point[1:]) for point in points)
    insert_rows("runs_loggedmodelmetric", MODEL_METRIC_COLUMNS, rows, on_conflict="DO NOTHING")


def count_keys(experiment: int, keys: Iterable[tuple]) -> None:
    """Count (kind, key, is numeric) of a run in ExperimentKey; sorted, so that writers do not deadlock."""
    rows = [(experiment, int(kind), key, 1, numeric) for kind, key, numeric in sorted(keys)]
    insert_rows("runs_experimentkey", EXPERIMENT_KEY_COLUMNS, rows, on_conflict=EXPERIMENT_KEY_UPSERT)


def uncount_key(experiment: int, kind: KeyKind, key: int) -> None:
    """A run lost a key."""
    ExperimentKey.objects.filter(experiment=experiment, kind=kind, key=key).update(run_count=F("run_count") - 1)


def _stored_values(table: str, run: Run, keys: list[int]) -> dict[int, str]:
    return dict(
        fetch_all(f"SELECT key_id, value FROM {table} WHERE run_id = %s AND key_id IN {in_list(keys)}", [run.pk, *keys])
    )
