"""Every place that takes a file: what a scanner finds, and what a scanner cannot be asked about, is kept nowhere."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse
from django.utils.translation import gettext
from rest_framework.views import APIView

from municipalities.services import plan_documents
from tests.access.matrix import all_rows
from tests.access.test_matrix import addresses
from tests.networks.test_workbook_reading import workbook
from tests.security.clamd import Scanner

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PDF = b"%PDF-1.7 x"
DOORS = {
    "decision_new": ("documents", PDF, "hdir-admin"),
    "plan_document_add": ("document", PDF, "hdir-admin"),
    "regional_report": ("plan", PDF, "statsforvalter-oslo-og-viken"),
    "workbook_page": ("file", workbook(), "statsforvalter-oslo-og-viken"),
    "report_workbook_upload": ("file", workbook(), "editor-3004"),
    "application_lists": ("file", workbook(), "hdir"),
    "key_tables": ("file", b"{}", "hdir"),
}
"""The address that takes a file, its field, a file that it would look into, and somebody who may send one."""
READ_BY = {
    "municipalities/views/decisions.py", "reporting/views/regional.py", "networks/views/workbook.py",
    "reporting/views/form_workbook.py", "grants/views/application_lists.py", "grants/views/allocation_write.py",
    "municipalities/resend.py",  # only how many there were
}  # fmt: skip
"""The modules that read sent files, all behind the addresses above."""


@pytest.fixture(autouse=True)
def _day(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.PORTAL_CLAMD_SECONDS = 5


def send(client, world, name, data=None):
    field, usual, username = DOORS[name]
    row = next(row for row in all_rows() if (row.name, row.method) == (name, "POST"))
    target = row.make(world, world.unit("3004")) if row.make else None
    client.force_login(world.user(username))
    file = SimpleUploadedFile("sak.bin", usual if data is None else data)
    url = reverse(name, kwargs=target.arguments if target else {})
    return client.post(url, {**(target.data or {} if target else {}), field: file})


def kept() -> list[Path]:
    return [path for path in Path(django_settings.DOCUMENT_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", DOORS)
def test_an_infected_file_is_refused_at_every_door(client, world, settings, name):
    with Scanner("stream: Portal.Test-1 FOUND") as scanner:
        settings.PORTAL_CLAMD = scanner.address
        response = send(client, world, name)
    assert scanner.heard == [DOORS[name][1]]
    assert response.status_code in (400, 422)
    said = gettext("The file holds a virus and is not taken in. Tell those who look after your machine.")
    assert said in response.content.decode()
    assert kept() == []


@pytest.mark.parametrize("name", DOORS)
def test_without_an_answer_nothing_is_taken_in(client, world, settings, name):
    settings.PORTAL_CLAMD = "tcp:127.0.0.1:1"
    response = send(client, world, name)
    assert response.status_code in (400, 422)
    said = gettext("Files cannot be checked for viruses just now, so none are taken in. Try again in a while.")
    assert said in response.content.decode()
    assert kept() == []


@pytest.mark.parametrize("name", DOORS)
def test_what_is_not_on_the_list_is_refused_at_every_door(client, world, name):
    for data in (b"MZ\x90\x00 a program", b"<html><script>alert(1)</script></html>", b"<svg xmlns='x' onload='a()'/>"):
        response = send(client, world, name, data)
        assert response.status_code in (400, 422), data
    assert kept() == []


def test_no_other_module_reads_sent_files():
    files = [path for app in ("reform", "municipalities", "networks", "reporting", "grants")
             for path in (ROOT / app).rglob("*.py")]  # fmt: skip
    found = {str(path.relative_to(ROOT)) for path in files if re.search(r"\.FILES\b", path.read_text())}
    assert found == READ_BY


def test_the_api_takes_no_files():
    for _name, pattern in addresses(get_resolver()):
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, APIView) and pattern.lookup_str.split(".")[0] in (
            "municipalities", "networks", "reporting", "grants",
        ):  # fmt: skip
            for parser in view.parser_classes:
                assert parser.media_type == "application/json", f"{pattern.lookup_str}: {parser.media_type}"


def test_kept_files_lie_outside_of_what_the_web_server_gives_out(settings):
    from reform import settings as real

    root = Path(real.DOCUMENT_ROOT).resolve()
    for public in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS):
        assert not root.is_relative_to(Path(public).resolve())
        assert not Path(public).resolve().is_relative_to(root)
    assert not getattr(settings, "MEDIA_ROOT", "") and settings.MEDIA_URL in ("", "/")


@pytest.mark.parametrize("who", ["", "editor-3004"])
def test_a_request_that_is_too_large_is_stopped_before_it_is_read(client, world, settings, monkeypatch, who):
    settings.PORTAL_LARGEST_REQUEST = 100_000
    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", lambda self: 1 / 0)
    if who:
        client.force_login(world.user(who))
    response = client.post("/", {"file": SimpleUploadedFile("a.pdf", b"x" * 100_001)})
    assert response.status_code == 413
    assert gettext("What was sent is too large") in response.content.decode()


def test_the_proxy_lets_through_what_the_portal_takes(settings):
    said = re.search(r"max_size (\d+)MB", (ROOT / "deploy" / "Caddyfile").read_text())
    assert said and int(said[1]) * 1024 * 1024 == settings.PORTAL_LARGEST_REQUEST
    assert settings.PORTAL_LARGEST_REQUEST > plan_documents.LARGEST_UPLOAD
    assert dt.timedelta(seconds=settings.PORTAL_CLAMD_SECONDS) < dt.timedelta(minutes=2)
