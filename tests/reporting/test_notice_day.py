"""The daily job, the dry run and the button: who is told on a day, and never twice."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from municipalities.models import Event, Membership, OutgoingMail, Role, User
from reporting.models import Notice, Report, Round
from reporting.services.notice_day import notices_due, notices_planned, reminders_send
from reporting.services.notice_facts import facts_of
from reporting.services.notice_plan import due_notices
from reporting.services.notices import notice_write
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, at, editor, open_round, reviewer, unit, user

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(f"2022-{text}")


def run(text, hour=7):
    return notices_due(now=at(day(text), hour))


def told(kind=None):
    """Who has been told, a name for each notice that went out, in the order of the ledger."""
    rows = Notice.objects.get_queryset().filter(mail__isnull=False)
    return list((rows.filter(kind=kind) if kind else rows).values_list("user__username", flat=True))


def test_only_contacts_of_units_that_have_not_delivered_and_each_once_a_stage():
    homes = {name: unit(name) for name in ("ingen", "utkast", "sendt", "uten")}
    people = {name: editor(home, name) for name, home in homes.items() if name != "uten"}
    round_ = open_round()
    ReportFactory.draft(round_=round_, municipality=homes["utkast"], actor=people["utkast"])
    ReportFactory.submitted(round_=round_, municipality=homes["sendt"], actor=people["sendt"], day=day("04-01"))
    run("04-02")
    done = run("04-17")
    assert sorted(told("two_weeks")) == ["ingen", "utkast"]
    assert [len(reports) for reports in done.silent.values()] == [1]
    for text in ("04-17", "04-18", "04-27"):
        run(text, 15)
    assert len(told("two_weeks")) == 2
    run("04-30")  # the 28th was missed, and is caught up
    assert sorted(told("three_days")) == ["ingen", "utkast"]
    run("07-01")
    assert len(told("two_weeks") + told("three_days") + told("last_day") + told("overdue")) == 4
    assert Event.objects.get_queryset().filter(name="remind").count() == 4


def test_a_round_is_told_about_when_it_opens_and_once():
    editor(unit(), "kari")
    open_round(opens_on=day("04-01"))
    run("03-31")
    assert told() == []
    for text in ("04-01", "04-02", "04-03"):
        run(text)
    assert told() == ["kari"]


def test_nothing_to_report_is_delivered_and_gets_no_reminder():
    """Last time's answers sent in again count as any other report."""
    from reporting.services.submissions import nothing_new

    home = unit()
    kari = editor(home, "kari")
    ReportFactory.approved(round_=open_round(factories.AUTUMN), municipality=home, actor=kari)
    report = ReportFactory.not_started(round_=open_round(), municipality=home)
    nothing_new(report=report, actor=kari, now=at(day("04-04")))
    for text in ("04-17", "04-28", "05-01", "05-02", "05-09"):
        run(text)
    assert "kari" not in told("two_weeks") + told("three_days") + told("last_day") + told("overdue")
    assert "kari" not in told("opened")


def test_whom_the_statsforvalter_has_reminded_is_left_alone_in_that_stage():
    report = ReportFactory.not_started()
    editor(report.municipality, "kari")
    amina = reviewer(report.office, "amina")
    run("03-22")
    done = reminders_send(reports=[report], actor=amina, now=at(day("04-28")))
    assert (done.reports, done.notices, done.without_contact) == (1, 1, ())
    run("04-29")
    assert told() == ["kari", "kari"]
    again = reminders_send(reports=[report], actor=amina, now=at(day("04-29")))  # the same stage, another day
    assert again.notices == 1
    assert reminders_send(reports=[report], actor=amina, now=at(day("04-29"), 15)).notices == 0
    assert [row.actor for row in Event.objects.get_queryset().filter(name="remind")] == [amina, amina]


def test_by_hand_before_the_first_stage_and_after_the_last_day():
    report = ReportFactory.not_started()
    editor(report.municipality, "kari")
    amina = reviewer(report.office)
    assert reminders_send(reports=[report], actor=amina, now=at(day("04-05"))).notices == 1
    run("04-05")
    run("04-06")
    assert told("opened") == ["kari"]  # by hand, and so not by the clock again
    assert reminders_send(reports=[report], actor=amina, now=at(day("06-02"))).notices == 0  # it cannot be sent in


def test_who_had_a_message_that_day_gets_the_reminder_on_the_next():
    report = ReportFactory.not_started()
    kari = editor(report.municipality, "kari")
    run("03-22")
    notice_write(kind="message", round=report.round, report=report, users=[kari], now=at(day("04-17"), 1))
    run("04-17")
    assert told("two_weeks") == []
    assert run("04-18").mails == 1
    mail = OutgoingMail.objects.latest("pk")
    assert "(13 dager igjen)" in mail.body.replace("\xa0", " ")


def test_a_reminder_that_waits_is_not_sent_after_the_report_has_come():
    report = ReportFactory.draft()
    kari = Membership.objects.get(municipality=report.municipality).user
    run("03-22")
    notice_write(kind="message", round=report.round, report=report, users=[kari], now=at(day("04-17"), 1))
    run("04-17")
    ReportFactory.submitted(round_=report.round, municipality=report.municipality, actor=kari, day=day("04-17"))
    assert run("04-18").mails == 0
    assert Notice.objects.get_queryset().get(kind="two_weeks").dropped_at == at(day("04-18"), 7)


