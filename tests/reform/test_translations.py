"""Every sentence that a person meets is there in bokmål and in nynorsk."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from reform.messages import compile_stale

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("reform", "municipalities", "networks", "reporting", "grants", "templates", "static/js", "locale")


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory) -> dict[tuple[str, str], list]:
    """The messages of the sources as they are now, merged with the translations, in a copy of the tree."""
    assert shutil.which("xgettext"), "gettext is needed; bin/test installs it or says how"
    copy = tmp_path_factory.mktemp("sources")
    for part in PARTS:
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("vendor", "*.mo", "__pycache__"))
    for language in ("nb", "nn"):
        (copy / "locale" / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    make = [sys.executable, "-m", "django", "makemessages", "-l", "nb", "-l", "nn", "--no-obsolete"]
    for domain in ("django", "djangojs"):
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "", "PYTHONPATH": ""}
        done = subprocess.run(
            [*make, "-d", domain], cwd=copy, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    found = {}
    for path in sorted(copy.glob("locale/*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            found[path.parts[-3], path.stem] = [m for m in read_po(file, locale=path.parts[-3]) if m.id]
    return found


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_translation_is_missing(catalogs, language):
    missing = []
    for (code, _domain), messages in catalogs.items():
        for message in messages if code == language else []:
            texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            if not all(texts) or message.fuzzy:
                places = ", ".join(f"{file}:{line}" for file, line in message.locations[:2])
                missing.append(f"{message.id!r} ({places})")
    assert not missing, f"{len(missing)} without {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_translation_keeps_the_names_that_are_filled_in(catalogs, language):
    wrong = [
        f"{message.id!r}: {error}"
        for (code, _domain), messages in catalogs.items()
        if code == language
        for message in messages
        if all(message.string if isinstance(message.string, (tuple, list)) else [message.string])
        for error in message.check()
    ]
    assert not wrong, "\n".join(wrong)


def test_the_two_languages_are_two(catalogs):
    texts = {
        language: {m.id: m.string for (code, _), ms in catalogs.items() if code == language for m in ms}
        for language in ("nb", "nn")
    }
    both = [message for message in texts["nb"] if len(str(message)) > 40]  # a short one may well be the same
    differing = [message for message in both if texts["nb"][message] != texts["nn"][message]]
    assert len(differing) > len(both) / 2, "nynorsk seems to be a copy of bokmål"


def test_only_stale_translations_are_compiled(tmp_path):
    source = tmp_path / "nb" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Yes"\nmsgstr "Ja"\n')
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]
    assert compile_stale(tmp_path) == []
    os.utime(source, (2**31, 2**31))
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]


FOUND_BY_XGETTEXT = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
    "npgettext", "npgettext_lazy",
}  # fmt: skip


def test_nothing_is_translated_under_a_name_that_is_not_looked_for():
    """``makemessages`` knows the functions by these names alone: what another marks is in no list of translations, and
    a person meets it in English."""
    found = []
    for path in sorted(path for app in PARTS[:5] for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                names = {alias.asname or alias.name for alias in node.names if "gettext" in alias.name}
                found += [f"{path.relative_to(ROOT)}: {name}" for name in names - FOUND_BY_XGETTEXT]
    assert found == []
