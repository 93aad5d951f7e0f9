"""What of support a reader sees: who received it, in the borders of its own day or of today, and how many others."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from municipalities.access import Scope, units_in
from municipalities.border_words import THEN, TODAY
from municipalities.models import Municipality
from municipalities.templatetags.portal import joined, number
from networks.models import SupportActivity
from networks.services.support_units import UnitBook, UnitOnDay
from networks.unit_borders import Pair, Standing, Standings

FEW = 3
"""As many names as a cell has room for."""
_THROUGH = SupportActivity.municipalities.through


@dataclass(frozen=True)
class Shown:
    """A row as it is shown: ``units`` are those that the reader may know of, as they were called on the day, and
    ``standing`` the same in the borders that hold; ``others`` how many there are besides, always counted on the day;
    ``municipalities`` and ``districts`` how many received it in all."""

    activity: SupportActivity
    units: tuple[UnitOnDay, ...]
    standing: tuple[Standing, ...]
    others: int
    solutions: tuple[Any, ...]
    municipalities: int
    districts: int

    @property
    def count(self) -> int:
        """All that received it."""
        return self.municipalities + self.districts

    @property
    def received(self) -> str:
        """``52 kommuner og 15 bydeler``, without what there is none of."""
        return units_in_words(self.municipalities, self.districts)

    @property
    def few(self) -> bool:
        """Whether all are so few that their names have room in a cell."""
        return self.count <= FEW and not self.others

    @property
    def names(self) -> list[str]:
        """The names of those that are shown."""
        return [row.full_name for row in self.standing]

    @property
    def pairs(self) -> list[Pair]:
        """Those that are shown, with the day of the support."""
        return [(row.unit_id, self.activity.on) for row in self.units]


def units_in_words(municipalities: int, districts: int) -> str:
    """``52 kommuner og 15 bydeler``, ``3 kommuner`` or ``1 bydel``."""
    parts = []
    if municipalities or not districts:
        words = ngettext("%(count)s municipality", "%(count)s municipalities", municipalities)
        parts.append(words % {"count": number(municipalities)})
    if districts:
        parts.append(ngettext("%(count)s district", "%(count)s districts", districts) % {"count": number(districts)})
    return joined(parts)


def shown_rows(
    activities: list[SupportActivity],
    scope: Scope,
    book: UnitBook | None = None,
    *,
    only_few: bool = False,
    standings: Standings | None = None,
) -> list[Shown]:
    """What of each row the reader sees. Five queries at most.

    The region that gave it, and the readers of the whole country, see all that received it. A municipality sees
    itself and how many others there were: that another got a letter of expectation is not its business. With
    ``only_few`` the names are read only where they have room in a cell. ``standings`` has the borders that hold; each
    row has those of its own day without it.
    """
    counts = _counts(activities)
    whole = {row.pk for row in activities if sees_everywhere(scope) or row.office_id in scope.office_ids}
    regroup = standings is not None and standings.borders == TODAY
    named = [row for row in activities if regroup or not only_few or row.pk not in whole or sum(counts[row.pk]) <= FEW]
    units = _units_of(named, whole, scope)
    book = standings.book if standings else book or UnitBook.load({unit for found in units.values() for unit in found})
    standings = standings or Standings(book, THEN, scope.today)
    solutions: dict[int, list[Any]] = defaultdict(list)
    about = SupportActivity.solutions.through.objects.filter(supportactivity__in=activities)
    for link in about.select_related("solution").order_by("solution__order"):
        solutions[link.supportactivity_id].append(link.solution)
    shown = []
    for activity in activities:
        pairs = [(unit, activity.on) for unit in units.get(activity.pk, ())]
        count = counts[activity.pk]
        others = 0 if activity.pk in whole else sum(count) - len(pairs)
        if regroup:
            # Who may not know the others sees them as they were counted on the day: never who became whom.
            count = _regrouped(standings, pairs, count if others else None)
        if only_few and others == 0 and sum(count) > FEW:
            pairs = []
        rows = [row for pair in pairs if (row := book.near(*pair)) is not None]
        rows.sort(key=lambda row: (row.is_district, row.sort_key, row.number))
        shown.append(Shown(activity, tuple(rows), standings.of(pairs), others, tuple(solutions[activity.pk]), *count))
    return shown


def _regrouped(standings: Standings, pairs: list[Pair], everyone: tuple[int, int] | None) -> tuple[int, int]:
    """Municipalities and districts in today's borders; with ``everyone`` (the counts of the day) the others too."""
    now = standings.counts(pairs)
    if everyone is None:
        return now
    own = Standings(standings.book, THEN, standings.today).counts(pairs)
    return now[0] + everyone[0] - own[0], now[1] + everyone[1] - own[1]


