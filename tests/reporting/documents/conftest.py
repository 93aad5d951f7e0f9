"""The example document and its files, made once for all tests of a process."""

from __future__ import annotations

from functools import cache

import pytest

from reporting.documents.content import Content
from reporting.documents.render import render

from . import fixture_content


def link(figure):
    """An address for every figure that has one."""
    return f"https://portal.example/tall/{figure.ref}/{figure.row}/" if figure.ref else None


@cache
def made(name: str, fmt: str) -> bytes:
    """The file of the example ("note") or of the document of hostile texts ("hostile")."""
    return render(content_of(name), fmt, links=link)


@cache
def content_of(name: str) -> Content:
    """The content of that name."""
    return fixture_content.hostile() if name == "hostile" else fixture_content.note(units=24)


@pytest.fixture(scope="session")
def note() -> Content:
    return content_of("note")


@pytest.fixture(scope="session")
def hostile() -> Content:
    return content_of("hostile")
