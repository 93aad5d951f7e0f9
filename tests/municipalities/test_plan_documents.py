"""Documents of a decision: judged by their bytes, kept whole or not at all, gone when they are taken away."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from municipalities import filestore
from municipalities.filestore import NotThere, kind_of
from municipalities.models import Event, PlanDecision, PlanDocument
from municipalities.services import plan_documents
from municipalities.services.dated import EntryRefused
from municipalities.services.decisions import DecisionEntry
from municipalities.services.plan_documents import (
    Upload,
    decision_with_documents,
    document_read,
    document_remove,
    documents_add,
)

PDF = b"%PDF-1.7\nnothing more"


def office(*parts: str, mimetype: str = "") -> bytes:
    """An archive with these parts, as an office program writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for part in parts:
            archive.writestr(part, "<xml/>")
    return out.getvalue()


ODT = "application/vnd.oasis.opendocument.text"
DOCX = office("[Content_Types].xml", "word/document.xml")
XLSX = office("[Content_Types].xml", "xl/workbook.xml")
BOMB = office("[Content_Types].xml", "word/document.xml", *(f"word/media/{n}" for n in range(50)))


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (PDF, "pdf"),
        (b"\xef\xbb\xbf\r\n" + PDF, "pdf"),
        (DOCX, "docx"),
        (XLSX, "xlsx"),
        (office("content.xml", mimetype=ODT), "odt"),
        (BOMB, "docx"),
    ],
)
def test_what_is_taken(data, suffix):
    found = kind_of(data)
    assert found is not None and found.suffix == suffix and found.media_type == filestore.UPLOADS[suffix]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script></html>",
        b"<html>%PDF-1.7</html>",
        b"PK\x03\x04 a broken archive",
        office("a.txt"),
        office("word/document.xml"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office("content.xml", "Basic/Standard/Module1.xml", mimetype=ODT),
        office("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        DOCX[: len(DOCX) // 2],
        office("[Content_Types].xml", "word/document.xml", *(f"word/{'x' * 900}{n}" for n in range(1200))),
    ],
)
def test_what_is_not(data):
    assert kind_of(data) is None


@pytest.fixture
def decision(world, now):
    return PlanDecision.objects.get_queryset().create(
        municipality=world.unit("3004"), status="own", decided_on=dt.date(2021, 6, 17), valid_from=dt.date(2021, 6, 17),
        origin="register:1", registered_at=now,
    )  # fmt: skip


def files(settings) -> list[Path]:
    return [path for path in Path(settings.DOCUMENT_ROOT).rglob("*") if path.is_file()]


def refused(call, **kwargs):
    with pytest.raises(EntryRefused) as caught:
        call(**kwargs)
    return caught.value.faults["document"]


@pytest.mark.django_db
def test_a_document_is_kept_under_a_random_name_and_given_back(decision, world, now, settings):
    actor = world.user("hdir-admin")
    name = "../../sak: «økonomi»\u202egpj.exe"
    (row,) = documents_add(decision=decision, uploads=[Upload(name, PDF)], actor=actor, now=now)
    assert row.file_name.endswith("sak «økonomi» gpj.pdf") and not set(row.file_name) & set('/\\:"\u202e')
    assert row.file.count("/") == 1 and ".." not in row.file and row.media_type == "application/pdf"
    opened = document_read(row)
    with opened.stream as stream:
        assert stream.read() == PDF and opened.size == len(PDF)
    assert Event.objects.get_queryset().get(name="document_added").object_id == decision.pk
    assert documents_add(decision=decision, uploads=[Upload("again.pdf", PDF)], actor=actor, now=now) == []
    assert len(files(settings)) == 1


@pytest.mark.django_db
def test_all_or_none(decision, now, settings, monkeypatch):
    uploads = [Upload("a.pdf", PDF), Upload("b.exe", b"MZ")]
    assert "b.exe" in refused(documents_add, decision=decision, uploads=uploads, actor=None, now=now)
    monkeypatch.setattr(plan_documents, "MOST", 1)
    two = [Upload("a.pdf", PDF), Upload("b.docx", DOCX)]
    assert refused(documents_add, decision=decision, uploads=two, actor=None, now=now)
    assert files(settings) == [] and PlanDocument.objects.get_queryset().count() == 0


@pytest.mark.django_db
def test_a_failure_after_writing_leaves_no_file(decision, now, settings, monkeypatch):
    monkeypatch.setattr(plan_documents, "event", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        documents_add(decision=decision, uploads=[Upload("a.pdf", PDF)], actor=None, now=now)
    assert files(settings) == []


@pytest.mark.django_db
def test_too_large_and_empty_are_said_in_one_sentence(decision, now, monkeypatch):
    monkeypatch.setattr(plan_documents, "LARGEST_UPLOAD", 10)
    assert "a.pdf" in refused(documents_add, decision=decision, uploads=[Upload("a.pdf", PDF)], actor=None, now=now)
    assert "b.pdf" in refused(documents_add, decision=decision, uploads=[Upload("b.pdf", b"")], actor=None, now=now)


@pytest.mark.django_db
def test_a_decision_and_its_documents_are_both_there_or_neither(world, now, settings):
    entry = DecisionEntry("own", decided_on=dt.date(2021, 6, 17))
    where = {"municipality": world.unit("3004"), "entry": entry, "actor": None, "now": now}
    assert refused(decision_with_documents, uploads=[Upload("b.exe", b"MZ")], **where)
    assert PlanDecision.objects.get_queryset().count() == 0
    row = decision_with_documents(uploads=[Upload("a.pdf", PDF)], **where)
    assert row.documents.count() == 1 and len(files(settings)) == 1


@pytest.mark.django_db
def test_taken_away_is_gone_and_may_come_back(decision, world, now, settings, django_capture_on_commit_callbacks):
    actor = world.user("hdir-admin")
    (row,) = documents_add(decision=decision, uploads=[Upload("a.pdf", PDF)], actor=actor, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        document_remove(document=row, actor=actor, now=now)
        document_remove(document=row, actor=actor, now=now)
    row.refresh_from_db()
    assert files(settings) == [] and Event.objects.get_queryset().filter(name="document_removed").count() == 1
    with pytest.raises(NotThere):
        document_read(row)
    (again,) = documents_add(decision=decision, uploads=[Upload("b.pdf", PDF)], actor=actor, now=now)
    assert again.pk == row.pk and again.removed_at is None and len(files(settings)) == 1


@pytest.mark.django_db
def test_a_file_outside_the_folder_is_not_opened(decision, now, settings, tmp_path):
    (tmp_path / "secret").write_text("x")
    Path(settings.DOCUMENT_ROOT).mkdir()
    for name in ("../secret", str(tmp_path / "secret"), "", "nothing"):
        with pytest.raises(NotThere):
            filestore.open_file(name)
