"""The settings as a place starts with them: each test starts Python anew with its own environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "k" * 25 + "".join(chr(97 + n) for n in range(26)) + "0123456789"


def start(code: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` after ``django.setup()`` with nothing of this run's environment but what is needed."""
    env = {"PATH": os.environ["PATH"], "PORTAL_VAR_DIR": str(var), "PORTAL_ENV_FILE": "", **environment}
    program = f"import django; django.setup()\nfrom django.conf import settings\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "reform.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def value(expression: str, var: Path, **environment: str):
    run = start(f"import json; print(json.dumps({expression}))", var, **environment)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_production_does_not_start_without_a_secret_key(tmp_path):
    run = start("", tmp_path)
    assert run.returncode != 0
    assert "Set SECRET_KEY" in run.stderr
    assert not (tmp_path / "secret_key").exists()


def test_a_local_trial_makes_its_key_once_and_for_its_owner_only(tmp_path):
    first = value("settings.SECRET_KEY", tmp_path, PORTAL_INSECURE_HTTP="1")
    assert first == value("settings.SECRET_KEY", tmp_path, PORTAL_INSECURE_HTTP="1")
    assert len(first) > 60
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_deployment_check_finds_nothing(tmp_path):
    code = "from django.core.management import call_command\n"
    code += "call_command('check', deploy=True, fail_level='WARNING')"
    run = start(code, tmp_path, SECRET_KEY=KEY, ALLOWED_HOSTS="portal.example")
    assert run.returncode == 0, run.stderr


def test_closed_by_default(tmp_path):
    names = ("DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "PORTAL_DEMO")
    got = value(f"[getattr(settings, name) for name in {names}]", tmp_path, SECRET_KEY=KEY)
    assert got == [False, True, True, True, False]
    assert value("settings.SECURE_HSTS_SECONDS", tmp_path, SECRET_KEY=KEY) >= 31536000


def test_the_environment_wins_over_the_environment_file(tmp_path):
    file = tmp_path / "demo.env"
    file.write_text("PORTAL_DEMO=1\nPORTAL_INSECURE_HTTP=1\nPORTAL_DEMO_PASSWORD=fra-filen\n")
    expression = "[settings.PORTAL_DEMO, settings.PORTAL_DEMO_PASSWORD]"
    assert value(expression, tmp_path, PORTAL_ENV_FILE=str(file)) == [True, "fra-filen"]
    got = value(expression, tmp_path, PORTAL_ENV_FILE=str(file), PORTAL_DEMO_PASSWORD="min")
    assert got == [True, "min"]
    assert value("settings.PORTAL_DEMO", tmp_path, SECRET_KEY=KEY) is False


def test_redis_serves_the_broker_and_the_cache_from_two_databases(tmp_path):
    expression = "[settings.CELERY_BROKER_URL, settings.CACHES['default']['LOCATION']]"
    got = value(expression, tmp_path, SECRET_KEY=KEY, REDIS_URL="redis://cache.example:6379/3")
    assert got == ["redis://cache.example:6379/3", "redis://cache.example:6379/4"]


@pytest.mark.parametrize("pragma", ["journal_mode", "foreign_keys"])
def test_the_embedded_database_keeps_order(tmp_path, pragma):
    code = f"__import__('django.db').db.connection.cursor().execute('PRAGMA {pragma}').fetchone()[0]"
    assert value(code, tmp_path, PORTAL_INSECURE_HTTP="1") in ("wal", 1)


READ = re.compile(r'(?:env(?:\.\w+)?|environ(?:\.get)?)[(\[]\s*"([A-Z_]+)"')


def test_the_tests_are_the_same_whatever_the_environment_says(tmp_path):
    """A machine's own LOG_LEVEL once failed 33 of them."""
    sources = [ROOT / "reform" / name for name in ("settings.py", "settings_access.py", "metrics.py")]
    names = {name for source in sources for name in READ.findall(source.read_text())}
    chosen = {"DATABASE_URL", "REDIS_URL"}
    assert {"LOG_LEVEL", "PORTAL_CLAMD", "PORTAL_LOCAL_LOGIN_CLOSED", *chosen} <= names

    code = "import json, os; from pprint import pformat as told; import tests.settings as s;"
    code += "kept = {**os.environ}; del kept['PORTAL_VAR_DIR'];"
    code += "rows = {k: told(v) for k, v in vars(s).items() if k.isupper()};"
    code += "text = json.dumps([kept, rows], sort_keys=True, default=str); print(text.replace(str(s._var), 'VAR'))"

    def made(**environment: str) -> list[dict[str, str]]:
        env = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "PYTHONHASHSEED": "0", **environment}
        started = [sys.executable, "-c", code]
        run = subprocess.run(started, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stderr
        return json.loads(re.sub("0x[0-9a-f]+", "ADDRESS", run.stdout))

    assert made(**dict.fromkeys(names - chosen, "7")) == made()
