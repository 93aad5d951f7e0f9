"""The database itself refuses to change what was sent to the ministry, whoever asks and in whatever way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, models, transaction

from reporting import guards
from reporting.models import Document, NationalSummary, Report, SummaryContent
from reporting.services.summary_steps import summary_approve, summary_send, summary_withdraw
from tests.reporting.drawn_files import draw_files
from tests.reporting.factories import SPRING, ReportFactory, at, user

NOW = at(SPRING)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


@pytest.fixture
def report() -> Report:
    return ReportFactory.submitted()


@pytest.fixture
def hdir():
    return user("hdir")


def made(report, version=1) -> NationalSummary:
    """A draft with its contents and files."""
    summary = NationalSummary.objects.get_queryset().create(
        round=report.round, version=version, status="ready", as_of=SPRING, requested_at=NOW, frozen_at=NOW,
        submission_ids=[report.current_id], register_ids={"plan": []}, assessment={"nb": {"status": "Godt i gang."}},
    )  # fmt: skip
    for language in ("nb", "nn"):
        SummaryContent.objects.create(summary=summary, language=language, canonical="{}", content_hash="a" * 64)
    return draw_files(summary)


@pytest.fixture
def sent(report, hdir) -> NationalSummary:
    summary = made(report)
    summary_approve(summary=summary, actor=hdir, now=NOW)
    summary_send(summary=summary, actor=hdir, now=NOW, case="22/1")
    return summary


def run(sql: str, *values) -> int:
    """A statement past every rule of the portal. Returns how many rows it changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def refused(sql: str, *values, message: str) -> None:
    with pytest.raises(IntegrityError) as said:
        run(sql, *values)
    assert message in str(said.value)


def in_the_database() -> set[str]:
    table, column = ("sqlite_master", "type = 'trigger'"), ("pg_trigger", "NOT tgisinternal")
    name, (where, condition) = ("name", table) if connection.vendor == "sqlite" else ("tgname", column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {where} WHERE {condition}")
        return {row[0] for row in cursor.fetchall() if row[0].startswith("guard_")}


def columns(model) -> dict[str, models.Field]:
    return {field.column: field for field in model._meta.concrete_fields}


# --- the guards are there ---------------------------------------------------------------------------


def test_after_all_migrations_every_guard_is_in_the_database():
    assert in_the_database() == {guard.name for guard in guards.GUARDS}


def test_every_column_of_a_summary_is_guarded_or_one_of_its_withdrawal():
    assert set(guards.WITHDRAWAL_COLUMNS) == NationalSummary.WITHDRAWAL
    assert {*guards.SUMMARY_COLUMNS, *guards.WITHDRAWAL_COLUMNS} == set(columns(NationalSummary))
    assert set(guards.FILE_COLUMNS) < set(columns(Document))


# --- what was sent in -------------------------------------------------------------------------------


def other_value(field: models.Field) -> object:
    """A value of the field that no row here has, as it stands in the database."""
    if isinstance(field, models.JSONField):
        return '{"nb": "x"}'
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date(2031, 1, 1)
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.IntegerField | models.DecimalField | models.ForeignKey):
        return 31_000
    return "other"[: field.max_length]


# --- what was sent on -------------------------------------------------------------------------------


def test_no_column_of_a_sent_summary_can_be_changed(sent):
    before = NationalSummary.objects.get_queryset().filter(pk=sent.pk).values().get()
    for name, field in columns(NationalSummary).items():
        sql = f"UPDATE reporting_nationalsummary SET {name} = %s WHERE id = %s"
        refused(sql, other_value(field), sent.pk, message=guards.SENT_ON)
    sql = "UPDATE reporting_nationalsummary SET sent_at = NULL, status = 'ready' WHERE id = %s"
    refused(sql, sent.pk, message=guards.SENT_ON)
    refused("DELETE FROM reporting_nationalsummary WHERE id = %s", sent.pk, message=guards.SENT_ON)
    assert NationalSummary.objects.get_queryset().filter(pk=sent.pk).values().get() == before


