"""The portal tells about a round and reminds of it by itself, on its days, and never twice."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from municipalities.models import OutgoingMail
from reporting.models import Round
from reporting.services.reminder_plan import reminders_due, stage_on
from reporting.services.reminders import reminders_send
from tests.reporting.factories import ReportFactory, at, editor, open_round, unit

DATES = Round(
    reference_date=dt.date(2022, 5, 1),
    opens_on=dt.date(2022, 3, 21),
    municipality_deadline=dt.date(2022, 5, 1),
    closes_on=dt.date(2022, 6, 1),
)


@pytest.mark.parametrize(
    ("day", "begun"),
    [("2022-03-20", None), ("2022-04-16", None), ("2022-04-17", "2022-04-17"), ("2022-04-27", "2022-04-17"),
     ("2022-04-28", "2022-04-28"), ("2022-05-01", "2022-04-28"), ("2022-05-02", "2022-05-02"),
     ("2022-05-09", "2022-05-09"), ("2022-06-01", "2022-05-09"), ("2022-06-02", None)],
)  # fmt: skip
def test_the_stages(day, begun):
    assert stage_on(DATES, dt.date.fromisoformat(day)) == (begun and dt.date.fromisoformat(begun))


def reminded():
    return sorted(OutgoingMail.objects.filter(key__contains="remind").values_list("user__username", flat=True))


@pytest.mark.django_db
def test_only_contacts_of_units_that_have_not_delivered_and_each_once_a_stage():
    homes = {name: unit(name) for name in ("ingen", "utkast", "sendt", "uten")}
    people = {name: editor(home, name) for name, home in homes.items() if name != "uten"}
    round_ = open_round()
    ReportFactory.draft(round_=round_, municipality=homes["utkast"], actor=people["utkast"])
    ReportFactory.submitted(round_=round_, municipality=homes["sendt"], actor=people["sendt"], day=dt.date(2022, 4, 1))
    done = reminders_due(now=at(dt.date(2022, 4, 17)))
    assert reminded() == ["ingen", "utkast"]
    assert [len(row.without_contact) for row in done.values()] == [1]
    for day in (17, 18, 27):
        reminders_due(now=at(dt.date(2022, 4, day), 15))
    assert reminded() == ["ingen", "utkast"]
    reminders_due(now=at(dt.date(2022, 4, 30)))  # the 28th was missed, and is caught up
    assert reminded() == ["ingen", "ingen", "utkast", "utkast"]
    reminders_due(now=at(dt.date(2022, 7, 1)))
    assert len(reminded()) == 4


@pytest.mark.django_db
def test_whom_the_statsforvalter_has_reminded_is_left_alone_in_that_stage():
    report = ReportFactory.not_started()
    editor(report.municipality, "kari")
    reminders_send(reports=[report], actor=None, now=at(dt.date(2022, 4, 28)))
    reminders_due(now=at(dt.date(2022, 4, 29)))
    assert reminded() == ["kari"]


@pytest.mark.django_db
def test_a_round_is_told_about_when_it_opens_and_once():
    home = unit()
    editor(home, "kari")
    open_round(opens_on=dt.date(2022, 4, 1))
    reminders_due(now=at(dt.date(2022, 3, 31)))
    assert not OutgoingMail.objects.exists()
    for day in (1, 2, 3):
        reminders_due(now=at(dt.date(2022, 4, day)))
    assert OutgoingMail.objects.get().user.username == "kari"


@pytest.mark.django_db
def test_the_command():
    home = unit()
    editor(home)
    out = StringIO()
    call_command("send_reminders", "--today", "2022-04-17", stdout=out)
    assert "No round" in out.getvalue()
    open_round()
    call_command("send_reminders", "--today", "2022-04-17", stdout=out)
    assert "1 reports reminded of in 1 mails" in out.getvalue()
    with pytest.raises(CommandError, match="not a date"):
        call_command("send_reminders", "--today", "i dag")


@pytest.mark.django_db
def test_the_scheduled_job_is_the_same(settings):
    from reporting.tasks import send_reminders

    assert send_reminders.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    home = unit()
    editor(home, "kari")
    open_round()
    settings.PORTAL_CLOCK = "2022-04-17T07:00"
    send_reminders()
    send_reminders()
    assert reminded() == ["kari"]
