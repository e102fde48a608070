"""Every setting. The environment is read here, through `trackui.env`, and nowhere else."""

from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from trackui import env
from trackui.logs import LOGGING  # noqa: F401 - a setting of Django
from trackui.secret_key import installation_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What an operator sets: TRACKUI_* -----------------------------------------------------------

TRACKUI_DATA = env.folder("TRACKUI_DATA", BASE_DIR / "data")
TRACKUI_DATABASE_URL = env.text("TRACKUI_DATABASE_URL", f"sqlite:///{TRACKUI_DATA / 'trackui.sqlite3'}")
# A hot standby of the database; pages and searches read there.
TRACKUI_REPLICA_URL = env.text("TRACKUI_REPLICA_URL")
TRACKUI_ARTIFACTS = env.folder("TRACKUI_ARTIFACTS", TRACKUI_DATA / "artifacts")
# Object stores that clients reach by themselves, such as s3: an experiment may name one as its location.
TRACKUI_LOCATION_SCHEMES = env.words("TRACKUI_LOCATION_SCHEMES")
# The largest file that can be stored; 0 is any that fits on the disk.
TRACKUI_MAX_ARTIFACT_BYTES = env.integer("TRACKUI_MAX_ARTIFACT_BYTES", 0, at_least=0, at_most=2**62)
# Nothing new is written when less is free, or less than a hundredth of the disk; 0 lets it fill up.
TRACKUI_FREE_SPACE_MIB = env.integer("TRACKUI_FREE_SPACE_MIB", 1024, at_least=0, at_most=2**40)
TRACKUI_BIND_HOST, TRACKUI_BIND_PORT = env.address("TRACKUI_BIND", "127.0.0.1:5000")
TRACKUI_AUTH = env.choice("TRACKUI_AUTH", "off", ("off",))
TRACKUI_ALLOWED_HOSTS = env.words("TRACKUI_ALLOWED_HOSTS")
# Where webhooks may send to; none: webhooks are off.
TRACKUI_WEBHOOK_HOSTS = env.receivers("TRACKUI_WEBHOOK_HOSTS")
TRACKUI_SECRET_KEY = env.text("TRACKUI_SECRET_KEY")
TRACKUI_WORKERS = env.integer("TRACKUI_WORKERS", 2, at_least=1, at_most=64)
TRACKUI_THREADS = env.integer("TRACKUI_THREADS", 8, at_least=1, at_most=64)
# Connections of each process to PostgreSQL, and as many to the replica.
TRACKUI_DATABASE_POOL = env.integer("TRACKUI_DATABASE_POOL", TRACKUI_THREADS, at_least=1, at_most=64)
# What sources of new model versions have to match, from end to end, beside all other checks.
TRACKUI_MODEL_SOURCES = env.pattern("TRACKUI_MODEL_SOURCES")
# Modules, beside MLflow's own, that may load a model which is served: importing one runs its code.
TRACKUI_LOADER_MODULES = env.words("TRACKUI_LOADER_MODULES")
TRACKUI_LOG_REQUESTS = env.flag("TRACKUI_LOG_REQUESTS", False)

# --- Django ------------------------------------------------------------------------------------

DEBUG = False
SECRET_KEY = TRACKUI_SECRET_KEY or installation_secret_key(TRACKUI_DATA)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *TRACKUI_ALLOWED_HOSTS]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "trackui",
    "runs",
    "registry",
]

MIDDLEWARE = [
    "trackui.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trackui.middleware.JsonErrors",
    "trackui.middleware.HostCheck",
    "trackui.middleware.OriginCheck",
    # The protocol's requests go no further.
    "trackui.middleware.ProtocolDoor",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trackui.middleware.PagePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trackui.theme.ThemeMiddleware",
    "trackui.page_errors.PageErrorsMiddleware",
]

ROOT_URLCONF = "trackui.urls"
WSGI_APPLICATION = "trackui.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Widgets of our own have their templates beside those of the pages; Django's are found through django.forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ----------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    # FULL: an acknowledged write survives power loss. No mmap: a failed read is an error, not a signal. The cache is
    # one for each thread of each worker; what it lacks the system has in its own.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;"
        "PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000;"
    ),
}
POSTGRESQL_OPTIONS = {
    # Attempts to connect are given up early, as each request makes a new one: the pause between them grows.
    "pool": {"min_size": 1, "max_size": TRACKUI_DATABASE_POOL, "timeout": 5, "reconnect_timeout": 5},
    "options": "-c synchronous_commit=on -c statement_timeout=30000 -c lock_timeout=2000",
    "connect_timeout": 5,
    # A machine that is gone without a word is noticed in half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "application_name": "trackui",
    "prepare_threshold": 3,
}
# The primary can answer what the replica does not: it is not waited for as long.
REPLICA_OPTIONS = {
    "pool": {**POSTGRESQL_OPTIONS["pool"], "timeout": 1, "reconnect_timeout": 1},
    "options": "-c default_transaction_read_only=on -c statement_timeout=30000",
    "connect_timeout": 2,
}


def database(variable: str, url: str) -> dict:
    try:
        config = dict(dj_database_url.parse(url))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{variable} is not a database URL: {error}") from None
    engine = config["ENGINE"].rpartition(".")[2]
    if engine == "sqlite3":
        return {**config, "ENGINE": "trackui.sqlite3", "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": None}
    if engine == "postgresql":
        options = {**config.get("OPTIONS", {}), **POSTGRESQL_OPTIONS}
        return {**config, "ENGINE": "trackui.postgresql", "OPTIONS": options}
    raise ImproperlyConfigured(f"{variable} must start with sqlite:/// or postgres://.")


def replica(url: str) -> dict:
    config = database("TRACKUI_REPLICA_URL", url)
    if not DATABASES["default"]["ENGINE"] == config["ENGINE"] == "trackui.postgresql":
        raise ImproperlyConfigured("TRACKUI_REPLICA_URL needs PostgreSQL, there and in TRACKUI_DATABASE_URL.")
    return {**config, "OPTIONS": {**config["OPTIONS"], **REPLICA_OPTIONS}}


DATABASES = {"default": database("TRACKUI_DATABASE_URL", TRACKUI_DATABASE_URL)}
if TRACKUI_REPLICA_URL:
    DATABASES["replica"] = replica(TRACKUI_REPLICA_URL)
    DATABASE_ROUTERS = ["trackui.replica.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = TRACKUI_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "trackui.storage.StaticStorage"},
    "artifacts": {"BACKEND": "runs.artifacts.local.LocalArtifacts"},
}

# --- Background work ---------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Time, language ----------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# --- Security ----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "trackui.page_errors.form_refused"
# Each door counts the bytes of its own bodies (trackui.mlflow_api.body), artifacts are streamed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Native API --------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "trackui API",
    "DESCRIPTION": "Experiments, runs and registered models: list, search, read, edit, record whole runs, promote.",
    "VERSION": "1",
    "PREPROCESSING_HOOKS": ["runs.api.docs.native_endpoints"],
    "AUTHENTICATION_WHITELIST": [],
    "ENUM_NAME_OVERRIDES": {
        "RunStatus": "runs.models.RunStatus",
        "LifecycleStage": "runs.models.LifecycleStage",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
}