def test_it_is_withdrawn_once_with_nothing_else(sent, hdir):
    sql = "UPDATE reporting_nationalsummary SET status = 'withdrawn', withdrawn_at = sent_at, withdraw_reason = 'x'"
    refused(f"{sql}, sent_case = '22/2' WHERE id = %s", sent.pk, message=guards.SENT_ON)
    summary_withdraw(summary=sent, actor=hdir, now=NOW, reason="Tabell 3 var feil.")
    refused("UPDATE reporting_nationalsummary SET withdraw_reason = 'y'", message=guards.SENT_ON)
    refused("UPDATE reporting_nationalsummary SET status = 'sent'", message=guards.SENT_ON)
    sent.refresh_from_db()
    assert (sent.status, sent.withdraw_reason) == ("withdrawn", "Tabell 3 var feil.")
    refused("UPDATE reporting_summarycontent SET canonical = '[]'", message=guards.SENT_ON)


@pytest.mark.parametrize("name", ["canonical", "content_hash", "language", "summary_id", "office_id"])
def test_its_contents_cannot_be_changed_or_deleted(sent, name):
    value = other_value(columns(SummaryContent)[name])
    sql = f"UPDATE reporting_summarycontent SET {name} = %s WHERE summary_id = %s AND language = 'nb'"
    refused(sql, value, sent.pk, message=guards.SENT_ON)
    refused("DELETE FROM reporting_summarycontent WHERE summary_id = %s", sent.pk, message=guards.SENT_ON)


@pytest.mark.parametrize("name", guards.FILE_COLUMNS)
def test_its_files_cannot_be_exchanged(sent, name):
    document = sent.documents.first()
    value = other_value(columns(Document)[name])
    sql = f"UPDATE reporting_document SET {name} = %s WHERE id = %s"
    refused(sql, value, document.pk, message=guards.SENT_ON)
    refused("DELETE FROM reporting_document WHERE id = %s", document.pk, message=guards.SENT_ON)
    assert run("UPDATE reporting_document SET progress = 99 WHERE id = %s", document.pk) == 1


def test_a_draft_and_its_files_are_free(sent, report):
    draft = made(report, version=2)
    assert run("UPDATE reporting_nationalsummary SET change_note = 'x' WHERE id = %s", draft.pk) == 1
    assert run("UPDATE reporting_summarycontent SET canonical = '[]' WHERE summary_id = %s", draft.pk) == 2
    assert run("UPDATE reporting_document SET sha256 = 'x' WHERE summary_id = %s", draft.pk) == 8
    draft.delete()
    assert set(SummaryContent.objects.values_list("summary", flat=True)) == {sent.pk}


def test_the_guards_are_lifted_for_a_while_and_are_there_again(sent):
    with guards.lifted():
        assert run("UPDATE reporting_summarycontent SET canonical = '[1]' WHERE summary_id = %s", sent.pk) == 2
    assert in_the_database() == {guard.name for guard in guards.GUARDS}
    refused("UPDATE reporting_summarycontent SET canonical = '[2]'", message=guards.SENT_ON)


@pytest.mark.django_db(transaction=True)
def test_when_something_fails_meanwhile_nothing_was_done(sent):
    with pytest.raises(RuntimeError), guards.lifted():
        run("UPDATE reporting_summarycontent SET canonical = '[1]'")
        raise RuntimeError
    assert in_the_database() == {guard.name for guard in guards.GUARDS}
    assert not SummaryContent.objects.filter(canonical="[1]").exists()


@pytest.mark.django_db(transaction=True)
def test_a_later_migration_of_a_guarded_table_takes_them_off_and_puts_them_on():
    """What makes a table anew on SQLite: a column that has a default."""
    field = models.CharField(max_length=5, default="x")
    field.set_attributes_from_name("later")
    with connection.schema_editor() as editor:
        guards.off(None, editor)
        for change in (editor.add_field, editor.remove_field):
            change(NationalSummary, field)
        guards.on(None, editor)
    assert in_the_database() == {guard.name for guard in guards.GUARDS}
