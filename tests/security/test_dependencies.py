"""The command that asks for known weaknesses says honestly what it knows; and what the product's licences are."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

from tests.reform.test_launcher import load

ROOT = Path(__file__).resolve().parents[2]
GNU = re.compile(r"\b(A?GPL|GNU (?:Affero )?General Public|Affero|SSPL|Server Side Public|Commons Clause)", re.I)
LESSER = re.compile(r"\bL(?:esser )?GPL|Lesser General|Library or Lesser", re.I)
CHOSEN = {"pyphen": "MPL 1.1 or LGPL 2.1, offered beside the GPL (its README)"}
"""Packages whose classifiers list licences of which one may be chosen."""


@pytest.fixture(scope="module")
def audit():
    return load("_audit")


def answer(*packages: dict) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


CLEAN = {"name": "django", "version": "5.2", "vulns": []}
WEAK = {"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "y", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("out", "err", "code", "word"),
    [
        (answer(CLEAN), "", 0, "1 packages asked about, 0 known"),
        (answer(CLEAN, WEAK), "", 1, "x 1: PYSEC-1 (mended in 1.1)"),
        (answer(CLEAN, SKIPPED), "", 2, "y was not asked about"),
        (answer(WEAK, SKIPPED), "", 1, "PYSEC-1"),
        (answer(), "", 2, "0 packages"),
        (answer(SKIPPED, SKIPPED), "", 2, "knows none of the 2 packages"),
        ("", "requests.exceptions.ConnectionError: Max retries exceeded", 2, "cannot be reached: nothing is known"),
        ("", "ERROR:pip_audit._cli:503 Server Error", 2, "cannot be reached: nothing is known"),
        ("", "Traceback\nKeyError: 'x'", 2, "pip-audit stopped: KeyError"),
        ("", "", 2, "pip-audit stopped"),
        ("[]", "", 2, "pip-audit stopped"),
    ],
)
def test_the_exit_code_is_honest(audit, out, err, code, word):
    got, lines = audit.verdict("requirements.lock", "pypi", out, err)
    assert got == code
    assert word in "\n".join(lines)


def test_the_lock_of_the_audit_has_hashes_and_no_addresses():
    text = (ROOT / "requirements-audit.lock").read_text()
    assert "://" not in text
    names = re.findall(r"^[a-z][\w.-]*==", text, re.MULTILINE)
    assert "pip-audit==" in names
    assert text.count("--hash=sha256:") >= len(names)


def licence(name: str) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line of the field."""
    said = metadata(name)
    expression, field = said.get("License-Expression"), (said.get("License") or "").strip()
    classifiers = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License")]
    return expression or "; ".join(classifiers) or field.partition("\n")[0]


def test_nothing_in_the_product_is_under_agpl_or_gpl():
    names = re.findall(r"^([a-z0-9][\w.-]*)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(names) > 50
    found = {}
    for name in names:
        try:
            found[name] = licence(name)
        except PackageNotFoundError:
            continue  # for another system or Python version
    assert len(found) > len(names) * 0.8
    assert not [name for name, said in found.items() if not said], "a package says nothing of its licence"
    strict = {name for name, said in found.items() if GNU.search(LESSER.sub("", said)) and not _choice(said)}
    assert strict <= set(CHOSEN), {name: found[name] for name in strict}
    assert "MPL" in found["pyphen"]


def _choice(said: str) -> bool:
    """Whether another licence may be chosen instead."""
    return any(not GNU.search(LESSER.sub("", part)) for part in re.split(r"\s+OR\s+", said)) and " OR " in said


@pytest.mark.parametrize(
    ("said", "refused"),
    [("AGPL-3.0-only", True), ("GNU General Public License v3 (GPLv3)", True), ("GPL-2.0-or-later", True),
     ("LGPL-3.0-only", False), ("GNU Lesser General Public License v3 (LGPLv3)", False), ("MIT", False),
     ("GPL-2.0-only OR MIT", False), ("GNU Library or Lesser General Public License (LGPL)", False)],
)  # fmt: skip
def test_the_licence_rule_can_fail(said, refused):
    assert bool(GNU.search(LESSER.sub("", said)) and not _choice(said)) is refused
