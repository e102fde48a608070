"""A disk that is full or may only be read: writes are told so, reads go on, and all is well once it is mended."""

import os
import resource
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from runs.artifacts.files import remove_artifacts, save_artifact
from runs.artifacts.paths import file_path
from runs.models import Key, MetricSummary, RunTag, StoredArtifact
from tests.factories import make_run
from tests.trackui.test_group_commit import all_at_once
from trackui import space
from trackui.errors import TemporarilyUnavailable
from trackui.group_commit import Group

# A batch is larger than this, also packed.
SMALL_FILE = 2**15
POINTS = [{"key": "loss", "value": 1 / (step + 1), "timestamp": step, "step": step} for step in range(900)]
TAGS = [{"key": f"note {number}", "value": "x" * 5000} for number in range(20)]


@pytest.fixture
def mlflow_api(transactional_db, mlflow_api):
    return mlflow_api


def is_refused(response):
    body = response.json()
    assert (response.status_code, body["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE"), body
    assert int(response["Retry-After"]) >= 5
    return body["message"]


def reads_go_on(mlflow_api, run):
    assert mlflow_api.get("runs/get", {"run_id": run.run_id}).status_code == 200
    assert mlflow_api.post("runs/search", {"experiment_ids": ["0"]}).json()["runs"]
    assert mlflow_api.get("/experiments/0/").status_code == 200
    return True


# --- SQLite ------------------------------------------------------------------------------------


@contextmanager
def full_file():
    """No page more in the file, for connections that are there and for new ones."""

    def fill(sender, connection, **kwargs):
        connection.connection.execute("PRAGMA max_page_count=1").close()  # at least as many as there are

    connection.connection.execute("VACUUM").close()  # nor a free one inside
    fill(None, connection)
    connection_created.connect(fill)
    try:
        yield
    finally:
        connection_created.disconnect(fill)
        connection.connection.execute("PRAGMA max_page_count=4294967294").close()


@contextmanager
def failing_disk():
    """No file can grow, and the system says so by an error that is not that of a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only_folder():
    """The folder of the file and all in it may be read, and not written, by whoever this process is meanwhile."""
    folder = Path(connection.settings_dict["NAME"]).parent
    paths = [folder, *folder.glob("test.sqlite3*")]
    modes = {path: path.stat().st_mode for path in paths}
    user = os.geteuid()
    for path in paths:
        path.chmod(0o555)
    if user == 0:
        os.seteuid(65534)  # root may write anything
    try:
        yield
    finally:
        os.seteuid(user)
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("fault", "words"),
    [(full_file, "full"), (failing_disk, "not available"), (read_only_folder, "only be read")],
)
def test_writes_are_refused_and_reads_go_on(mlflow_api, fault, words):
    run = make_run()
    batch = {"run_id": run.run_id, "metrics": POINTS, "tags": TAGS}
    assert reads_go_on(mlflow_api, run)

    with fault():
        if fault is read_only_folder:
            connection.close()
        assert words in is_refused(mlflow_api.post("runs/log-batch", batch))
        assert reads_go_on(mlflow_api, run)

    connection.close()
    notes = RunTag.objects.filter(run=run, key__name__startswith="note")
    assert not notes.exists()
    assert mlflow_api.post("runs/log-batch", batch).status_code == 200
    assert notes.count() == len(TAGS)


@pytest.mark.sqlite_only
def test_of_writes_that_share_a_commit_none_is_told_done_when_the_file_is_full(transactional_db):
    def create(name):
        return lambda: Key.objects.create(name=name).name

    def fill():
        Key.objects.bulk_create([Key(name=f"{number} {'x' * 200}") for number in range(5000)])

    with full_file():
        outcomes = all_at_once(Group(), [create("before"), fill, create("after")])

    assert isinstance(outcomes[1], TemporarilyUnavailable)
    told_done = {outcome for outcome in outcomes if isinstance(outcome, str)}
    assert set(Key.objects.filter(name__in=["before", "after"]).values_list("name", flat=True)) == told_done


@pytest.mark.sqlite_only
def test_the_last_of_the_disk_is_kept_free(mlflow_api, settings, monkeypatch):
    run = make_run()
    settings.TRACKUI_FREE_SPACE_MIB = 2**40
    monkeypatch.setattr(space, "_known", {})

    assert "full" in is_refused(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "tags": TAGS}))
    assert reads_go_on(mlflow_api, run)

    settings.TRACKUI_FREE_SPACE_MIB = 0
    monkeypatch.setattr(space, "_known", {})
    assert mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "tags": TAGS}).status_code == 200


def test_artifacts_can_be_removed_from_a_disk_that_is_nearly_full(
    transactional_db, artifact_root, settings, monkeypatch
):
    path = file_path("0/r/artifacts/a.txt")
    save_artifact(path, [b"x"])
    settings.TRACKUI_FREE_SPACE_MIB = 2**40
    monkeypatch.setattr(space, "_known", {})

    with pytest.raises(TemporarilyUnavailable):
        save_artifact(path, [b"y"])
    remove_artifacts(path)

    assert not StoredArtifact.objects.exists()


@pytest.mark.sqlite_only
def test_the_disk_is_asked_once_a_second(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(space, "lacks_space", lambda folder: asked.append(folder) or len(asked) > 1)
    clock = iter([100.0, 100.5, 101.0])
    monkeypatch.setattr(space, "time", SimpleNamespace(monotonic=lambda: next(clock)))

    assert [space.lacks_space_now(tmp_path) for _ in range(3)] == [False, False, True]


# --- PostgreSQL --------------------------------------------------------------------------------


@pytest.fixture
def full_tablespace(transactional_db):
    """The server's own words and code when a table cannot grow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON runs_metricsummary "
            "FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION full_disk CASCADE")


@pytest.mark.postgres_only
def test_a_full_tablespace_refuses_writes_and_reads_go_on(full_tablespace, mlflow_api):
    run = make_run()

    message = is_refused(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "metrics": POINTS, "tags": TAGS}))

    assert "full" in message and "extend" not in message
    assert reads_go_on(mlflow_api, run)
    assert not MetricSummary.objects.filter(run=run).exists()


@pytest.mark.postgres_only
def test_a_server_that_may_only_be_read_refuses_writes(mlflow_api):
    run = make_run()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")

    assert "only be read" in is_refused(mlflow_api.post("runs/log-batch", {"run_id": run.run_id, "tags": TAGS}))
    assert reads_go_on(mlflow_api, run)

    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
