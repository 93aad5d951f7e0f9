"""A population to deliver, and jobs that are started here."""

from __future__ import annotations

import pytest

from reform.tasks import BackgroundTask
from reporting.documents import build
from tests.reporting.documents.population import populate

from .steps import LATER


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


@pytest.fixture
def started(monkeypatch):
    """The jobs that were started, as (task, key); none is run."""
    calls = []
    monkeypatch.setattr(
        BackgroundTask, "start", lambda self, *keys, **where: calls.append((self.name.rpartition(".")[2], *keys))
    )
    return calls


@pytest.fixture
def drawn(monkeypatch):
    """Drawing is quick; what was drawn, in order."""
    found = []

    def draw(document):
        found.append(document.pk)
        return f"{document.kind} {document.format} {document.language} {document.content_hash}".encode()

    monkeypatch.setattr(build, "draw", draw)
    return found
