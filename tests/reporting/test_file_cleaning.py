"""Old files go by rule: never those of what is approved or sent, nor one that another row still names."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from municipalities.filestore import write_file
from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.documents.pieces_kept import KeptPieces
from reporting.models import NationalSummary
from reporting.services import documents
from reporting.services.file_cleaning import PIECES_KEPT, Cleaned, files_clean
from tests.reporting.delivery.steps import LATER, ask, draw_all, rows, version
from tests.reporting.documents.population import FROZEN, populate

NOTHING = Cleaned(0, 0, 0)


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = LATER.isoformat()


@pytest.fixture
def two(world, monkeypatch):
    """Two drafts of the same round with all their files; the regions' are shared, for nothing has changed."""
    started = []
    monkeypatch.setattr(
        BackgroundTask, "start", lambda self, *keys, **where: started.append((self.name.rpartition(".")[2], *keys))
    )
    monkeypatch.setattr(build, "draw", lambda row: f"{row.pk if row.kind == 'summary' else row.content_hash}".encode())
    people = populate(world)
    found = []
    for _version in range(2):
        summary = version(people)
        ask(summary)
        draw_all(started)
        assert not rows(summary).exclude(status="done").exists()
        found.append(summary)
    return found


def on_disk(settings) -> set[str]:
    root = Path(settings.DOCUMENT_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def after(settings) -> dt.datetime:
    return LATER + settings.DRAFT_FILES_KEPT + dt.timedelta(seconds=1)


def test_the_files_of_a_replaced_draft_go_after_a_while_and_shared_ones_stay(
    two, settings, django_capture_on_commit_callbacks
):
    old, new = two
    mine = set(rows(old).exclude(kind="volume").values_list("file", flat=True))
    shared = set(rows(new, kind="volume").values_list("file", flat=True))
    assert files_clean(now=after(settings) - dt.timedelta(seconds=2)) == NOTHING
    with django_capture_on_commit_callbacks(execute=True):
        found = files_clean(now=after(settings))
    assert found == Cleaned(rows=rows(old).count(), files=len(mine), orphans=0)
    assert not mine & on_disk(settings) and shared <= on_disk(settings)
    assert set(rows(new).values_list("status", flat=True)) == {"done"}
    assert {(row.status, row.error, row.file) for row in rows(old)} == {("cancelled", "cleaned", "")}
    assert files_clean(now=after(settings)) == NOTHING


def test_what_was_removed_can_be_made_again(world, two, settings):
    old, _new = two
    files_clean(now=after(settings))
    row = rows(old, kind="summary").first()
    documents.document_retry(document=row, actor=world.user("hdir"), now=LATER)
    assert documents.document_render(pk=row.pk, clock=lambda: LATER)


@pytest.mark.parametrize("status", ["approved", "sent", "withdrawn"])
def test_the_files_of_what_was_approved_or_sent_are_never_removed(two, settings, status):
    old, _new = two
    moments = {} if status == "approved" else {"sent_at": LATER}
    reason = {"withdrawn_at": LATER, "withdraw_reason": "En feil."} if status == "withdrawn" else {}
    NationalSummary.objects.get_queryset().filter(pk=old.pk).update(status=status, **moments, **reason)
    before = on_disk(settings)
    assert files_clean(now=LATER + dt.timedelta(days=4000)) == NOTHING
    assert on_disk(settings) == before


def test_a_draft_that_is_the_newest_keeps_its_files(two, settings):
    _old, new = two
    files_clean(now=LATER + dt.timedelta(days=4000))
    assert not rows(new).exclude(status="done").exists()


def test_a_newer_version_that_was_never_made_replaces_nothing(two, settings):
    _old, new = two
    NationalSummary.objects.get_queryset().filter(pk=new.pk).update(status="failed")
    assert files_clean(now=after(settings)) == NOTHING


def test_a_file_that_no_row_names_goes_after_a_day_and_all_others_stay(two, settings):
    from municipalities.models import PlanDecision, PlanDocument

    left, young = write_file(b"left", "pdf"), write_file(b"young", "pdf")
    root = Path(settings.DOCUMENT_ROOT)
    part = root / "aa" / "half.pdf.part"
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"half")
    case = write_file(b"case papers", "pdf")
    PlanDocument.objects.get_queryset().create(
        decision=PlanDecision.objects.get_queryset().first(), file=case, file_name="sak.pdf", media_type="x", size=1,
        sha256="a" * 64, uploaded_at=FROZEN,
    )  # fmt: skip
    now = after(settings) - dt.timedelta(seconds=2)
    old = (now - dt.timedelta(days=1, seconds=1)).timestamp()
    for name in on_disk(settings) - {young}:
        os.utime(root / name, (old, old))
    os.utime(root / young, (now.timestamp(), now.timestamp()))
    kept = on_disk(settings) - {left, part.relative_to(root).as_posix()}
    assert files_clean(now=now) == Cleaned(0, 0, 2)
    assert on_disk(settings) == kept


def test_the_job_is_started_by_beat(settings):
    from reform.celery import app
    from reporting.tasks import clean_files

    assert clean_files.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert clean_files.name in app.tasks


def test_every_column_that_names_a_file_is_known():
    from django.apps import apps

    from reporting.services import file_cleaning

    ours = [
        model for app in ("reporting", "municipalities", "networks") for model in apps.get_app_config(app).get_models()
    ]
    columns = {
        f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.concrete_fields
        if field.name in ("file", "plan_file")
    }
    source = Path(file_cleaning.__file__).read_text("utf-8")
    assert columns and all(f'({name.partition(".")[0]}, "{name.partition(".")[2]}")' in source for name in columns)


@pytest.mark.django_db
def test_a_piece_of_a_pdf_goes_when_no_drawing_has_used_it_for_a_while(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    keeper = KeptPieces()
    for key in ("ab1", "cd2"):
        keeper.put(key, key.encode())
        os.utime(tmp_path / "pieces" / key[:2] / key, (0, LATER.timestamp()))
    last = LATER + PIECES_KEPT
    assert files_clean(now=last) == NOTHING  # a day is for files that a row should name
    os.utime(tmp_path / "pieces" / "cd" / "cd2", (0, last.timestamp()))  # as a drawing that reads it does
    assert files_clean(now=last + dt.timedelta(seconds=1)) == Cleaned(0, 0, 0, pieces=1)
    assert (keeper.get("ab1"), keeper.get("cd2")) == (None, b"cd2")
