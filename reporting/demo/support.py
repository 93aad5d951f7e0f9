"""The demo's invented support and proposed corrections, registered by the regions' own people through the services.

Each office has the same kinds of support, given on other days and to other municipalities; what and when follows from
the office and the period, so that a second run finds everything in place.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from municipalities.models import CorrectionProposal, Municipality, MunicipalityVersion, Office, User
from municipalities.services.corrections import correction_answer, correction_propose
from networks.models import SupportActivity
from networks.services.support import Support, not_started, support_give
from networks.services.support_units import UnitBook, UnitOnDay
from reporting.demo.people import Cast

OSLO = ZoneInfo("Europe/Oslo")
WHOLE, STARTERS = "whole", "starters"


@dataclass(frozen=True)
class Plan:
    """One line that an office registers: ``to`` is how many units (a share of them), the whole region, or those that
    have not started."""

    kind: str
    provider: str
    to: float | str
    title: str = ""
    solutions: Sequence[str] = ()
    note: str = ""


PLANS = (
    Plan("letter", "statsforvalter", WHOLE, "Forventningsbrev om rapportering", note="Sendt til kommunedirektørene."),
    Plan("dialogue", "together", 0.2, "Dialogmøte om status og veien videre"),
    Plan("dialogue", "together", 0.15, "Dialogmøte om plan og forankring", ("1.2",)),
    Plan("dialogue", "statsforvalter", 0.05, note="Kommunene ba selv om møtet."),
    Plan("leaders", "ks", 0.25, "Møte med ordførere og kommunedirektører"),
    Plan("leaders", "together", 0.1),
    Plan("course", "usht", 0.5, "Måltidsglede i sykehjem og hjemmetjeneste", ("3.1", "3.2", "3.4")),
    Plan("course", "usht", 0.3, "Nettseminar om hverdagsmestring og fysisk trening", ("4.1", "4.3")),
    Plan("course", "ks", 0.4, "Aldersvennlige lokalsamfunn: samling for planleggere", ("1.2", "1.3"), "Over to dager."),
    Plan("planning", "statsforvalter", 0.15, "Veiledning om kommuneplanens samfunnsdel"),
    Plan("planning", "together", 0.1, "Skrivestue for planer i små kommuner", ("1.2", "5.5")),
    Plan("letter", "ks", 0.2),
    Plan("invitation", "statsforvalter", STARTERS, "Invitasjon til et første møte om reformen"),
    Plan("invitation", "usht", STARTERS, "Tilbud om hjelp med kartlegging", ("4.5",)),
)
PROPOSALS = (
    ("support", "Vi deltok på nettseminaret om hverdagsmestring i mars, men står ikke på listen.", "", ""),
    ("plan", "Saksnummeret er PS 45/21, ikke PS 54/21.", "put_right", "Saksnummeret er rettet i planregisteret."),
    (
        "network", "Vi meldte oss ut av læringsnettverket ved årsskiftet.", "decline",
        "Nettverket har dere som deltaker ut juni. Meld fra til KS hvis det ikke stemmer.",
    ),
    ("progress", "Forsinkelsen er tre måneder, ikke seks. Kommunestyret behandlet planen i mars.", "", ""),
)  # fmt: skip
CONTACTS = ("3004", "3025", "3024", "3007", "5001", "4601", "1103", "5430")


def support_make(cast: Cast, *, start: dt.date, end: dt.date) -> int:
    """The support of every office between two days. Returns how many activities were registered now."""
    book, made = UnitBook.load(), 0
    for office in Office.objects.across_all(reason="support by every office").order_by("order"):
        rng = random.Random(f"support:{office.key}:{start}")  # noqa: S311 - invented data, no secret
        for plan in PLANS:
            on = _working_day(start + dt.timedelta(days=rng.randrange((end - start).days - 2)))
            units = book.of_office(office.pk, on)
            share = plan.to if isinstance(plan.to, float) else 0.15
            chosen = rng.sample(units, max(1, round(len(units) * share)))
            made += _give(office, plan, on, chosen, cast, book)
    return made


def _give(office: Office, plan: Plan, on: dt.date, chosen: list[UnitOnDay], cast: Cast, book: UnitBook) -> int:
    there = SupportActivity.objects.across_all(reason="the demo doubles nothing").filter(
        office=office, kind=plan.kind, provider=plan.provider, on=on, title=plan.title
    )
    if there.exists():
        return 0
    units = tuple(row.unit_id for row in chosen)
    if plan.to == STARTERS:
        starters = not_started(book, office, on)
        if len(starters) < len(book.of_office(office.pk, on)):
            units = starters  # else the register has nothing in it yet
        if not units:
            return 0
    support = Support(
        office, plan.kind, plan.provider, on, units, plan.to == WHOLE, tuple(plan.solutions), plan.title, plan.note
    )
    now = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(10), OSLO)
    return int(support_give(support, actor=_staff(office, plan.provider, cast), now=now, book=book).made)


def _staff(office: Office, provider: str, cast: Cast) -> User:
    found = User.objects.filter(username=f"{provider}-{office.key}").first() if provider in ("ks", "usht") else None
    return found or cast.reviewers[office.pk]


def _working_day(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def corrections_make(cast: Cast, *, until: dt.datetime) -> int:
    """A few proposals in the weeks before ``until``, some of them answered. Returns how many were made now."""
    made = 0
    versions = MunicipalityVersion.objects.on(until.date()).filter(number__in=CONTACTS).select_related("municipality")
    for place, version in enumerate(sorted(versions, key=lambda row: CONTACTS.index(row.number))):
        about, text, outcome, answer = PROPOSALS[place % len(PROPOSALS)]
        unit: Municipality = version.municipality
        there = CorrectionProposal.objects.across_all(reason="the demo doubles nothing").filter(municipality=unit)
        if unit.pk not in cast.contacts or there.exists():
            continue
        sent = until - dt.timedelta(days=3 * place + 2) + dt.timedelta(minutes=37 * place)
        proposal, _new = correction_propose(
            municipality=unit, about=about, text=text, actor=cast.contacts[unit.pk], now=sent
        )
        if outcome:
            reviewer, answered = cast.reviewers[version.office_id], sent + dt.timedelta(days=1, hours=2)
            correction_answer(proposal, outcome, text=answer, actor=reviewer, now=answered)
        made += 1
    return made
