"""The portal's settings as the tests use them; the demo's environment file stays out."""

import os
from pathlib import Path

os.environ["PORTAL_ENV_FILE"] = ""
os.environ["PORTAL_INSECURE_HTTP"] = "1"
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("LOG_LEVEL", "WARNING")
_var = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ["PORTAL_VAR_DIR"] = str(_var)

from reform.settings import *  # noqa: E402, F403
from reform.settings import CACHES, DATABASES, REDIS_URL  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in the embedded default, and one for each process, so that runs side by side stay apart.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / f"test-{os.getpid()}.sqlite3")}
if not REDIS_URL:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True  # a test of the queue itself starts a real worker
CELERY_TASK_EAGER_PROPAGATES = True
