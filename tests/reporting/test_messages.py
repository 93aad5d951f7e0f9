"""What is said about a report: who reads it, who is mailed, what waits for an answer."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.models import OutgoingMail, Role
from reporting.models import Notice, ReportMessage
from reporting.querysets import messages_of
from reporting.services.messages import UnknownQuestion, message_write, messages_settle, messages_waiting
from reporting.services.review import TextRefused
from tests.reporting.factories import ReportFactory, at, editor, office, reviewer, unit, user

MAY = at(dt.date(2022, 5, 3))
TODAY = MAY.date()


def write(report, actor, text="Når ble planen vedtatt?", audience="office", question="plan.status", now=MAY):
    return message_write(report=report, text=text, audience=audience, actor=actor, now=now, question=question)


@pytest.mark.django_db
def test_the_office_asks_by_mail_and_the_municipality_answers():
    report = ReportFactory.draft()
    by, one = reviewer(report.office, "amina"), report.municipality.memberships.get().user
    asked = write(report, by)
    assert asked.from_office and messages_waiting(report, from_office=True) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.user, "Når ble planen vedtatt?" in mail.body) == (one, True)
    answer = write(report, one, "I juni 2021.", now=MAY + dt.timedelta(days=1))
    assert not answer.from_office and messages_waiting(report, from_office=True) == 0
    assert messages_waiting(report, from_office=False) == 1
    told = Notice.objects.get_queryset().get(user=by)
    assert (told.facts["audience"], told.facts["comments"][0]["text"]) == ("office", "I juni 2021.")
    assert [row.text for row in messages_of(report, one, today=TODAY)["plan.status"]] == [asked.text, answer.text]


@pytest.mark.django_db
def test_an_answer_goes_to_who_asked_and_a_first_question_to_the_whole_office():
    report = ReportFactory.draft()
    amina, berit = reviewer(report.office, "amina"), reviewer(report.office, "berit")
    one = report.municipality.memberships.get().user
    write(report, one, "Hva menes her?")
    assert set(Notice.objects.get_queryset().values_list("user", flat=True)) == {amina.pk, berit.pk}
    write(report, berit, "Vedtaket i kommunestyret.")
    write(report, one, "Takk.", now=MAY + dt.timedelta(hours=1))
    assert Notice.objects.get_queryset().filter(user=amina).count() == 1
    assert Notice.objects.get_queryset().filter(user=berit).count() == 2


@pytest.mark.django_db
def test_what_colleagues_write_to_each_other_stays_in_the_municipality():
    report = ReportFactory.draft()
    by, one = reviewer(report.office), report.municipality.memberships.get().user
    two = editor(report.municipality, "ola")
    write(report, one, "Kan du ta denne?", audience="colleagues")
    assert [row.user for row in Notice.objects.get_queryset()] == [two]
    assert messages_of(report, by, today=TODAY) == {}
    assert len(messages_of(report, two, today=TODAY)["plan.status"]) == 1
    assert messages_waiting(report, from_office=False) == 0
    with pytest.raises(PermissionDenied):
        write(report, by, audience="colleagues")


@pytest.mark.django_db
def test_a_message_can_be_settled_without_an_answer_by_the_other_side_alone():
    report = ReportFactory.draft()
    by, one = reviewer(report.office), report.municipality.memberships.get().user
    write(report, one, "Til orientering.")
    assert messages_settle(report=report, question="plan.status", actor=one, now=MAY) == 0
    assert messages_settle(report=report, question="plan.status", actor=by, now=MAY) == 1
    assert messages_waiting(report, from_office=False) == 0


@pytest.mark.django_db
def test_strangers_and_empty_texts_are_refused():
    report = ReportFactory.draft()
    for stranger in (
        editor(unit("Nabo")),
        reviewer(office("rogaland")),
        user(Role.MUNICIPALITY_READER, municipality=report.municipality),
        user(Role.HDIR),
    ):
        with pytest.raises(PermissionDenied):
            write(report, stranger)
    one = report.municipality.memberships.filter(role=Role.MUNICIPALITY_EDITOR).get().user
    with pytest.raises(TextRefused):
        write(report, one, "   ")
    with pytest.raises(UnknownQuestion):
        write(report, one, question="no.such")
    assert not ReportMessage.objects.get_queryset().exists() and not Notice.objects.get_queryset().exists()