def test_a_reminder_that_had_to_wait_is_judged_anew_and_never_says_today_of_yesterday():
    """Who had a message before the job ran that day: the last day of a returned report, and an office's reminder."""
    row = ReportFactory.returned(by=reviewer(factories.office(), "amina"))
    kari, amina = row.municipality.memberships.get().user, User.objects.get(username="amina")
    for text, person in (("06-01", kari), ("05-20", amina)):  # closes_on is the last day; the office's deadline
        Report.objects.get_queryset().filter(pk=row.pk).update(status="returned" if person is kari else "submitted")
        notice_write(kind="message", round=row.round, report=row, users=[person], now=at(day(text), 1))
        assert run(text).mails == 0
        (waits,) = Notice.objects.get_queryset().filter(user=person, kind="last_day")
        assert waits.mail is None
        Report.objects.get_queryset().filter(pk=row.pk).update(status="returned")
        later = day(text) + dt.timedelta(days=1)
        assert [m for m in notices_planned(now=at(later, 7)).messages if m.user == person] == []
        notices_due(now=at(later, 7))
        waits.refresh_from_db()
        assert (waits.mail, waits.dropped_at) == (None, at(later, 7))


def test_a_reminder_that_had_to_wait_is_sent_on_the_next_day_while_it_still_holds():
    row = ReportFactory.submitted()
    amina = reviewer(row.office, "amina")
    notice_write(kind="message", round=row.round, report=row, users=[amina], now=at(day("05-17"), 1))
    assert run("05-17").mails == 0
    assert [m.user for m in notices_planned(now=at(day("05-18"), 7)).messages] == [amina]
    assert run("05-18").mails == 1
    assert Notice.objects.get_queryset().filter(user=amina, kind="three_days", mail__isnull=False).count() == 1


def test_who_has_no_role_any_more_is_not_told_what_waits():
    report = ReportFactory.not_started()
    kari = editor(report.municipality, "kari")
    for hour in (9, 10):
        notice_write(kind="message", round=report.round, report=report, users=[kari], now=at(day("04-04"), hour))
    Membership.objects.filter(user=kari).update(valid_to=day("04-04"))
    assert run("04-05").mails == 0


def test_machines_get_no_mail():
    from municipalities.models import ServiceAccount

    report = ReportFactory.not_started()
    machine = editor(report.municipality, "system")
    ServiceAccount.objects.get_queryset().create(
        user=machine, municipality=report.municipality, name="Sak", key_start="abc", key_hash="x",
        made_by_name="Kari", made_at=at(day("03-01")),
    )  # fmt: skip
    assert run("04-17").mails == 0


def test_a_dry_run_says_the_same_as_the_run_and_writes_nothing():
    for name in ("a", "b", "c"):
        editor(unit(name), name)
    round_ = open_round()
    amina = user(Role.STATSFORVALTER, of=factories.office(), name="amina")
    about = {"audience": "office", "office": factories.office().pk, "by": "Ola"}
    for hour in (9, 10):
        notice_write(kind="message", round=round_, users=[amina], now=at(day("04-16"), hour), facts=about)
    before = Notice.objects.get_queryset().count(), OutgoingMail.objects.count()
    planned = notices_planned(now=at(day("04-17"), 7))
    assert (Notice.objects.get_queryset().count(), OutgoingMail.objects.count()) == before
    assert planned.later == ()
    run("04-17")
    sent = OutgoingMail.objects.filter(key__contains="2022-04-17")
    assert {(m.user.username, m.subject, m.body) for m in planned.messages} == {
        (m.user.username, m.subject, m.body) for m in sent
    }
    assert len(planned.messages) == 4
    assert notices_planned(now=at(day("04-17"), 8)).messages == ()


def many_units(count, round_=None):
    for n in range(count):
        editor(unit(f"Kommune {n}"))


@pytest.mark.parametrize("count", [3, 372])
def test_the_notices_of_a_day_are_computed_in_under_ten_queries(count, django_assert_max_num_queries):
    many_units(count)
    open_round()
    with django_assert_max_num_queries(5):
        assert len(due_notices(facts_of(day("04-17")).facts, day("04-17"))) == count
    with django_assert_max_num_queries(9):
        assert len(notices_planned(now=at(day("04-17"))).messages) == count


def command(*args):
    out = StringIO()
    call_command("send_reminders", *args, stdout=out)
    return out.getvalue()


def test_the_command():
    editor(unit(), "kari")
    assert "No round" in command("--today", "2022-04-17")
    open_round()
    shown = command("--today", "2022-04-17", "--dry-run")
    assert "kari@example.no" in shown and "Nothing was sent" in shown
    (entry,) = json.loads(command("--today", "2022-04-17", "--dry-run", "--format", "json"))
    assert (entry["user"], entry["waits"], [row["kind"] for row in entry["notices"]]) == ("kari", False, ["opened"])
    assert told() == []
    said = command("--today", "2022-04-17")
    assert "1 notices about 1 reports to 1 people" in said and "1 mails" in said
    assert "0 mails" in command("--today", "2022-04-17")
    for wrong in (["--today", "i dag"], ["--format", "json"]):
        with pytest.raises(CommandError):
            command(*wrong)


def test_the_scheduled_job_is_the_same(settings):
    from reporting.tasks import send_reminders

    assert send_reminders.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    editor(unit(), "kari")
    open_round()
    settings.PORTAL_CLOCK = "2022-04-17T07:00"
    send_reminders()
    send_reminders()
    assert told() == ["kari"]


def test_a_round_that_is_composed_tells_nothing_and_a_published_one_opens_by_its_date():
    editor(unit(), "kari")
    open_round()
    Round.objects.get_queryset().update(opened_at=None, published_at=None)
    assert run("04-17").rows == {}
    Round.objects.get_queryset().update(published_at=at(day("03-01")))
    assert notices_planned(now=at(day("03-20"))).messages == ()
    assert [message.user.username for message in notices_planned(now=at(day("03-21"))).messages] == ["kari"]
