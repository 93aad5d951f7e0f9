"""Settings of the site. Everything that differs between two places comes from the environment.

Without any variable the portal runs whole on one machine: SQLite, Celery over the file system and
mail as files, all under ``var/``. It is closed by default: plain HTTP, a generated secret key and
the demo have to be asked for. docs/ and docker-compose.yml tell what a real place sets.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from reform.addresses import next_redis_database
from reform.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where the environment comes from -------------------------------------------------------------

_env_file = os.environ.get("PORTAL_ENV_FILE", str(BASE_DIR / "var" / "demo.env"))
if _env_file and Path(_env_file).is_file():
    env.read_env(_env_file)  # what is set already wins over the file

VAR_DIR = Path(env.str("PORTAL_VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
PORTAL_DEMO = env.bool("PORTAL_DEMO", default=False)
PORTAL_DEMO_PASSWORD = env.str("PORTAL_DEMO_PASSWORD", default="")
PORTAL_CLOCK = env.str("PORTAL_CLOCK", default="")
PORTAL_INSECURE_HTTP = env.bool("PORTAL_INSECURE_HTTP", default=False)
PORTAL_BEHIND_PROXY = env.bool("PORTAL_BEHIND_PROXY", default=False)
PORTAL_STATIC_FINDERS = env.bool("PORTAL_STATIC_FINDERS", default=PORTAL_INSECURE_HTTP)
PORTAL_CONTACT = env.str("PORTAL_CONTACT", default="hjelp@portal.example")  # where readers are told to write
PORTAL_PRIVACY_CONTACT = env.str("PORTAL_PRIVACY_CONTACT", default="personvernombud@portal.example")
PORTAL_SECURITY_CONTACT = env.str("PORTAL_SECURITY_CONTACT", default="")  # of security.txt; else PORTAL_CONTACT
PORTAL_SECURITY_POLICY = env.str("PORTAL_SECURITY_POLICY", default="")  # the address of how reports are handled
PORTAL_SECURITY_TXT_DAYS = env.int("PORTAL_SECURITY_TXT_DAYS", default=180)  # so far ahead security.txt holds
PORTAL_BASE_URL = env.str("PORTAL_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

for _folder in ("documents", "mail", "cache", "celery"):
    (VAR_DIR / _folder).mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key from the environment; on a local trial one that is made once and kept under var/."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    if not (DEBUG or PORTAL_DEMO or PORTAL_INSECURE_HTTP):
        raise ImproperlyConfigured("Set SECRET_KEY: without it the portal does not start in production.")
    path = VAR_DIR / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Parts ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "reform",
    "municipalities",
    "networks",
    "reporting",
    "grants",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "reform.metrics.MetricsMiddleware",
    "reform.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "reform.headers.AnswerHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reform.readable.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "municipalities.uploads.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "municipalities.acting.RepresentsMiddleware",
    "reform.sessions.SessionEndMiddleware",
    "municipalities.language.UserLanguageMiddleware",
    "reform.middleware.ClockMiddleware",
    "reform.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reform.readable.ReadableMiddleware",
    "municipalities.second_step.SecondStepMiddleware",
]

ROOT_URLCONF = "reform.urls"
WSGI_APPLICATION = "reform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reform.context.site",
                "municipalities.context.frame",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "designsystemet"
CRISPY_TEMPLATE_PACK = "designsystemet"

# --- Data -----------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = False  # the services say where a transaction begins and ends
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at its start instead of failing at its end
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "reform.caching.SteadyRedisCache",
            # Not the broker's database: clearing the cache empties the whole of its own.
            "LOCATION": env.str("REDIS_CACHE_URL", default=next_redis_database(REDIS_URL)),
            "KEY_PREFIX": "portal",
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},  # seconds that a page waits for it
        }
    }
else:
    # Shared by all processes of the machine, so that the limits on login attempts hold.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
        }
    }

# Generated files. No address leads here: a view checks the reader first.
DOCUMENT_ROOT = Path(env.str("DOCUMENT_ROOT", default=str(VAR_DIR / "documents")))
DRAFT_FILES_KEPT = timedelta(days=env.int("PORTAL_DRAFT_FILE_DAYS", default=30))  # of drafts that were replaced
FILE_UPLOAD_PERMISSIONS = 0o600
PORTAL_CLAMD = env.str("PORTAL_CLAMD", default="")  # unix:/run/clamav/clamd.ctl or tcp:clamav:3310; empty: no scanner
PORTAL_CLAMD_SECONDS = env.int("PORTAL_CLAMD_SECONDS", default=30)  # for one file, from asking to answer
PORTAL_LARGEST_REQUEST = 64 * 1024 * 1024  # bytes of a whole request with its files; the proxy's limit is the same
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Background jobs ------------------------------------------------------------------------------

# One number: how long a job may run. What must be longer or shorter follows from it.
JOB_SECONDS = env.int("PORTAL_JOB_SECONDS", default=600)
CELERY_TASK_TIME_LIMIT = JOB_SECONDS
CELERY_TASK_SOFT_TIME_LIMIT = JOB_SECONDS - 30
JOB_STUCK_AFTER = timedelta(seconds=JOB_SECONDS + 60)

# Workers take from each in turn, so that a summary does not wait behind hundreds of receipts and mails.
JOB_QUEUES = ("celery", "summaries")
CELERY_TASK_QUEUES = [Queue(name) for name in JOB_QUEUES]
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {"reporting.tasks.build_summary": {"queue": "summaries"}}

CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # a job's state is a row of ours
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A process that has drawn something very large is replaced, so that what it holds on to does not add up. Above what
# the note needs (about 310 000 KiB): a new process is up to a second late, and has to read all code again.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("PORTAL_JOB_KIB", default=330_000)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/Oslo"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A job that a dead worker held comes back after this; shorter than a job may run, it would run twice.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": JOB_SECONDS + 300}
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    _celery_folders = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
    _celery_dirs = {name: VAR_DIR / "celery" / folder for name, folder in _celery_folders.items()}
    for _folder in _celery_dirs.values():
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **{name: str(path) for name, path in _celery_dirs.items()},
        "polling_interval": 0.2,  # seconds; kombu's own second would be added to every short job
    }

CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celery" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "contacts who left": {"task": "municipalities.tasks.forget_contacts", "schedule": crontab(hour=4, minute=15)},
    "mails that could not be sent": {"task": "municipalities.tasks.resend_mails", "schedule": timedelta(minutes=5)},
    "seals of the trail": {"task": "municipalities.tasks.seal_trail", "schedule": timedelta(minutes=1)},
    "trail past its time": {"task": "municipalities.tasks.keep_trail", "schedule": crontab(hour=3, minute=45)},
    "jobs whose worker died": {"task": "reporting.tasks.sweep_jobs", "schedule": timedelta(minutes=2)},
    "files nobody needs": {"task": "reporting.tasks.clean_files", "schedule": crontab(hour=3, minute=30)},
    "answers to machines": {"task": "reporting.tasks.forget_requests", "schedule": crontab(hour=3, minute=15)},
    "reports that have not come": {"task": "reporting.tasks.send_reminders", "schedule": crontab(hour=7, minute=0)},
}

# --- Who gets in, for how long, and what a browser is told ------------------------------------------

from reform.settings_access import *  # noqa: E402, F403

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk")]
LANGUAGE_COOKIE_NAME = "portal_language" if PORTAL_INSECURE_HTTP else "__Host-portal_language"
LANGUAGE_COOKIE_SECURE = not PORTAL_INSECURE_HTTP
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
if PORTAL_STATIC_FINDERS:  # nothing is collected; WhiteNoise still wants the folder to be there
    STATIC_ROOT = VAR_DIR / "static"
    STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = PORTAL_STATIC_FINDERS
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PORTAL_STATIC_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Mail -----------------------------------------------------------------------------------------

if env.str("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Leve hele livet <noreply@portal.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "municipalities.api_keys.ServiceKeyAuthentication",  # a municipality's own system
        "rest_framework.authentication.TokenAuthentication",  # before the session: an unknown caller gets 401, not 403
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "EXCEPTION_HANDLER": "municipalities.api_errors.answer",
    "DEFAULT_METADATA_CLASS": "municipalities.api_metadata.PlainMetadata",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["municipalities.api_parsing.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "municipalities.api_paging.BoundedPages",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("PORTAL_API_RATE", default="600/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Leve hele livet",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "municipalities.api_schema.every_refusal",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ReportStatus": "reporting.models.Report.Status",
        "SummaryStatus": "reporting.models.NationalSummary.Status",
        "DocumentStatus": "reporting.models.Document.Status",
        "SupportKind": "networks.models.SupportActivity.Kind",
        "NetworkKind": "networks.models.Network.Kind",
        "PlanStatus": "municipalities.models.PlanDecision.Status",
        "ParticipationStatus": "networks.models.Participation.Status",
        "ParticipationStatusGiven": "networks.api.STATUSES",
    },
}

# --- Logs -----------------------------------------------------------------------------------------

LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"))
