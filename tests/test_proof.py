"""docs/proof.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def missing(text: str) -> list[str]:
    """The tests that ``text`` names and that are not there."""
    return [
        f"{file}::{name}"
        for file, name in NAMED.findall(text)
        if not (TESTS / file).is_file() or f"def {name}(" not in (TESTS / file).read_text()
    ]


def test_every_named_test_exists():
    text = (TESTS.parent / "docs" / "proof.md").read_text()
    assert len(NAMED.findall(text)) > 100
    assert missing(text) == []


def test_one_that_is_not_there_is_found():
    assert missing("`test_proof.py::test_nothing_of_the_kind`, `nowhere.py::test_x`") == [
        "test_proof.py::test_nothing_of_the_kind", "nowhere.py::test_x",
    ]  # fmt: skip
