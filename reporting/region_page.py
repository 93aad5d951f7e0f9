"""What the registers know about one region on a day, gathered for its page. A constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from municipalities.models import Membership, Role, User
from municipalities.models.people import REGIONAL_ROLES
from municipalities.querysets import valid_on
from municipalities.vocabulary import PHASES, STEPS
from networks.models import Network, Participation, SupportActivity
from reporting.models import Report, Round
from reporting.register_list import ADOPTED, SUPPORT_SINCE, UnitRow
from reporting.register_rows import unit_rows


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole`` units, and the filter of the list that shows just these."""

    label: str
    part: int
    whole: int
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SupportLine:
    """A kind of support: how often it was given since the reform began, to how many units, and when last."""

    kind: str
    label: str
    times: int
    units: int
    last: dt.date


@dataclass(frozen=True)
class Delivery:
    """How far the region is with the newest round that had been opened by the day."""

    round: Round
    reports: int
    delivered: int
    approved: int
    returned: int

    @property
    def missing(self) -> int:
        return self.reports - self.delivered - self.returned


@dataclass(frozen=True)
class Contact:
    """A person of the region's staff: name, role in words, e-mail and telephone."""

    name: str
    role: str
    email: str
    phone: str


@dataclass(frozen=True)
class RegionPage:
    """Everything on the page. ``rows`` are all units, ``municipalities`` those that are no districts."""

    rows: tuple[UnitRow, ...]
    municipalities: tuple[UnitRow, ...]
    districts: int
    facts: tuple[Share, ...]
    steps: tuple[Share, ...]
    phases: tuple[Share, ...]
    not_started: tuple[UnitRow, ...]
    support: tuple[SupportLine, ...]
    networks: tuple[Any, ...]
    delivery: Delivery | None
    contacts: tuple[Contact, ...]


def region_page(*, key: str, user: User, day: dt.date, today: dt.date) -> RegionPage | None:
    """Gather the page of the office ``key`` on ``day`` as ``user`` may see it on ``today``; None when she sees none of
    its units."""
    rows = tuple(
        sorted(
            (row for row in unit_rows(user, day=day, today=today) if row.office_key == key),
            key=lambda row: (row.key, row.number),
        )
    )
    if not rows:
        return None
    municipalities = tuple(row for row in rows if not row.district)
    return RegionPage(
        rows=rows,
        municipalities=municipalities,
        districts=len(rows) - len(municipalities),
        facts=_facts(municipalities),
        steps=_counted(municipalities, "step", "steg", STEPS),
        phases=_counted(municipalities, "phase", "fase", PHASES),
        not_started=tuple(row for row in municipalities if not row.started),
        support=_support(key, user, day, today),
        networks=_networks(key, user, day, today),
        delivery=_delivery(key, user, day, today),
        contacts=_contacts(key, day),
    )


def _facts(rows: Sequence[UnitRow]) -> tuple[Share, ...]:
    def share(label: str, parameter: str, value: str, part: int) -> Share:
        return Share(label, part, len(rows), ((parameter, value),))

    return (
        share("adopted", "plan", "vedtatt", sum(row.plan in ADOPTED for row in rows)),
        share("process", "plan", "prosess", sum(row.plan == "process" for row in rows)),
        share("network", "nettverk", "ja", sum(row.networks > 0 for row in rows)),
        share("support", "stotte", "ja", sum(row.support > 0 for row in rows)),
        share("delayed", "forsinket", "ja", sum(bool(row.delay) for row in rows)),
        share("not_started", "i_gang", "nei", sum(not row.started for row in rows)),
    )


def _counted(rows: Sequence[UnitRow], name: str, parameter: str, words: Any) -> tuple[Share, ...]:
    """How many units stand at each step or phase; those of whom nothing is registered last, where there are any."""
    counts = Counter(getattr(row, name) for row in rows)
    found = [Share(str(text), counts[key], len(rows), ((parameter, str(key)),)) for key, text in words.items()]
    if counts[None]:
        found.append(Share("", counts[None], len(rows), ((parameter, "ingen"),)))
    return tuple(found)


def _support(key: str, user: User, day: dt.date, today: dt.date) -> tuple[SupportLine, ...]:
    given = SupportActivity.objects.visible_to(user, today=today)
    given = given.filter(office__key=key, on__gte=SUPPORT_SINCE, on__lte=day).order_by()
    found = {
        kind: (times, units, last)
        for kind, times, units, last in given.values_list("kind").annotate(
            times=Count("pk", distinct=True), units=Count("municipalities", distinct=True), last=Max("on")
        )
    }
    return tuple(
        SupportLine(str(kind), str(kind.label), *found[kind.value]) for kind in SupportActivity.Kind if kind in found
    )


def _networks(key: str, user: User, day: dt.date, today: dt.date) -> tuple[Any, ...]:
    """The region's networks with ``active`` (how many of the region's units take part) and ``last_met``."""
    holds = valid_on(day, "participations__") & Q(participations__status=Participation.Status.ACTIVE)
    rows = Network.objects.visible_to(user, today=today).on(day).filter(offices__key=key)
    return tuple(
        rows.annotate(
            active=Count("participations__municipality", filter=holds, distinct=True),
            last_met=Max("meetings__on", filter=Q(meetings__on__lte=day)),
        ).order_by("name", "pk")
    )


def _delivery(key: str, user: User, day: dt.date, today: dt.date) -> Delivery | None:
    rounds = Round.objects.visible_to(user, today=today).counted().filter(opened_at__isnull=False, opens_on__lte=day)
    newest = rounds.order_by("-reference_date").defer("form_version").first()
    if newest is None:
        return None
    counts = Counter(
        dict(
            Report.objects.across_all(reason="how many of a region's reports have come")
            .filter(round=newest, office__key=key)
            .order_by()
            .values_list("status")
            .annotate(n=Count("pk"))
        )
    )
    return Delivery(
        round=newest,
        reports=sum(counts.values()),
        delivered=sum(counts[status] for status in Report.DELIVERED),
        approved=counts[Report.Status.APPROVED],
        returned=counts[Report.Status.RETURNED],
    )


def _contacts(key: str, day: dt.date) -> tuple[Contact, ...]:
    rows = Membership.objects.filter(valid_on(day), office__key=key, role__in=REGIONAL_ROLES, user__is_active=True)
    order = {role: place for place, role in enumerate(REGIONAL_ROLES)}
    people = sorted(
        rows.select_related("user"),
        key=lambda row: (order[row.role], row.user.last_name, row.user.first_name, row.user_id),  # type: ignore[index]
    )
    return tuple(Contact(str(row.user), str(Role(row.role).label), row.user.email, row.user.phone) for row in people)
