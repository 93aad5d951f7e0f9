"""All that the page of one network shows: its members on a day, its meetings, and its history in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.border_words import THEN
from municipalities.models import Event
from municipalities.trail_words import event_words
from networks.days import said
from networks.models import Network, NetworkMeeting, Participation, Provider
from networks.rules import Part, status_on
from networks.services.history import DIRECT, noted
from networks.services.support_units import UnitBook, UnitOnDay
from networks.unit_borders import Pair, Standing, Standings

HISTORY = 40


@dataclass(frozen=True)
class Member:
    """A participation with its unit as it was called on ``day``: the day shown, or the nearest on which it took part.
    ``standing`` is the unit in the borders that hold; ``today`` are the units of today that it became, where it is no
    longer itself; ``status`` on the day shown; ``direct`` that it was written in the register and not by a report."""

    row: Participation
    day: dt.date
    unit: UnitOnDay
    standing: Standing
    today: tuple[UnitOnDay, ...]
    status: str
    direct: bool
    may_edit: bool

    def other_borders(self, now: bool) -> str:
        """The unit in the borders that do not hold, for a file: what it was then (``now``), or what it became."""
        if now:
            return "; ".join([self.unit.numbered, *([self.standing.went] if self.standing.leads_to else [])])
        return ", ".join(unit.full_name for unit in self.today or (self.unit,))

    @property
    def today_names(self) -> list[str]:
        """The names of the units of today that it became."""
        return [unit.full_name for unit in self.today]


@dataclass(frozen=True)
class MeetingRow:
    """A meeting and who was there, in the borders that hold: those of its day, or today's. ``pairs`` are the units
    that were there with the day."""

    row: NetworkMeeting
    units: tuple[Standing, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Step:
    """A line of the history: when, who, what was done, and what it changed in words."""

    event: Event
    what: str
    details: tuple[str, ...]


def members(
    network: Network,
    day: dt.date,
    book: UnitBook,
    *,
    today: dt.date,
    editable: set[int],
    every: bool = False,
    borders: str = THEN,
) -> list[Member]:
    """Who takes part on the day (``every``: through all time), in Norwegian order. One query.

    ``editable`` are the ids of the participations that the reader may change. In today's borders (``borders`` is
    ``na``) the parts of a merger stand together, each with its own dates: these cannot be joined.
    """
    rows = Participation.objects.across_all(reason="who takes part in a network is no secret").filter(network=network)
    rows = rows if every else rows.on(day)
    standings = Standings(book, borders, today)
    found = []
    for row in rows.order_by("municipality_id", "valid_from"):
        shown = min(max(day, row.valid_from), row.valid_to or dt.date.max)
        unit = book.near(row.municipality_id, shown)
        if unit is not None:
            status = status_on(Part(row.municipality_id, row.status, row.valid_from, row.valid_to), day)
            direct, mine = row.origin.startswith(DIRECT), row.pk in editable
            standing, now = standings.one(row.municipality_id, shown), became(row.municipality_id, book, today)
            found.append(Member(row, shown, unit, standing, now, status, direct, mine))
    return sorted(found, key=_order)


def _order(member: Member) -> tuple[Any, ...]:
    here = member.standing.unit
    return here.is_district, here.sort_key, here.number, member.unit.sort_key, member.row.valid_from


def units_of(found: Iterable[Member]) -> int:
    """How many different units the participations are of, in the borders in which they stand."""
    return len({(member.standing.unit.unit_id, bool(member.standing.leads_to)) for member in found})


def became(unit_id: int, book: UnitBook, today: dt.date) -> tuple[UnitOnDay, ...]:
    """The units of today that a unit became; nothing while it is itself."""
    if book.on(unit_id, today) is not None:
        return ()
    return tuple(book.became(unit_id, today))


def meetings(network: Network, book: UnitBook, *, today: dt.date, borders: str = THEN) -> list[MeetingRow]:
    """The network's meetings, the newest first, with those who were there. Two queries."""
    standings = Standings(book, borders, today)
    found = []
    for row in network.meetings.prefetch_related("attendance"):
        pairs = tuple((unit.pk, row.on) for unit in row.attendance.all())
        found.append(MeetingRow(row, standings.of(pairs), pairs))
    return found


def history(network: Network, book: UnitBook, offices: Mapping[int, str]) -> list[Step]:
    """What was done with the network and its participations, the newest first. Two queries."""
    own = Participation.objects.across_all(reason="history of a network").filter(network=network).values("pk")
    every = Event.objects.across_all(reason="history of a network, which its readers may see")
    events = every.filter(object_type="networks.network", object_id=network.pk)
    events = events | every.filter(object_type="networks.participation", object_id__in=own)
    for told in (f"[null, {network.pk}]", f"[{network.pk}, null]"):  # also of those that were taken out
        events = events | every.filter(object_type="networks.participation", note__contains=f'"network": {told}')
    words = Words(book, offices)
    return [words.step(event) for event in events.select_related("actor").order_by("-happened_at", "-pk")[:HISTORY]]


class Words:
    """The history's words in the language in use."""

    def __init__(self, book: UnitBook, offices: Mapping[int, str]) -> None:
        self._book, self._offices = book, offices
        self._fields = {
            "name": _("Name"), "kind": _("Kind"), "host": _("Host"), "note": _("Note"), "valid_from": _("First day"),
            "valid_to": _("Last day"), "organisers": _("Organisers"), "themes": _("Solutions"),
            "offices": _("Regions"), "status": _("Status"), "on": _("Date"), "title": _("Title"),
            "attendance": _("Were there"),
        }  # fmt: skip
        self._choices = {
            "kind": dict(Network.Kind.choices),
            "status": dict(Participation.Status.choices),
            "organisers": dict(Provider.choices),
        }

    def step(self, event: Event) -> Step:
        """An Event in words."""
        what = event_words(event.name)
        unit = self._book.near(event.municipality_id, event.happened_at.date()) if event.municipality_id else None
        changes = noted(event)
        details = [self._line(field, *changes[field]) for field in self._fields if self._told(field, changes)]
        return Step(event, f"{what}: {unit.full_name}" if unit else what, tuple(details))

    def _told(self, field: str, changes: Mapping[str, list[Any]]) -> bool:
        return field in changes and any(value not in (None, "", []) for value in changes[field])

    def _line(self, field: str, old: Any, new: Any) -> str:
        was, becomes = self._value(field, old), self._value(field, new)
        if old == new or old in (None, "", []):
            return f"{self._fields[field]}: {becomes}"
        if new in (None, "", []):
            return _("%(field)s: %(old)s (taken out)") % {"field": self._fields[field], "old": was}
        return _("%(field)s: from %(old)s to %(new)s") % {"field": self._fields[field], "old": was, "new": becomes}

    def _value(self, field: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if field in ("valid_from", "valid_to", "on"):
            return said(dt.date.fromisoformat(value))
        if field == "attendance":
            return str(len(value))
        if field == "offices":
            return ", ".join(self._offices.get(pk, str(pk)) for pk in value)
        labels = self._choices.get(field, {})
        if isinstance(value, list):
            return ", ".join(str(labels.get(one, one)) for one in value)
        return str(capfirst(labels.get(value, value)))