def sees_everywhere(scope: Scope) -> bool:
    """Whether the reader sees the whole country."""
    return any(grant.office_id is None and grant.municipality_id is None for grant in scope.grants)


def _counts(activities: list[SupportActivity]) -> dict[int, tuple[int, int]]:
    """How many municipalities and districts received each activity. One query."""
    links = _THROUGH.objects.filter(supportactivity__in=activities)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    kinds = links.values_list("supportactivity_id", "municipality__kind").annotate(count=Count("pk")).order_by()
    for key, kind, count in kinds:
        found[key][kind] = count
    whole, part = Municipality.Kind.MUNICIPALITY, Municipality.Kind.DISTRICT
    return {row.pk: (found[row.pk].get(whole, 0), found[row.pk].get(part, 0)) for row in activities}


def _units_of(activities: list[SupportActivity], whole: set[int], scope: Scope) -> dict[int, list[int]]:
    """The ids of the units that the reader may know of, by activity. One query."""
    links = _THROUGH.objects.filter(supportactivity__in=activities)
    if any(row.pk not in whole for row in activities):
        links = links.filter(Q(supportactivity_id__in=whole) | Q(municipality__in=_own(scope)))
    found: dict[int, list[int]] = defaultdict(list)
    for key, unit in links.values_list("supportactivity_id", "municipality_id"):
        found[key].append(unit)
    return found


def _own(scope: Scope) -> Any:
    units = Municipality.objects.across_all(reason="one's own units, to show only them").filter(units_in(scope))
    return units.values("pk")


@dataclass(frozen=True)
class Reach:
    """How many different units received any of the rows (None: not told to a municipality), and whether any that the
    reader may know of is shown otherwise in today's borders; ``homes`` are the units of today that others became."""

    units: int | None
    differs: bool
    homes: Mapping[int, int]


def reach(rows: Any, scope: Scope, standings: Standings) -> Reach:
    """Whom the rows reached, in the borders that hold. Two queries at most."""
    links = _THROUGH.objects.filter(supportactivity__in=rows.order_by().values("pk"))
    known = links
    if not sees_everywhere(scope):
        known = links.filter(Q(supportactivity__office__in=scope.office_ids) | Q(municipality__in=_own(scope)))
    days = _days(known)
    differs = standings.places.differ((unit, day) for unit, ends in days.items() for day in ends)
    homes = {unit: standings.places.of(unit, last).unit_id for unit, (_first, last) in days.items()}
    if scope.municipality_ids:
        return Reach(None, differs, homes)
    if not sees_everywhere(scope):
        days = _days(links)
    return Reach(sum(standings.counts((unit, last) for unit, (_first, last) in days.items())), differs, homes)


def by_count(rows: Any, homes: Mapping[int, int], *, most_first: bool) -> Any:
    """The rows in the order of how many received them in today's borders; ``homes`` as ``Reach`` has them."""
    merged = [When(municipality_id=unit, then=Value(home)) for unit, home in homes.items() if unit != home]
    home = Case(*merged, default=F("municipality_id"), output_field=IntegerField())
    received = _THROUGH.objects.filter(supportactivity=OuterRef("pk")).order_by().values("supportactivity")
    count = Subquery(received.annotate(count=Count(home, distinct=True)).values("count"), output_field=IntegerField())
    return rows.annotate(now=Coalesce(count, 0)).order_by("-now" if most_first else "now", "-on", "-pk")


def _days(links: Any) -> dict[int, tuple[dt.date, dt.date]]:
    """The first and the last day on which each unit received anything. One query."""
    found = links.order_by().values_list("municipality_id")
    ends = found.annotate(first=Min("supportactivity__on"), last=Max("supportactivity__on"))
    return {unit: (first, last) for unit, first, last in ends}
