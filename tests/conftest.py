"""Fixtures of every test: clients of the doors, databases, real servers, a browser."""

import os
import shutil
import socket
import tempfile
from importlib import import_module
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings

from tests.chromium import launch
from tests.clients import JsonClient, PageClient
from tests.postgres import PostgresServer
from tests.receivers import loopback_receiver
from tests.scheduling import Scheduling, long_ones_first, processes
from tests.servers import REPOSITORY, folder_like, free_port, mlflow_server, prepare, stopped_at_the_end, trackui_server

# Where the shared server may send webhooks to: whoever listens there.
RECEIVER = f"http://127.0.0.1:{free_port()}"
# Milliseconds for what a browser shows: a test fails for what does not come, not for what comes late.
EXPECTED_WITHIN = 20_000
# Fixtures that bring servers with databases of their own.
OWN_DATABASE = {"server", "start_server", "reference_server", "page"}


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="what the tests run on; 'postgres' starts a server and runs only what touches a database",
    )
    parser.addoption("--kills", type=int, default=20, help="how often the crash test kills writing processes")


def pytest_configure(config):
    """Before Django reads its settings: nothing of the user's own set-up counts, nothing is written to it.

    With `-n`, each worker does so for itself; what the process above them set, they would inherit.
    """
    config.trackui_data = config.postgres = None
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    for name in [name for name in os.environ if name.startswith(("TRACKUI_", "MLFLOW_"))]:
        if name != "TRACKUI_CHROMIUM":
            del os.environ[name]
    config.trackui_data = Path(tempfile.mkdtemp(prefix="trackui-tests-"))
    os.environ["TRACKUI_DATA"] = str(config.trackui_data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trackui.settings"
    if config.getoption("database") == "postgres":
        config.postgres = PostgresServer()
        os.environ["TRACKUI_DATABASE_URL"] = config.postgres.url
    django.setup()
    # Names of static files as they are: hashed ones need collectstatic first. The real servers have them.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT.mkdir()
    # How long an example takes says how busy the machine is.
    hypothesis.settings.register_profile(
        "trackui", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("trackui")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    return processes()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_unconfigure(config):
    if config.postgres:
        config.postgres.stop()
    if config.trackui_data:
        shutil.rmtree(config.trackui_data, ignore_errors=True)


def pytest_collection_modifyitems(config, items):
    """Keep what belongs to the database of this run: on PostgreSQL that is only what touches one."""
    is_kept = _runs_on_sqlite if config.postgres is None else _runs_on_postgres
    config.hook.pytest_deselected(items=[item for item in items if not is_kept(item)])
    items[:] = [item for item in items if is_kept(item)]
    if hasattr(config, "workerinput"):
        long_ones_first(items)


def _runs_on_sqlite(item) -> bool:
    return not item.get_closest_marker("postgres_only")


def _runs_on_postgres(item) -> bool:
    is_own = set(getattr(item, "fixturenames", ())) & OWN_DATABASE
    return _touches_a_database(item) and not is_own and not item.get_closest_marker("sqlite_only")


def _touches_a_database(item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"})


# --- Databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request):
    """SQLite in a file: threads cannot share one in memory. PostgreSQL without a pool, so it can be dropped."""
    database = settings.DATABASES["default"]
    if request.config.postgres is None:
        database["TEST"]["NAME"] = str(request.config.trackui_data / "test.sqlite3")
        return
    request.config.postgres.start()
    database["OPTIONS"].pop("pool", None)


@pytest.fixture(autouse=True)
def _default_experiment(request, _django_db_helper):
    """Experiment 0 is there for each test; one with real commits empties the database when it ends."""
    if _touches_a_database(request.node):
        from django.apps import apps

        import_module("runs.migrations.0002_default_experiment").create_default_experiment(apps, None)


@pytest.fixture(autouse=True)
def _no_names_remembered():
    """A process remembers interned names; each test starts from another database."""
    from runs.keys import forget_keys

    forget_keys()


# --- Doors -------------------------------------------------------------------------------------


@pytest.fixture
def mlflow_api(db, request):
    """The protocol, below /api/2.0/mlflow; another prefix by `parametrize(..., indirect=True)`."""
    return JsonClient(f"{getattr(request, 'param', '/api/2.0')}/mlflow")


@pytest.fixture
def api(db):
    """Our own API, below /api/v1."""
    return JsonClient("/api/v1")


@pytest.fixture
def pages(db):
    return PageClient()


@pytest.fixture
def work_jobs(db):
    """Do the jobs that wait, here and now, as a worker would: `work_jobs()`."""
    from runs.jobs.queue import work_all

    return work_all


@pytest.fixture
def webhooks_on(settings, monkeypatch):
    """hooks.example.com may be sent to; its name leads to a public address, whatever this machine can look up."""
    from trackui.receivers import receiver_of

    settings.TRACKUI_WEBHOOK_HOSTS = [receiver_of("hooks.example.com")]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr("trackui.outbound.socket.getaddrinfo", lambda *args, **options: found)


@pytest.fixture
def receiver(settings):
    """A receiver of webhooks on loopback, which alone may be sent to."""
    with loopback_receiver() as receiver:
        settings.TRACKUI_WEBHOOK_HOSTS = receiver.allowed
        yield receiver


@pytest.fixture
def artifact_root() -> Path:
    """Where artifacts go. Shared by the session, as run ids differ; emptied after each test that looks at it."""
    root = settings.TRACKUI_ARTIFACTS
    yield root
    shutil.rmtree(root, ignore_errors=True)


# --- Real servers and a browser ----------------------------------------------------------------


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory, request) -> Path:
    """A data folder as a server leaves it that was started once. Shared by all processes of a test run: copy it."""
    folder = tmp_path_factory.getbasetemp()
    return prepare(folder.parent if hasattr(request.config, "workerinput") else folder)


@pytest.fixture(scope="session")
def server(tmp_path_factory, prepared_folder):
    """Our own server, `server.url`, shared by the session: make an experiment of your own in it."""
    with stopped_at_the_end() as servers:
        data = folder_like(prepared_folder, tmp_path_factory.mktemp("server") / "data")
        servers.append(trackui_server(data, TRACKUI_WEBHOOK_HOSTS=RECEIVER))
        servers[0].receiver = RECEIVER
        yield servers[0]


@pytest.fixture
def start_server(tmp_path, prepared_folder):
    """Start fresh ones: `start_server()`, `start_server(data=..., TRACKUI_WORKERS="1")`.

    They find the static files collected and the tables made, unless `data` is there already.
    """
    with stopped_at_the_end() as servers:

        def start(data: Path = tmp_path / "data", **environ: str):
            if not data.exists():
                folder_like(prepared_folder, data, has_database="TRACKUI_DATABASE_URL" not in environ)
            servers.append(trackui_server(data, **environ))
            return servers[-1]

        yield start


@pytest.fixture(scope="session")
def reference_server(tmp_path_factory):
    """MLflow 3's own server: what it answers is right."""
    with stopped_at_the_end() as servers:
        python = REPOSITORY / ".venv-mlflow3" / "bin" / "python"
        servers.append(mlflow_server(tmp_path_factory.mktemp("mlflow"), python=python))
        yield servers[0]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=EXPECTED_WITHIN)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright leaves an event loop in this thread, which Django takes for an asynchronous caller.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, server):
    """A tab with an empty profile, its base address our server's. Errors in its console fail the test."""
    errors = []
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert errors == []
