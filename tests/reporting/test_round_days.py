"""The days of a round are days in Oslo, to the last minute, summer and winter and across both changes of the clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from municipalities.models import Role
from reporting.models import Report, Round
from reporting.services.composing import round_unlock
from reporting.services.drafts import draft_save
from reporting.services.submissions import submission_submit
from reporting.timing import open_until
from reporting.workflow import RoundClosed, require_open
from tests.reporting.factories import ReportFactory, at, editor, open_round, unit, user

OSLO = ZoneInfo("Europe/Oslo")
DATES = {
    "reference_date": dt.date(2022, 5, 1),
    "opens_on": dt.date(2022, 3, 21),
    "municipality_deadline": dt.date(2022, 5, 1),
    "office_deadline": dt.date(2022, 5, 20),
    "hdir_deadline": dt.date(2022, 6, 15),
    "closes_on": dt.date(2022, 6, 1),
}
CORRECTIONS, LONGER, LONGEST = dt.date(2022, 6, 10), dt.date(2022, 6, 20), dt.date(2022, 7, 1)
FIRST, AGAIN = ("not_started", "draft"), ("submitted", "returned", "approved", "reopened")


def round_of(**dates):
    return Round(**{**DATES, **dates})


class TestTheLastDay:
    """``open_until``: for what comes the first time, and for what comes again."""

    @pytest.mark.parametrize("status", [*FIRST, *AGAIN])
    def test_without_more_the_round_s_closing(self, status):
        assert open_until(round_of(), status) == DATES["closes_on"]

    @pytest.mark.parametrize(("status", "day"), [*((one, DATES["closes_on"]) for one in FIRST),
                                                 *((one, CORRECTIONS) for one in AGAIN)])  # fmt: skip
    def test_the_window_of_corrections_is_for_what_has_been_sent_in(self, status, day):
        assert open_until(round_of(corrections_until=CORRECTIONS), status) == day

    @pytest.mark.parametrize("status", [*FIRST, *AGAIN])
    def test_an_unlocked_round_is_open_for_all(self, status):
        assert open_until(round_of(corrections_until=CORRECTIONS, unlocked_until=LONGER), status) == LONGER

    def test_an_unlocking_that_is_over_takes_nothing_away(self):
        assert open_until(round_of(unlocked_until=dt.date(2022, 4, 1)), "draft") == DATES["closes_on"]

    @pytest.mark.parametrize("status", [*FIRST, *AGAIN])
    def test_an_extension_is_for_its_report_and_never_shortens(self, status):
        assert open_until(round_of(unlocked_until=LONGER), status, LONGEST) == LONGEST
        assert open_until(round_of(), status, dt.date(2022, 5, 5)) == DATES["closes_on"]


@pytest.mark.parametrize(
    ("status", "day", "says"),
    [
        ("draft", dt.date(2022, 3, 20), "opened|åpnet|opna"),
        ("draft", dt.date(2022, 6, 2), "statsforvalter"),
        ("returned", dt.date(2022, 6, 11), "Helsedirektoratet"),
        ("draft", dt.date(2022, 6, 11), "Helsedirektoratet"),
    ],
)
def test_what_is_not_open_says_why_and_who_can_open_it(status, day, says):
    with pytest.raises(RoundClosed, match=says):
        require_open(round_of(corrections_until=CORRECTIONS), at(day), status=status)


SPRING_CHANGE, AUTUMN_CHANGE = dt.date(2022, 3, 27), dt.date(2022, 10, 30)
"""The clock goes from 02 to 03 on the first, and from 03 to 02 on the second."""


@pytest.mark.parametrize("zone", ["Europe/Oslo", "UTC", "America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize(
    "last", [SPRING_CHANGE - dt.timedelta(days=1), SPRING_CHANGE, AUTUMN_CHANGE - dt.timedelta(days=1), AUTUMN_CHANGE,
             dt.date(2022, 5, 1), dt.date(2022, 11, 1)],
)  # fmt: skip
def test_a_round_ends_when_the_last_day_ends_in_oslo_whatever_clock_says_so(last, zone):
    dates = dict.fromkeys(DATES, last) | {"opens_on": last - dt.timedelta(days=3)}
    round_ = round_of(**dates)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=OSLO).astimezone(dt.UTC)
    second = dt.timedelta(seconds=1)
    require_open(round_, (ends - second).astimezone(ZoneInfo(zone)))
    with pytest.raises(RoundClosed):
        require_open(round_, ends.astimezone(ZoneInfo(zone)))
    begins = dt.datetime.combine(dates["opens_on"], dt.time(), tzinfo=OSLO).astimezone(dt.UTC)
    require_open(round_, begins)
    with pytest.raises(RoundClosed):
        require_open(round_, begins - second)


@pytest.mark.parametrize(("hours", "day"), [(23, SPRING_CHANGE), (25, AUTUMN_CHANGE)])
def test_the_day_on_which_the_clock_is_moved_is_one_whole_day(hours, day):
    round_ = round_of(**dict.fromkeys(DATES, day))
    begins = dt.datetime.combine(day, dt.time(), tzinfo=OSLO).astimezone(dt.UTC)
    last = begins + dt.timedelta(hours=hours, seconds=-1)
    for moment in (begins, begins + dt.timedelta(hours=2, minutes=30), last):
        require_open(round_, moment)
    for moment in (begins - dt.timedelta(seconds=1), last + dt.timedelta(seconds=1)):
        with pytest.raises(RoundClosed):
            require_open(round_, moment)


@pytest.mark.django_db
class TestSentInOnTheLastEvening:
    @pytest.mark.parametrize(
        ("reference", "moment", "late"),
        [
            # 1 May 23:59:30 in Oslo is 21:59:30 UTC; half a minute past midnight is still 1 May in UTC
            (dt.date(2022, 5, 1), dt.datetime(2022, 5, 1, 21, 59, 30, tzinfo=dt.UTC), 0),
            (dt.date(2022, 5, 1), dt.datetime(2022, 5, 1, 22, 0, 30, tzinfo=dt.UTC), 1),
            (dt.date(2022, 11, 1), dt.datetime(2022, 11, 1, 22, 59, 30, tzinfo=dt.UTC), 0),
            (dt.date(2022, 11, 1), dt.datetime(2022, 11, 1, 23, 0, 30, tzinfo=dt.UTC), 1),
        ],
    )
    def test_late_is_counted_in_oslo_days(self, reference, moment, late):
        unit()
        report = ReportFactory.draft(round_=open_round(reference))
        sent = submission_submit(report=report, actor=editor(report.municipality), now=moment)
        assert sent.days_late == late
        sent.refresh_from_db()
        assert sent.submitted_at == moment  # and not an hour off in summer

    @pytest.mark.parametrize(
        ("moment", "shown"),
        [
            (dt.datetime(2022, 4, 20, 12, 5, tzinfo=dt.UTC), "14.05"),
            (dt.datetime(2022, 10, 31, 12, 5, tzinfo=dt.UTC), "13.05"),
        ],
    )
    def test_the_receipt_shows_the_time_on_the_wall_summer_and_winter(self, moment, shown, client, settings):
        reference = dt.date(2022, 5, 1) if moment.month == 4 else dt.date(2022, 11, 1)
        unit()
        report = ReportFactory.draft(round_=open_round(reference))
        actor = editor(report.municipality)
        submission_submit(report=report, actor=actor, now=moment)
        settings.PORTAL_CLOCK = moment.isoformat()
        client.force_login(actor)
        page = client.get(f"/rapport/{report.pk}/kvittering/").content.decode()
        assert shown in page or shown.replace(".", ":") in page


@pytest.mark.django_db
def test_after_the_corrections_the_round_locks_by_itself_until_hdir_opens_it():
    unit()
    round_ = open_round()
    Round.objects.get_queryset().update(corrections_until=round_.closes_on + dt.timedelta(days=7))
    round_.refresh_from_db()
    report = ReportFactory.returned(round_=round_)
    report = Report.objects.across_all(reason="test").select_related("round__form_version").get(pk=report.pk)
    actor, admin = editor(report.municipality), user(Role.HDIR_ADMIN)
    last = round_.corrections_until
    save = {"report": report, "key": "comment", "actor": actor, "base_rev": None}
    draft_save(**save, raw="I tide", now=at(last, 23, 59))
    later = last + dt.timedelta(days=1)
    with pytest.raises(RoundClosed, match="Helsedirektoratet"):
        draft_save(**save, raw="For sent", now=at(later, 0, 1))
    round_unlock(round_=round_, until=later, reason="Feil i registeret.", actor=admin, now=at(later))
    report.round.refresh_from_db()
    draft_save(**save, raw="Rettet", now=at(later, 23, 59))
