"""Every state, transition and role of a national summary: allowed, or refused; and what was sent never changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from municipalities.access import RIGHTS
from municipalities.filestore import remove_file
from municipalities.models import Event, OfficeName, Role
from municipalities.transitions import NoteMissing, WrongState, perform
from reporting.models import Document, NationalSummary, Round, SummaryContent
from reporting.models.summaries import SentNeverChanges
from reporting.services import summary_steps as steps
from reporting.services.summaries import summary_cancel
from reporting.workflow import SUMMARY, ChangeUnexplained, ReplacesAnother
from tests.reporting.drawn_files import draw_files
from tests.reporting.factories import SPRING, ReportFactory, at, user

NOW = at(SPRING)
HDIR = {Role.HDIR, Role.HDIR_ADMIN}
EXPECTED: dict[str, tuple[set[str], str, set[Role] | None]] = {
    "built": ({"building"}, "ready", None),
    "failed": ({"building"}, "failed", None),
    "cancel": ({"building"}, "cancelled", HDIR),
    "retry": ({"failed", "cancelled"}, "building", HDIR),
    "approve": ({"ready"}, "approved", HDIR),
    "unapprove": ({"approved"}, "ready", HDIR),
    "send": ({"approved"}, "sent", HDIR),
    "withdraw": ({"sent"}, "withdrawn", HDIR),
}
"""From which states, to which, and who may; None is the portal itself."""
STATES = tuple(NationalSummary.Status.values)
WITH = {
    "send": {"sent_at": NOW, "sent_case": "22/1"},
    "withdraw": {"withdraw_reason": "En feil i tabell 3."},
}
"""What must be written with the state."""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def days(settings):
    settings.PORTAL_CLOCK = NOW.isoformat()


def the_round() -> Round:
    """The spring round, with one report."""
    return Round.objects.get_queryset().first() or ReportFactory.not_started().round


def version(number: int, status: str = "ready", **fields) -> NationalSummary:
    """A version of the spring round's half-year note in a state, with its contents where it is made."""
    if status in ("approved", "sent", "withdrawn"):
        fields = {"approved_at": NOW, **fields}
    if status in ("sent", "withdrawn"):
        fields = {"sent_at": NOW + dt.timedelta(minutes=number), "sent_case": "22/1", **fields}
    if status == "withdrawn":
        fields = {"withdrawn_at": NOW, "withdraw_reason": "Feil tall.", **fields}
    made = NationalSummary.objects.get_queryset().create(
        round=the_round(), version=number, status=status, as_of=SPRING, requested_at=NOW, frozen_at=NOW, **fields
    )
    if status in NationalSummary.MADE:
        SummaryContent.objects.create(summary=made, language="nb", canonical="{}", content_hash="a" * 64)
    return made


def told(summary: NationalSummary) -> list[Event]:
    """The Events about a version, the oldest first."""
    rows = Event.objects.across_all(reason="test").filter(object_type="reporting.nationalsummary")
    return list(rows.filter(object_id=summary.pk).order_by("pk"))


@pytest.fixture
def everyone() -> dict[str, object]:
    """One user for each role."""
    report = ReportFactory.not_started()
    municipal = {Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER}
    regional = {Role.STATSFORVALTER, Role.KS, Role.USHT}
    return {
        role: user(
            role,
            municipality=report.municipality if role in municipal else None,
            of=report.office if role in regional else None,
        )
        for role in Role
    }


@pytest.fixture
def hdir():
    return user(Role.HDIR)


def test_the_table_is_exactly_this():
    table = {
        rule.name: (set(rule.source), rule.target, set(RIGHTS[rule.right].roles) if rule.right else None)
        for rule in SUMMARY.transitions
    }
    assert table == EXPECTED
    assert set(SUMMARY.states) == set(STATES) == set(SUMMARY.wrong_state)
    assert {rule.name for rule in SUMMARY.transitions if rule.needs_note} == {"unapprove", "withdraw"}


