"""A population with a finished summary, and logins to its pages."""

from __future__ import annotations

import pytest

from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import Document, NationalSummary
from reporting.services import documents
from reporting.services.summary_steps import summary_approve
from tests.reporting.documents.population import FROZEN, built, populate
from tests.reporting.drawn_files import draw_files

from .steps import LATER, clock


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=5)


@pytest.fixture
def ready(people, monkeypatch) -> NationalSummary:
    """A summary that is made; no file is drawn."""
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    return built(people)


@pytest.fixture
def approved(world, ready) -> NationalSummary:
    """The same, approved on the day it was made, with its files."""
    summary_approve(summary=ready, actor=world.user("hdir"), now=FROZEN)
    return draw_files(ready)


@pytest.fixture
def login(world, client):
    def as_user(name):
        client.force_login(world.user(name))
        return client

    return as_user


@pytest.fixture
def file(ready, monkeypatch) -> Document:
    monkeypatch.setattr(build, "draw", lambda document: b"innhold")
    document = ready.documents.get(format="pdf", language="nb")
    documents.document_render(pk=document.pk, clock=clock)
    document.refresh_from_db()
    return document
