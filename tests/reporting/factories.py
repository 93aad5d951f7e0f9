"""Rounds, units, users and reports in each state, made through the real services."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import County, Membership, Municipality, MunicipalityVersion, Office, Role, User
from networks.models import Network
from reform.models import FocusArea, Solution
from reporting.models import Report, Round
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.rounds import round_open
from tests.kept import kept

OSLO = ZoneInfo("Europe/Oslo")
SPRING = dt.date(2022, 5, 1)
AUTUMN = dt.date(2021, 11, 1)
_numbers = itertools.count(1)

ANSWERS: dict[str, Any] = {
    "org.responsible": "director",
    "org.sectors": ["health", "planning"],
    "org.involved": ["elders_council"],
    "org.analysis": "yes",
    "progress.step": "5",
    "progress.phase": "3",
    "progress.delay_months": 0,
    "plan.status": "own",
    "plan.decided_on": "2021-06-17",
    "plan.case": "PS 82/21",
    "plan.anchoring": ["samfunnsdel", "handlingsdel"],
    "network.participates": "no",
    "support.received": ["none"],
    "result.measures": "planned",
    "comment": "Ordføreren følger arbeidet.",
}
"""Answers that raise no finding; the solutions are added by ``answers``."""


def at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    """A moment in Oslo."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO)


def solutions(areas: int = 2, each: int = 2) -> list[Solution]:
    """A few solutions in focus areas; repeatable."""
    made = []
    for a in range(1, areas + 1):
        names = {"name_nb": f"Område {a}", "name_nn": f"Omrade {a}"}
        area, _new = FocusArea.objects.get_or_create(code=str(a), defaults={"order": a, **names})
        for s in range(1, each + 1):
            names = {"name_nb": f"Løsning {a}.{s}", "name_nn": f"Løysing {a}.{s}"}
            row, _new = Solution.objects.get_or_create(
                code=f"{a}.{s}", defaults={"area": area, "order": a * 10 + s, **names}
            )
            made.append(row)
    return made


def office(key: str = "agder") -> Office:
    """An office; repeatable."""
    return Office.objects.get_queryset().get_or_create(key=key, defaults={"order": next(_numbers)})[0]


def unit(name: str = "Prøvekommune", *, of: Office | None = None, number: str = "") -> Municipality:
    """A municipality that has existed since 2020."""
    home = of or office()
    start = dt.date(2020, 1, 1)
    county = County.objects.get_or_create(number="42", valid_from=start, defaults={"name": "Agder"})[0]
    row = Municipality.objects.get_queryset().create()
    MunicipalityVersion.objects.create(
        municipality=row,
        number=number or f"{4200 + next(_numbers)}",
        name=name,
        sort_key=name.lower(),
        county=county,
        office=home,
        valid_from=start,
    )
    return row


def user(role: str, *, municipality: Municipality | None = None, of: Office | None = None, name: str = "") -> User:
    """A user with one role since 2020."""
    username = name or f"user{next(_numbers)}"
    row = User.objects.create(username=username, email=f"{username}@example.no", first_name=username.title())
    Membership.objects.create(user=row, role=role, municipality=municipality, office=of, valid_from=dt.date(2020, 1, 1))
    return row


def editor(municipality: Municipality, name: str = "") -> User:
    """A contact in the municipality."""
    return user(Role.MUNICIPALITY_EDITOR, municipality=municipality, name=name)


def reviewer(of: Office, name: str = "") -> User:
    """Staff of the statsforvalter."""
    return user(Role.STATSFORVALTER, of=of, name=name)


def network(name: str = "Nettverk Agder", *offices: Office) -> Network:
    """A regional network."""
    row = Network.objects.get_queryset().create(name=name, kind=Network.Kind.REGIONAL, valid_from=dt.date(2019, 1, 1))
    row.offices.add(*offices)
    return row


def open_round(reference_date: dt.date = SPRING, **dates: dt.date) -> Round:
    """An open round with a report for every unit there is."""
    return kept(("round", reference_date, *sorted(dates.items())), lambda: _open_round(reference_date, dates))


def _open_round(reference_date: dt.date, dates: dict[str, dt.date]) -> Round:
    solutions()
    return round_open(
        reference_date=reference_date, actor=None, now=at(reference_date - dt.timedelta(days=41)), dates=dates
    )


def answers(**changes: Any) -> dict[str, Any]:
    """``ANSWERS`` and all solutions in place; ``plan_status="none"`` changes ``plan.status``, None takes one out."""
    every = {**ANSWERS, "solutions": {row.code: "in_place" for row in solutions()}}
    for name, value in changes.items():
        code = name if name in every else name.replace("_", ".", 1) if name != "solutions" else name
        if value is None:
            every.pop(code, None)
        else:
            every[code] = value
    return every


