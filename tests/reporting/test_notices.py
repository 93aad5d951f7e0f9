"""The ledger of notices: written with what it tells about, told once, one message per person and day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox
from django.db import transaction

from municipalities.mail import mail_send
from municipalities.models import Municipality, OutgoingMail, Role
from reporting.models import Notice, Report, Round
from reporting.services.notice_day import notices_planned
from reporting.services.notices import notice_write, notices_send, notices_write
from tests.reporting import factories
from tests.reporting.factories import SPRING, ReportFactory, at, editor

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 5, 4)


@pytest.fixture
def report():
    return ReportFactory.not_started()


@pytest.fixture
def kari(report):
    return editor(report.municipality, "kari")


def tell(report, *users, kind="message", day=DAY, hour=9, **how):
    return notice_write(kind=kind, round=report.round, report=report, users=users, now=at(day, hour), **how)


def test_a_notice_is_a_row_and_goes_out_in_a_mail_of_the_day(report, kari):
    (row,) = tell(report, kari, facts={"comment": "Ring meg.", "by": "Ola Nordmann"})
    mail = OutgoingMail.objects.get()
    row.refresh_from_db()
    assert (row.mail, row.day, row.user, mail.user) == (mail, DAY, kari, kari)
    assert mail.subject == "Prøvekommune: Ola Nordmann har skrevet om rapporten per 1. mai 2022"
    assert "Ring meg." in mail.body
    assert f"/rapport/{report.pk}/" in mail.body


def test_the_second_of_a_day_waits_for_the_next_and_all_that_wait_go_in_one(report, kari):
    tell(report, kari, hour=9, facts={"by": "Ola", "comment": "Første"})
    tell(report, kari, hour=10, facts={"by": "Ola", "comment": "Andre"})
    tell(report, kari, hour=11, facts={"by": "Ola", "comment": "Tredje"})
    assert OutgoingMail.objects.count() == 1
    assert notices_send(now=at(DAY, 23)) == 0
    assert notices_send(now=at(dt.date(2022, 5, 5), 7)) == 1
    assert notices_send(now=at(dt.date(2022, 5, 5), 8)) == 0
    last = OutgoingMail.objects.latest("pk")
    assert "Andre" in last.body and "Tredje" in last.body and "Første" not in last.body
    assert Notice.objects.get_queryset().filter(mail=last).count() == 2


def test_the_day_is_oslos(report, kari):
    late = dt.datetime(2022, 5, 4, 22, 30, tzinfo=dt.UTC)  # half past midnight in Oslo
    tell(report, kari, hour=9)
    notice_write(kind="message", round=report.round, report=report, users=[kari], now=late)
    assert OutgoingMail.objects.count() == 2
    assert [row.day.day for row in Notice.objects.get_queryset()] == [4, 5]


def test_the_same_reason_is_told_once(report, kari):
    for hour in (9, 10):
        tell(report, kari, hour=hour, key="round:1 message:7")
    assert Notice.objects.get_queryset().count() == 1
    for _again in range(2):  # without a key the moment is the reason
        tell(report, kari, day=dt.date(2022, 5, 9))
    assert Notice.objects.get_queryset().count() == 2


def test_what_is_rolled_back_is_never_told(report, kari, django_capture_on_commit_callbacks, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError), transaction.atomic():
        tell(report, kari)
        assert OutgoingMail.objects.exists()
        raise RuntimeError
    assert not Notice.objects.get_queryset().exists()
    assert not OutgoingMail.objects.exists()
    assert mailoutbox == []
    with django_capture_on_commit_callbacks(execute=True):
        tell(report, kari)
    assert [mail.to for mail in mailoutbox] == [["kari@example.no"]]


def test_one_bad_address_stops_nobody(report, kari, django_capture_on_commit_callbacks, mailoutbox, monkeypatch):
    from django.core.mail import EmailMessage

    ola = editor(report.municipality, "ola")
    whole = EmailMessage.send

    def send(self, *args, **kwargs):
        if self.to == ["kari@example.no"]:
            raise OSError("no such address")
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    with django_capture_on_commit_callbacks(execute=True):
        tell(report, kari, ola)
    assert [mail.to for mail in mailoutbox] == [["ola@example.no"]]
    assert OutgoingMail.objects.get(user=kari).status == "failed"


def test_what_cannot_be_put_into_words_stops_nobody_else(report, kari):
    ola = editor(report.municipality, "ola")
    (bad,) = tell(report, kari, facts={"comments": [{"no": "text"}]})
    tell(report, ola)
    assert [mail.user for mail in OutgoingMail.objects.all()] == [ola]
    tell(report, kari, day=dt.date(2022, 5, 5))  # nor her next one
    bad.refresh_from_db()
    assert (bad.mail, OutgoingMail.objects.filter(user=kari).count()) == (None, 1)
    assert bad.key not in [part.notice.key for message in notices_planned(now=at(dt.date(2022, 5, 6))).messages
                           for part in message.parts]  # fmt: skip
    Notice.objects.get_queryset().filter(pk=bad.pk).update(facts={"comments": [{"text": "Rettet"}]})
    notices_send(now=at(dt.date(2022, 5, 6)))
    assert "Rettet" in OutgoingMail.objects.filter(user=kari).latest("pk").body


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_stopped_goes_on_where_it_was(report, monkeypatch):
    from reporting.services import notices

    people = [editor(report.municipality, f"k{n}") for n in range(6)]
    monkeypatch.setattr(notices, "SLICE", 2)
    tell(report, *people, day=dt.date(2022, 5, 3))
    tell(report, *people, day=dt.date(2022, 5, 3), hour=11)
    whole, seen = notices.mail_queue_first, []

    def stops(**said):
        seen.append(said["user"].username)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return whole(**said)

    monkeypatch.setattr(notices, "mail_queue_first", stops)
    with pytest.raises(KeyboardInterrupt):
        notices_send(now=at(DAY))
    assert OutgoingMail.objects.filter(key__contains="2022-05-04").count() == 2  # the first slice is kept
    monkeypatch.setattr(notices, "mail_queue_first", whole)
    assert notices_send(now=at(DAY)) == 4
    assert OutgoingMail.objects.filter(key__contains="2022-05-04").count() == 6


def test_who_cannot_get_mail_is_passed_over(report):
    gone, without = editor(report.municipality, "gone"), editor(report.municipality, "without")
    gone.is_active, without.email = False, ""
    gone.save(), without.save()
    assert tell(report, gone, without) == []


@pytest.mark.parametrize(
    ("chosen", "own", "said"), [("", "nn", "skrive"), ("nb", "nn", "skrevet"), ("nn", "nb", "skrive")]
)
def test_the_language_is_the_municipalitys_choice_else_the_readers(report, kari, chosen, own, said):
    Municipality.objects.get_queryset().filter(pk=report.municipality_id).update(notice_language=chosen)
    kari.language = own
    kari.save()
    tell(Report.objects.across_all(reason="test").get(pk=report.pk), kari, facts={"by": "Ola"})
    mail = OutgoingMail.objects.get()
    assert f"Ola har {said} om" in mail.subject
    assert {"skrive": "svarast på", "skrevet": "besvares"}[said] in mail.body
    assert mail_send(pk=mail.pk, now=at(SPRING))
    head = outbox.outbox[-1].extra_headers["Content-Language"]  # by which a screen reader chooses its voice
    assert head == {"skrive": "nn", "skrevet": "nb"}[said]


def test_what_is_no_longer_so_when_its_turn_comes_is_not_told(report, kari):
    tell(report, kari)
    (row,) = tell(report, kari, hour=10, kind="returned")  # the report is not returned any more
    assert notices_send(now=at(dt.date(2022, 5, 5))) == 0
    row.refresh_from_db()
    assert row.dropped_at is not None


def test_only_those_who_take_part_hear_of_a_test_round(report, kari):
    Round.objects.get_queryset().filter(pk=report.round_id).update(kind="test")
    report.round.refresh_from_db()
    stranger = editor(factories.unit("Annen"), "stranger")
    office, other = factories.reviewer(report.office, "sf"), factories.reviewer(factories.office("vestland"), "sf2")
    told = tell(report, kari, stranger, office, other)
    assert [row.user for row in told] == [kari, office]
    assert OutgoingMail.objects.get(user=kari).subject.startswith(("Test round: ", "Prøverunde: "))


def test_nobody_else_hears_of_a_made_up_municipality(report, kari):
    Municipality.objects.get_queryset().filter(pk=report.municipality_id).update(kind="training")
    row = Report.objects.across_all(reason="test").select_related("municipality", "round").get(pk=report.pk)
    told = tell(row, kari, factories.reviewer(report.office), factories.user(Role.HDIR))
    assert [entry.user for entry in told] == [kari]


@pytest.mark.parametrize("count", [2, 30])
def test_many_reports_are_told_of_in_as_many_queries_as_a_few(count, django_assert_max_num_queries):
    """Apart from the mail rows, which each have a few of their own."""
    homes = [factories.unit(f"Kommune {n}") for n in range(count)]
    people = {home.pk: editor(home) for home in homes}
    round_ = factories.open_round()
    about = [(row, [people[row.municipality_id]]) for row in round_.reports.select_related("municipality")]
    with django_assert_max_num_queries(8 + 5 * count):
        new = notices_write(kind="form_changed", round=round_, reports=about, now=at(DAY), key="form:1 changed")
    assert len(new) == OutgoingMail.objects.count() == count
    assert notices_write(kind="form_changed", round=round_, reports=about, now=at(DAY, 10), key="form:1 changed") == []


def test_a_new_deadline_is_told_also_for_a_returned_report_and_not_when_it_was_taken_back():
    row = ReportFactory.returned()
    kari = row.municipality.memberships.get().user
    Report.objects.get_queryset().filter(pk=row.pk).update(extended_to=dt.date(2022, 5, 20))
    day = dt.date(2022, 5, 9)
    tell(row, kari, day=day)
    (new,) = tell(row, kari, day=day, hour=10, kind="extended")
    (gone,) = tell(row, kari, day=day, hour=11, kind="extended")
    notices_send(now=at(day + dt.timedelta(days=1)))
    new.refresh_from_db(), gone.refresh_from_db()
    assert new.mail is not None and "20. mai 2022" in new.mail.body
    (new,) = tell(row, kari, day=day + dt.timedelta(days=1), kind="extended", hour=12)
    Report.objects.get_queryset().filter(pk=row.pk).update(extended_to=None)
    assert notices_send(now=at(day + dt.timedelta(days=2))) == 0
    new.refresh_from_db()
    assert (new.mail, new.dropped_at is None) == (None, False)
