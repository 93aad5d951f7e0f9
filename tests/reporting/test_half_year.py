"""A half-year day by day with a false clock: exactly these messages go out, and no other.

The round opens on 21 March with the deadline 1 May, which Hdir moves to 3 May on 20 April. The offices have until
20 May, Hdir until 15 June; late reports come until 1 June, returned ones until 10 June. The daily job runs twice a
day, and not at all on 30 April and 17 May, on which reminders are due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from municipalities.models import MunicipalityLink, MunicipalityVersion, OfficeName, OutgoingMail, Role
from municipalities.services.people import memberships_follow
from reporting.models import RegionalReport, RegionalSubmission, Report, Round
from reporting.services.extensions import extension_give
from reporting.services.notice_day import notices_due
from reporting.services.notices import notice_write
from reporting.services.submissions import nothing_new, submission_approve, submission_return, submission_submit
from tests.reporting import factories
from tests.reporting.factories import AUTUMN, ReportFactory, at, editor, open_round, reviewer, unit, user

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2022, 3, 15), dt.date(2022, 9, 15)
NOT_RUN = {dt.date(2022, 4, 30), dt.date(2022, 5, 17)}

EXPECTED = """
2022-03-21 arne: opened
2022-03-21 bo: opened
2022-03-21 eva: opened
2022-03-21 fia: opened
2022-03-21 gro: opened
2022-03-21 hans: opened
2022-04-17 bo: two_weeks
2022-04-17 eva: two_weeks
2022-04-17 fia: two_weeks
2022-04-17 hans: two_weeks
2022-04-20 bo: two_weeks
2022-04-20 eva: two_weeks
2022-04-20 fia: two_weeks
2022-04-20 hans: two_weeks
2022-04-29 eva: extended
2022-05-01 bo: three_days
2022-05-01 hans: three_days
2022-05-03 bo: last_day
2022-05-03 fia: returned
2022-05-03 hans: last_day
2022-05-04 arne: approved
2022-05-04 bo: overdue
2022-05-04 hans: overdue
2022-05-06 amina: two_weeks
2022-05-06 eva: three_days
2022-05-09 eva: last_day
2022-05-10 eva: overdue
2022-05-10 fia: approved
2022-05-11 bo: overdue
2022-05-12 bo: message message
2022-05-18 amina: three_days
2022-05-18 eva: overdue
2022-05-20 amina: last_day
2022-05-21 amina: overdue
2022-05-23 eva: approved
2022-05-28 amina: overdue
2022-06-01 gro: returned
2022-06-03 hanne: delivered
2022-06-07 gro: three_days
2022-06-10 gro: last_day
2022-06-12 hanne: three_days
2022-06-15 hanne: last_day
2022-06-16 hanne: overdue
2022-06-20 amina: accepted
"""
"""arne sends in on 10 April; bo never, and is written to twice; eva has her deadline extended to 9 May on 29 April and
sends in on the 18th; fia sends in on 22 April and, returned, on 6 May; gro has nothing new on 5 April, is returned on
1 June and lets it be; hans's municipality is merged into another on 5 May. amina is the statsforvalter's, hanne
Hdir's. A message at noon to who had one that morning waits, and goes with the next."""