def items(values: dict[str, Any]) -> list[tuple[str, Any, int | None]]:
    """Answers as ``draft_save_many`` takes them, over whatever stands there."""
    pairs: list[tuple[str, Any, int | None]] = []
    for code, value in values.items():
        if isinstance(value, dict):
            pairs.extend((f"{code}:{row}", key, None) for row, key in value.items())
        else:
            pairs.append((code, value, None))
    return pairs


class ReportFactory:
    """A report of one unit in each state. ``municipality`` and ``round_`` are made when they are not given."""

    @staticmethod
    def not_started(round_: Round | None = None, municipality: Municipality | None = None) -> Report:
        municipality = municipality or unit()
        round_ = round_ or open_round()
        round_open(reference_date=round_.reference_date, actor=None, now=at(round_.opens_on))
        reports = Report.objects.across_all(reason="tests").select_related("round__form_version", "municipality")
        return reports.get(round=round_, municipality=municipality)

    @classmethod
    def draft(cls, *, actor: User | None = None, values: dict[str, Any] | None = None, **where: Any) -> Report:
        report = cls.not_started(**where)
        now = at(report.round.opens_on)
        actor = actor or editor(report.municipality)
        draft_open(report=report, actor=actor, now=now)
        draft_save_many(report=report, items=items(answers() if values is None else values), actor=actor, now=now)
        return report

    @classmethod
    def submitted(cls, *, actor: User | None = None, day: dt.date | None = None, **how: Any) -> Report:
        from reporting.services.submissions import submission_submit

        report = cls.draft(actor=actor, **how)
        actor = actor or User.objects.filter(memberships__municipality=report.municipality).latest("id")
        day = day or report.round.municipality_deadline - dt.timedelta(days=3)
        submission_submit(report=report, actor=actor, now=at(day))
        return report

    @classmethod
    def returned(cls, *, note: str = "Skriv datoen for vedtaket.", by: User | None = None, **how: Any) -> Report:
        from reporting.services.submissions import submission_return

        report = cls.submitted(**how)
        by = by or reviewer(report.office)
        now = at(report.round.municipality_deadline + dt.timedelta(days=4))
        submission_return(report=report, actor=by, now=now, note=note)
        return report

    @classmethod
    def approved(cls, *, by: User | None = None, **how: Any) -> Report:
        from reporting.services.submissions import submission_approve

        report = cls.submitted(**how)
        by = by or reviewer(report.office)
        submission_approve(report=report, actor=by, now=at(report.round.municipality_deadline + dt.timedelta(days=5)))
        return report

    @classmethod
    def reopened(cls, *, note: str = "Vedtaket er gjort om.", by: User | None = None, **how: Any) -> Report:
        from reporting.services.reopening import report_reopen

        report = cls.approved(by=by, **how)
        by = by or reviewer(report.office)
        now = at(report.round.municipality_deadline + dt.timedelta(days=6))
        report_reopen(report=report, actor=by, now=now, note=note)
        return report

    @classmethod
    def extended(
        cls, *, days: int = 8, reason: str = "Kommunestyret møtes først 7. mai.", by: User | None = None, **how: Any
    ) -> Report:
        """A draft with a deadline of its own, ``days`` after the round's; not sent in."""
        from reporting.services.extensions import extension_give

        report = cls.draft(**how)
        deadline = report.round.municipality_deadline
        extension_give(
            report=report, until=deadline + dt.timedelta(days=days), reason=reason, actor=by or reviewer(report.office),
            now=at(deadline),
        )  # fmt: skip
        return report

    @classmethod
    def delivered_extended(cls, *, actor: User | None = None, after: int = 5, **how: Any) -> Report:
        """Sent in ``after`` days after the round's deadline, inside its extension."""
        from reporting.services.submissions import submission_submit

        report = cls.extended(actor=actor, **how)
        actor = actor or User.objects.filter(memberships__municipality=report.municipality).latest("id")
        day = report.round.municipality_deadline + dt.timedelta(days=after)
        submission_submit(report=report, actor=actor, now=at(day))
        return report

    @classmethod
    def taken_over(cls, *, reason: str = "Kommunen har ingen kontakt.", by: User | None = None, **how: Any) -> Report:
        """A draft that the statsforvalter has taken over on behalf of the municipality."""
        from reporting.services.on_behalf import report_take_over

        report = cls.draft(**how)
        now = at(report.round.municipality_deadline + dt.timedelta(days=1))
        report_take_over(report=report, reason=reason, actor=by or reviewer(report.office), now=now)
        return report

    @classmethod
    def on_behalf(cls, *, by: User | None = None, **how: Any) -> Report:
        """Taken over and sent in by the statsforvalter, two days after the deadline."""
        from reporting.services.submissions import submission_submit

        report = cls.taken_over(by=by, **how)
        by = by or reviewer(report.office)
        submission_submit(report=report, actor=by, now=at(report.round.municipality_deadline + dt.timedelta(days=2)))
        return report