@pytest.mark.parametrize("state", STATES)
def test_every_transition_for_every_role_in_every_state(state, everyone):
    summary = version(1, state)
    for name, (sources, target, roles) in EXPECTED.items():
        for role, actor in everyone.items():
            allowed = roles is None or role in roles
            with transaction.atomic():
                row = NationalSummary.objects.get_queryset().get(pk=summary.pk)
                if state not in sources or not allowed:
                    expected = WrongState if state not in sources else PermissionDenied
                    with pytest.raises(expected) as refused:
                        perform(SUMMARY, row, name, actor=actor, now=NOW, note="x", updates=WITH.get(name))
                    if expected is WrongState:
                        assert refused.value.message == SUMMARY.wrong_state[state]
                    row.refresh_from_db()
                    assert row.status == state and not told(row)
                else:
                    event = perform(SUMMARY, row, name, actor=actor, now=NOW, note="x", updates=WITH.get(name))
                    row.refresh_from_db()
                    assert (event.from_state, event.to_state, row.status) == (state, target, target)
                transaction.set_rollback(True)


@pytest.mark.parametrize(("name", "state"), [("unapprove", "approved"), ("withdraw", "sent")])
def test_a_step_back_needs_its_reason(name, state, hdir):
    summary = version(1, state)
    with pytest.raises(NoteMissing):
        perform(SUMMARY, summary, name, actor=hdir, now=NOW, note=" ", updates=WITH.get(name))
    service = {"unapprove": steps.summary_unapprove, "withdraw": steps.summary_withdraw}[name]
    for reason in ("", " \n", "x" * (steps.NOTE_LIMIT + 1)):
        with pytest.raises(ValidationError) as refused:
            service(summary=summary, actor=hdir, now=NOW, reason=reason)
        assert "reason" in refused.value.message_dict


def test_from_the_draft_to_the_withdrawal(hdir):
    summary = version(1)
    steps.summary_approve(summary=summary, actor=hdir, now=NOW)
    assert (summary.approved_at, summary.approved_by) == (NOW, hdir)
    steps.summary_unapprove(summary=summary, actor=hdir, now=NOW, reason="En skrivefeil.")
    assert (summary.status, summary.approved_at, summary.approved_by) == ("ready", None, None)
    steps.summary_approve(summary=summary, actor=hdir, now=NOW)
    steps.summary_send(summary=draw_files(summary), actor=hdir, now=NOW, case=" 22/1234 ")
    steps.summary_withdraw(summary=summary, actor=hdir, now=NOW, reason="Tabell 3 var feil.")
    summary.refresh_from_db()
    assert (summary.status, summary.sent_case, summary.withdraw_reason) == (
        "withdrawn", "22/1234", "Tabell 3 var feil.",
    )  # fmt: skip
    assert [(event.name, event.note) for event in told(summary)] == [
        ("approve", ""), ("unapprove", "En skrivefeil."), ("approve", ""), ("send", "22/1234"),
        ("withdraw", "Tabell 3 var feil."),
    ]  # fmt: skip
    assert {event.content_hash for event in told(summary) if event.name in ("approve", "send")} == {"a" * 64}