class Country:
    """What everybody does, by day and hour."""

    def __init__(self) -> None:
        self.office = factories.office()
        OfficeName.objects.create(
            office=self.office, short_name="Agder", name_nb="Statsforvalteren i Agder",
            name_nn="Statsforvaltaren i Agder", valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip
        self.amina, self.hanne = reviewer(self.office, "amina"), user(Role.HDIR, name="hanne")
        self.homes = {name: unit(name.title()) for name in ("arne", "bo", "eva", "fia", "gro", "hans")}
        self.people = {name: editor(home, name) for name, home in self.homes.items()}
        last, gro = open_round(AUTUMN), self.people["gro"]
        ReportFactory.approved(round_=last, municipality=self.homes["gro"], actor=gro, by=self.amina)
        self.round = open_round()
        self.change_round(
            corrections_until=dt.date(2022, 6, 10),
            regional_form=self.round.form_version,
        )

    def change_round(self, **fields: Any) -> None:
        Round.objects.get_queryset().filter(pk=self.round.pk).update(**fields)
        self.round.refresh_from_db()

    def report(self, name: str) -> Report:
        rows = Report.objects.across_all(reason="test").select_related("round__form_version", "municipality", "current")
        return rows.get(round=self.round, municipality=self.homes[name])

    def sends(self, name: str) -> Callable[[dt.datetime], object]:
        def first(now: dt.datetime) -> None:
            if self.report(name).current is None:
                ReportFactory.draft(round_=self.round, municipality=self.homes[name], actor=self.people[name])
            submission_submit(report=self.report(name), actor=self.people[name], now=now)

        return first

    def same(self, now: dt.datetime) -> None:
        nothing_new(report=self.report("gro"), actor=self.people["gro"], now=now)

    def returns(self, name: str) -> Callable[[dt.datetime], object]:
        return lambda now: submission_return(report=self.report(name), actor=self.amina, now=now, note="Se datoen.")

    def approves(self, name: str) -> Callable[[dt.datetime], object]:
        return lambda now: submission_approve(report=self.report(name), actor=self.amina, now=now)

    def moves(self, now: dt.datetime) -> None:
        self.change_round(municipality_deadline=dt.date(2022, 5, 3))

    def extends(self, now: dt.datetime) -> None:
        until = dt.date(2022, 5, 9)
        extension_give(report=self.report("eva"), until=until, reason="Ferie.", actor=self.amina, now=now)

    def merges(self, now: dt.datetime) -> None:
        day = now.date()
        MunicipalityVersion.objects.filter(municipality=self.homes["hans"]).update(valid_to=day - dt.timedelta(days=1))
        new = unit("Nyland", number="4290")
        MunicipalityVersion.objects.filter(municipality=new).update(valid_from=day)
        MunicipalityLink.objects.create(old=self.homes["hans"], new=new, kind="merger", on=day)
        assert memberships_follow(day=day, now=now).followed == 1

    def writes(self, now: dt.datetime) -> None:
        self.tell("message", now, [self.people["bo"]], report=self.report("bo"), facts={"by": "Amina"})

    def delivers(self, now: dt.datetime) -> None:
        row = RegionalReport.objects.get_queryset().create(round=self.round, office=self.office)
        sent = RegionalSubmission.objects.get_queryset().create(
            regional=row, number=1, form_version=self.round.form_version, answers={}, answers_hash="x",
            submitted_by_name="Amina", submitted_at=now,
        )  # fmt: skip
        RegionalReport.objects.get_queryset().filter(pk=row.pk).update(status="delivered", current=sent)
        self.tell("delivered", now, [self.hanne], regional=row)

    def accepts(self, now: dt.datetime) -> None:
        RegionalReport.objects.get_queryset().update(status="accepted")
        self.tell("accepted", now, [self.amina], regional=RegionalReport.objects.get_queryset().get())

    def tell(self, kind: str, now: dt.datetime, users: list[Any], **about: Any) -> None:
        if "regional" in about:
            about["regional"].refresh_from_db()
        notice_write(kind=kind, round=self.round, users=users, now=now, **about)

    def calendar(self) -> dict[str, list[Callable[[dt.datetime], object]]]:
        """What happens at a day and an hour; the daily job runs at 7 and again at 19."""
        return {
            "04-05 12": [self.same],
            "04-10 12": [self.sends("arne")],
            "04-20 06": [self.moves],
            "04-22 12": [self.sends("fia")],
            "04-29 12": [self.extends],
            "05-03 12": [self.returns("fia")],
            "05-04 12": [self.approves("arne")],
            "05-05 06": [self.merges],
            "05-06 12": [self.sends("fia")],
            "05-10 12": [self.approves("fia")],
            "05-11 12": [self.writes],
            "05-12 06": [self.writes],
            "05-18 12": [self.sends("eva")],
            "05-23 12": [self.approves("eva")],
            "06-01 12": [self.returns("gro")],
            "06-03 12": [self.delivers],
            "06-20 12": [self.accepts],
        }

    def live(self) -> None:
        """Day by day through the half-year."""
        happens = self.calendar()
        for count in range((LAST - FIRST).days + 1):
            day = FIRST + dt.timedelta(days=count)
            for hour in (6, 7, 12, 19):
                for act in happens.pop(f"{day:%m-%d} {hour:02}", ()):
                    act(at(day, hour))
                if hour in (7, 19) and day not in NOT_RUN:
                    notices_due(now=at(day, hour))
        assert happens == {}


def messages() -> list[str]:
    """The day's messages of each person, with the kinds of what stands in them."""
    rows = OutgoingMail.objects.filter(key__startswith="notices ", queued_at__date__gte=FIRST).select_related("user")
    lines = []
    for row in rows.prefetch_related("notices"):
        kinds = " ".join(notice.kind for notice in row.notices.order_by("pk"))
        lines.append(f"{row.key.split()[1]} {row.user.username}: {kinds}")
    return sorted(lines)


def test_a_half_year_gives_exactly_the_expected_messages():
    Country().live()
    assert messages() == EXPECTED.split("\n")[1:-1]
