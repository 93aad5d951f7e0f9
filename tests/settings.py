"""The portal's settings as the tests use them: the same on every machine, whatever its environment says."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each process has its own var/ folder, so that runs and workers side by side stay apart.
_var = Path(tempfile.mkdtemp(prefix="portal-tests-"))
atexit.register(shutil.rmtree, _var, ignore_errors=True)

# What whoever runs the tests may choose. Everything else that the settings read from the environment is taken out of
# it, here and for the processes that tests start (tests/reform/test_settings.py knows each name).
CHOSEN = {
    "DATABASE_URL", "REDIS_URL", "PORTAL_TEST_SERVICES", "PORTAL_NO_SKIPS", "PORTAL_KILL_ROUNDS", "PORTAL_CROWD_SECONDS"
}  # fmt: skip
OTHERS = {
    "ALLOWED_HOSTS", "CONN_MAX_AGE", "CSRF_TRUSTED_ORIGINS", "DEBUG", "DEFAULT_FROM_EMAIL", "DOCUMENT_ROOT",
    "EMAIL_URL", "LOG_LEVEL", "PROMETHEUS_MULTIPROC_DIR", "REDIS_CACHE_URL", "SECRET_KEY", "SECRET_KEY_FALLBACKS",
    "STATIC_ROOT",
}  # fmt: skip
for _name in [name for name in os.environ if name in OTHERS or (name.startswith("PORTAL_") and name not in CHOSEN)]:
    del os.environ[_name]
os.environ["PORTAL_ENV_FILE"] = ""
os.environ["PORTAL_VAR_DIR"] = str(_var)
os.environ["PORTAL_INSECURE_HTTP"] = "1"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the test
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["LOG_LEVEL"] = "WARNING"

SERVICES = bool(os.environ.get("PORTAL_TEST_SERVICES"))
if SERVICES:
    # Two Redis databases for each process of the run, from the given one up: the broker's and the cache's.
    _server, _, _number = os.environ["REDIS_URL"].rpartition("/")
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + 2 * _worker}"

from reform.settings import *  # noqa: E402, F403
from reform.settings import CACHES, DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "test.sqlite3")}  # a file, as in the embedded default
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # no power cut is waited out here
else:
    # A commit is seen by all at once; only that it outlives a power cut is not waited for.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
if not SERVICES:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True  # a test of the queue itself starts a real worker
CELERY_TASK_EAGER_PROPAGATES = True
