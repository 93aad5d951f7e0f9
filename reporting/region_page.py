"""What the registers know about one region on a day, gathered for its page. A constant number of queries.

The page stands in the borders of its day, or in today's: then the parts of a merger are one unit, counted once, and
what may not be joined is listed for each part (``register_rows.in_todays_borders``). The region is then that of
today too.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from municipalities.border_words import TODAY, Places
from municipalities.lineage import Lineage
from municipalities.models import Membership, Role, User
from municipalities.models.people import REGIONAL_ROLES
from municipalities.querysets import valid_on
from municipalities.services import lineage_of_all
from municipalities.vocabulary import PHASES, STEPS
from networks.models import Network, Participation, SupportActivity
from networks.network_list import counted, parts_on
from networks.unit_borders import place_key
from reporting.models import Report, Round
from reporting.register_list import ADOPTED, MIXED, SUPPORT_SINCE, UnitRow
from reporting.register_rows import in_todays_borders, unit_rows


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
    """Everything on the page. ``rows`` are all units, ``municipalities`` those that are no districts, ``mixed`` those
    of today whose plan status is listed for each part, ``split`` the split ones.
    ``differs`` says whether today's borders show it otherwise."""

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
    mixed: tuple[UnitRow, ...] = ()
    split: tuple[UnitRow, ...] = ()
    differs: bool = False


def region_page(*, key: str, user: User, day: dt.date, today: dt.date, borders: str) -> RegionPage | None:
    """Gather the page of the office ``key`` on ``day`` as ``user`` may see it on ``today``, in the ``borders`` that
    hold (``da`` or ``na``); None when she sees none of its units."""
    then = unit_rows(user, day=day, today=today)
    rows = in_todays_borders(then, user, day=day, today=today) if borders == TODAY else then
    rows = sorted((row for row in rows if row.office_key == key), key=lambda row: (row.key, row.number))
    if not rows:
        return None
    lineage = lineage_of_all()
    held = Places(lineage, today if borders == TODAY else day)
    municipalities = tuple(row for row in rows if not row.district)
    return RegionPage(
        rows=tuple(rows),
        municipalities=municipalities,
        districts=len(rows) - len(municipalities),
        facts=_facts(municipalities),
        steps=_counted(municipalities, "step", "steg", STEPS),
        phases=_counted(municipalities, "phase", "fase", PHASES),
        not_started=tuple(row for row in municipalities if not row.started),
        support=_support(key, user, day, today, held),
        networks=_networks(key, user, day, today, held),
        delivery=_delivery(key, user, day, today),
        contacts=_contacts(key, day),
        mixed=tuple(row for row in municipalities if row.parts),
        split=tuple(row for row in municipalities if row.leads_to and not row.parts),
        differs=_differs(key, then, lineage, day, today),
    )


def _differs(key: str, then: Sequence[UnitRow], lineage: Lineage, day: dt.date, today: dt.date) -> bool:
    """Whether today's borders show the region of ``day`` otherwise."""
    units = ((row.unit_id, day) for row in then if row.office_key == key)
    return day != today and Places(lineage, today).differ(units)


def _facts(rows: Sequence[UnitRow]) -> tuple[Share, ...]:
    def share(label: str, parameter: str, value: str, part: int) -> Share:
        return Share(label, part, len(rows), ((parameter, value),))

    mixed = sum(row.plan == MIXED for row in rows)
    return (
        share("adopted", "plan", "vedtatt", sum(row.plan in ADOPTED for row in rows)),
        share("process", "plan", "prosess", sum(row.plan == "process" for row in rows)),
        share("network", "nettverk", "ja", sum(row.networks > 0 for row in rows)),
        share("support", "stotte", "ja", sum(row.support > 0 for row in rows)),
        share("delayed", "forsinket", "ja", sum(bool(row.delay) for row in rows)),
        share("not_started", "i_gang", "nei", sum(not row.started for row in rows)),
        *((share("mixed", "plan", "blandet", mixed),) if mixed else ()),
    )


def _counted(rows: Sequence[UnitRow], name: str, parameter: str, words: Any) -> tuple[Share, ...]:
    """How many units stand at each step or phase; those of whom nothing is registered last, where there are any, and
    those of a merger, which are listed for each part, after them."""
    counts = Counter(getattr(row, name) for row in rows if not row.parts)
    mixed = sum(bool(row.parts) for row in rows)
    found = [Share(str(text), counts[key], len(rows), ((parameter, str(key)),)) for key, text in words.items()]
    if counts[None]:
        found.append(Share("", counts[None], len(rows), ((parameter, "ingen"),)))
    if mixed:
        found.append(Share("mixed", mixed, len(rows), (("plan", "blandet"),)))
    return tuple(found)


def _support(key: str, user: User, day: dt.date, today: dt.date, held: Places) -> tuple[SupportLine, ...]:
    """Who it reached is counted in the borders that hold (``held``), also where it was given before a merger."""
    given = SupportActivity.objects.visible_to(user, today=today)
    given = given.filter(office__key=key, on__gte=SUPPORT_SINCE, on__lte=day).order_by()
    reached: dict[str, set[Any]] = {}
    for kind, unit, on in given.filter(municipalities__isnull=False).values_list("kind", "municipalities", "on"):
        reached.setdefault(kind, set()).add(place_key(held.of(unit, on)))
    times = given.values_list("kind").annotate(times=Count("pk"), last=Max("on"))
    found = {kind: (count, len(reached.get(kind, ())), last) for kind, count, last in times}
    return tuple(
        SupportLine(str(kind), str(kind.label), *found[kind.value]) for kind in SupportActivity.Kind if kind in found
    )


def _networks(key: str, user: User, day: dt.date, today: dt.date, held: Places) -> tuple[Any, ...]:
    """The region's networks with ``active`` (how many units take part, in the borders that hold) and ``last_met``."""
    rows = Network.objects.visible_to(user, today=today).on(day).filter(offices__key=key)
    found = list(rows.annotate(last_met=Max("meetings__on", filter=Q(meetings__on__lte=day))).order_by("name", "pk"))
    parts = parts_on(day)
    for row in found:
        row.active = counted(parts.get(row.pk, []), day, held)[Participation.Status.ACTIVE]
    return tuple(found)


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