def test_nothing_is_sent_before_all_its_files_are_there(hdir):
    summary, region = version(1, "approved"), ReportFactory.not_started().office
    OfficeName.objects.create(office=region, short_name="Agder", valid_from=dt.date(2019, 1, 1))
    for office, status in ((None, "queued"), (region, "failed")):
        if office is not None:
            SummaryContent.objects.create(
                summary=summary, office=office, language="nn", canonical="{}", content_hash="b" * 64
            )
        with pytest.raises(steps.FilesMissing) as refused:
            steps.summary_send(summary=summary, actor=hdir, now=NOW, case="22/1")
        assert refused.value.state == "approved"
        expected = 8 if office is None else 4  # a volume's three, and the delivery
        assert str(refused.value).count("(") == 1 and f" {expected} " in str(refused.value)
        draw_files(summary)
        last = Document.objects.get_queryset().filter(summary=summary).last()
        Document.objects.get_queryset().filter(pk=last.pk).update(status=status)
        with pytest.raises(steps.FilesMissing, match=" 1 "):
            steps.summary_send(summary=summary, actor=hdir, now=NOW, case="22/1")
        Document.objects.get_queryset().filter(pk=last.pk).update(status="done")
    remove_file(last.file)
    with pytest.raises(steps.FilesMissing, match=" 1 "):
        steps.summary_send(summary=summary, actor=hdir, now=NOW, case="22/1")
    with pytest.raises(PermissionDenied):  # whoever may not, is not told what is missing
        steps.summary_send(summary=summary, actor=user(Role.HOD), now=NOW, case="22/1")
    summary.refresh_from_db()
    assert summary.status == "approved" and summary.sent_at is None
    steps.summary_send(summary=draw_files(summary), actor=hdir, now=NOW, case="22/1")


def test_nothing_is_sent_without_a_case_or_on_a_day_that_cannot_be(hdir):
    summary = version(1, "approved", approved_at=NOW - dt.timedelta(days=2))
    for wrong in (
        {"case": " "},
        {"case": "x" * (steps.CASE_LIMIT + 1)},
        {"case": "22/1", "sent_on": NOW.date() + dt.timedelta(days=1)},
        {"case": "22/1", "sent_on": NOW.date() - dt.timedelta(days=3)},
    ):
        with pytest.raises(ValidationError):
            steps.summary_send(summary=summary, actor=hdir, now=NOW, **wrong)
    summary.refresh_from_db()
    assert summary.status == "approved" and summary.sent_at is None
    draw_files(summary)
    steps.summary_send(summary=summary, actor=hdir, now=NOW, case="22/1", sent_on=NOW.date() - dt.timedelta(days=1))
    summary.refresh_from_db()
    assert summary.sent_at.astimezone(NOW.tzinfo).date() == NOW.date() - dt.timedelta(days=1)


@pytest.mark.parametrize("state", ["sent", "withdrawn"])
def test_a_version_that_replaces_one_that_was_sent_says_why(state, hdir):
    first, second = version(1, state), version(2)
    with pytest.raises(ChangeUnexplained):
        steps.summary_approve(summary=second, actor=hdir, now=NOW, change_note="  ")
    second.refresh_from_db()
    assert second.status == "ready" and second.replaces is None
    steps.summary_approve(summary=second, actor=hdir, now=NOW, change_note="Frogn har rettet vedtaket.")
    steps.summary_send(summary=draw_files(second), actor=hdir, now=NOW, case="22/1")
    second.refresh_from_db()
    assert (second.replaces, second.change_note) == (first, "Frogn har rettet vedtaket.")
    assert first.replaced == second
    first.refresh_from_db()
    assert first.status == state


def test_a_draft_that_is_not_sent_replaces_nothing(hdir):
    first, second = version(1, "sent"), version(2)
    steps.summary_approve(summary=second, actor=hdir, now=NOW, change_note="Ny retting.")
    assert second.replaces == first and first.replaced is None
    steps.summary_unapprove(summary=second, actor=hdir, now=NOW, reason="Vent.")
    second.refresh_from_db()
    assert second.replaces is None and second.change_note == "Ny retting."


def test_a_version_that_was_approved_before_another_was_sent_is_looked_at_again(hdir):
    first, second = version(1, "approved"), version(2, "approved")
    steps.summary_send(summary=draw_files(first), actor=hdir, now=NOW, case="22/1")
    draw_files(second)
    with pytest.raises(ReplacesAnother, match="1"):
        steps.summary_send(summary=second, actor=hdir, now=NOW, case="22/2")
    steps.summary_unapprove(summary=second, actor=hdir, now=NOW, reason="Versjon 1 er sendt.")
    steps.summary_approve(summary=second, actor=hdir, now=NOW, change_note="Sju svar er rettet.")
    steps.summary_send(summary=second, actor=hdir, now=NOW, case="22/2")
    assert second.replaces == first


