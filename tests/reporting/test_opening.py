"""Who is told that the figures of a round are open: those who reported in it and their statsforvalter, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from municipalities.models import OutgoingMail
from reporting.models import Notice, Report
from reporting.services.notices import notices_send
from reporting.services.opening import figures_close, figures_open
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate

OPENED = FROZEN.replace(hour=14)
DAY = dt.timedelta(days=1)
SF = "statsforvalter-oslo-og-viken"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = OPENED.isoformat()


@pytest.fixture
def people(world):
    return populate(world, extra=4)


def report_of(world, number="3025") -> Report:
    rows = Report.objects.across_all(reason="test")
    return rows.get(round__reference_date=NOW, municipality=world.unit(number))


def told(user=None):
    rows = Notice.objects.across_all(reason="test").filter(kind=Notice.Kind.FIGURES_OPEN)
    return rows.filter(user=user) if user else rows


def mails(user):
    return OutgoingMail.objects.filter(user=user, notices__kind=Notice.Kind.FIGURES_OPEN).distinct()


def test_those_who_reported_and_their_statsforvalter_are_told_in_one_mail_each(people, world):
    editor, staff = world.user("editor-3025"), world.user(SF)
    report = report_of(world)
    assert report.status in Report.DELIVERED
    figures_open(round_=people.now, actor=world.user("hdir"), now=OPENED)
    own, region = told(editor).get(), told(staff).get()
    assert (own.report, region.report) == (report, None)
    assert reverse("report_results", args=[report.pk]) in own.mail.body
    assert f"{reverse('compare_rounds')}?fra={BEFORE}&til={NOW}" in region.mail.body
    assert "åpnet" in own.mail.subject and "Oslo og Viken" in region.mail.subject
    readers = {row.user.username for row in told().select_related("user")}
    assert not {"hdir", "hod", "ks", "ordinary-3025"} & readers
    units = set(told().exclude(report=None).values_list("report__status", flat=True))
    assert units <= set(Report.DELIVERED)


def test_the_mail_is_in_the_language_of_its_reader(people, world):
    staff = world.user(SF)
    staff.language = "nn"
    staff.save(update_fields=["language"])
    figures_open(round_=people.now, actor=world.user("hdir"), now=OPENED)
    assert "tala" in told(staff).get().mail.subject and "mai 2022" in told(staff).get().mail.body


def test_the_addresses_in_the_mails_are_open_to_their_readers(people, world, client):
    figures_open(round_=people.now, actor=world.user("hdir"), now=OPENED)
    client.force_login(world.user("editor-3025"))
    assert client.get(reverse("report_results", args=[report_of(world).pk])).status_code == 200
    client.force_login(world.user(SF))
    assert client.get(told(world.user(SF)).get().facts["path"]).status_code == 200


def test_whoever_has_not_sent_in_is_not_told(people, world):
    Report.objects.across_all(reason="test").filter(pk=report_of(world).pk).update(status=Report.Status.DRAFT)
    figures_open(round_=people.now, actor=world.user("hdir"), now=OPENED)
    assert not told(world.user("editor-3025")).exists()
    assert told(world.user(SF)).exists()


def test_opening_again_tells_nobody_twice(people, world):
    hdir = world.user("hdir")
    figures_open(round_=people.now, actor=hdir, now=OPENED)
    first = set(told().values_list("pk", "mail"))
    assert first
    figures_open(round_=people.now, actor=hdir, now=OPENED + DAY)
    figures_close(round_=people.now, actor=hdir, now=OPENED + 2 * DAY)
    figures_open(round_=people.now, actor=hdir, now=OPENED + 3 * DAY)
    notices_send(now=OPENED + 4 * DAY)
    assert set(told().values_list("pk", "mail")) == first


def test_closed_before_the_mail_went_out_nothing_is_told_until_they_are_open_again(people, world):
    """The first round's mail was hers of that day, so the second round's waits for the next day's."""
    hdir, editor = world.user("hdir"), world.user("editor-3025")
    figures_open(round_=people.rounds[BEFORE], actor=hdir, now=OPENED)
    figures_open(round_=people.now, actor=hdir, now=OPENED)
    waiting = told(editor).get(round=people.now)
    assert waiting.mail is None and mails(editor).count() == 1
    figures_close(round_=people.now, actor=hdir, now=OPENED)
    notices_send(now=OPENED + DAY)
    waiting.refresh_from_db()
    assert waiting.dropped_at is not None and mails(editor).count() == 1
    figures_open(round_=people.now, actor=hdir, now=OPENED + 2 * DAY)
    notices_send(now=OPENED + 3 * DAY)
    waiting.refresh_from_db()
    assert waiting.mail is not None and mails(editor).count() == 2
