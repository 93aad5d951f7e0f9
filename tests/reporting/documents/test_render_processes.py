"""The same Content gives the same bytes: in another process, on another day, in another time zone, with another
language of the machine, and with another order of sets."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.looks

ROOT = Path(__file__).resolve().parents[3]
DRAW = """
import sys
if sys.argv[1] == "later":
    import datetime, time
    shift, real_time, real = 400 * 86400, time.time, datetime.datetime
    class Like(type):
        __instancecheck__ = lambda cls, value: isinstance(value, real)
    class Later(real, metaclass=Like):
        now = classmethod(lambda cls, tz=None: real.now(tz) + datetime.timedelta(seconds=shift))
        utcnow = classmethod(lambda cls: real.utcnow() + datetime.timedelta(seconds=shift))
    datetime.datetime, time.time = Later, lambda: real_time() + shift
import django, hashlib, os
django.setup()
from reporting.documents.render import render
from tests.reporting.documents import fixture_content
from tests.reporting.documents.conftest import link
print(__import__("datetime").datetime.now().toordinal())
for language in ("nb", "nn"):
    content = fixture_content.note(units=8, language=language)
    for fmt in ("json", "xlsx", "docx", "pdf"):
        print(language, fmt, hashlib.sha256(render(content, fmt, links=link)).hexdigest())
"""


def drawn(when: str, **environment: str) -> str:
    """Hashes of the eight files, drawn by a fresh process with that environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LC_") and key not in ("TZ", "LANG")}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT), **environment}
    run = subprocess.run(
        [sys.executable, "-c", DRAW, when], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_two_processes_in_two_places_on_two_days_draw_the_same_bytes():
    here = {"TZ": "Europe/Oslo", "LANG": "nb_NO.UTF-8", "PYTHONHASHSEED": "1"}
    there = {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "4294967295"}
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(drawn, "now", **here), pool.submit(drawn, "later", **there)
    day, *lines = first.result().splitlines()
    other_day, *others = second.result().splitlines()
    assert int(other_day) - int(day) >= 399
    assert [line.rsplit(" ", 1)[0] for line in lines] == [
        f"{language} {fmt}" for language in ("nb", "nn") for fmt in ("json", "xlsx", "docx", "pdf")
    ]
    assert others == lines