def test_the_note_of_another_kind_or_round_is_not_replaced(hdir):
    version(1, "sent", kind="yearly")
    half = version(1)
    steps.summary_approve(summary=half, actor=hdir, now=NOW)
    assert half.replaces is None


def test_a_cancelled_summary_is_not_finished_by_a_late_worker(hdir):
    summary = version(1, "building")
    summary_cancel(summary=summary, actor=hdir, now=NOW)
    with pytest.raises(WrongState):
        perform(SUMMARY, summary, "built", actor=None, now=NOW)
    with pytest.raises(WrongState):
        summary_cancel(summary=version(2), actor=hdir, now=NOW)


# --- what was sent --------------------------------------------------------------------------------


def test_no_way_leads_to_a_change_of_what_was_sent(hdir):
    """Each field, by the row, by a query, by many at once; its contents; and deleting any of it."""
    summary = version(1, "sent")
    content = summary.contents.get()
    before = (
        NationalSummary.objects.get_queryset().filter(pk=summary.pk).values().get(),
        SummaryContent.objects.filter(pk=content.pk).values().get(),
    )
    rows = NationalSummary.objects.get_queryset().filter(pk=summary.pk)
    for field in NationalSummary._meta.concrete_fields:
        row = rows.get()
        with pytest.raises(SentNeverChanges):
            row.save(update_fields=[] if field.primary_key else [field.name])
        with pytest.raises(SentNeverChanges):
            rows.update(**{field.attname: getattr(row, field.attname)})
    row = rows.get()
    row.assessment = {"nb": {"status": "Noe annet."}}
    for change in (
        row.save,
        lambda: NationalSummary.objects.get_queryset().bulk_update([row], ["assessment"]),
        lambda: NationalSummary.objects.get_queryset().update(error="x"),
        row.delete,
        rows.delete,
        content.delete,
        SummaryContent.objects.filter(pk=content.pk).delete,
    ):
        with pytest.raises(SentNeverChanges), transaction.atomic():
            change()
    with pytest.raises(TypeError):
        content.save()
    with pytest.raises(TypeError):
        SummaryContent.objects.filter(pk=content.pk).update(canonical="{}")
    after = (rows.values().get(), SummaryContent.objects.filter(pk=content.pk).values().get())
    assert after == before


def test_a_withdrawal_is_written_once_and_changes_nothing_else(hdir):
    summary = version(1, "sent", assessment={"nb": {"status": "Godt i gang."}})
    before = NationalSummary.objects.get_queryset().filter(pk=summary.pk).values().get()
    steps.summary_withdraw(summary=summary, actor=hdir, now=NOW, reason="Feil i tabell 3.")
    after = NationalSummary.objects.get_queryset().filter(pk=summary.pk).values().get()
    assert {key for key in after if after[key] != before[key]} == NationalSummary.WITHDRAWAL
    summary.withdraw_reason = "En annen grunn."
    with pytest.raises(SentNeverChanges):
        summary.save(update_fields=["status", "withdrawn_at", "withdraw_reason"])


def test_a_draft_can_be_changed_and_deleted():
    summary = version(1)
    summary.change_note = "x"
    summary.save()
    NationalSummary.objects.get_queryset().filter(pk=summary.pk).update(error="y")
    summary.delete()
    assert not SummaryContent.objects.exists()


def test_the_ministry_sees_what_was_sent_also_when_it_is_withdrawn():
    hod = user(Role.HOD)
    seen = {status: version(number, status) for number, status in enumerate(STATES, start=1)}
    mine = set(NationalSummary.objects.visible_to(hod, today=NOW.date()))
    assert mine == {seen["sent"], seen["withdrawn"]}
