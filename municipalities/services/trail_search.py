"""Finds rows of the trail for who may read it. The queries are few and the same, however many rows there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from municipalities.models import Event, MunicipalityVersion
from municipalities.services.names import office_names, unit_names
from municipalities.trail_words import about_words, acting_words, event_words, note_words, state_words


@dataclass(frozen=True)
class TrailQuery:
    """What is looked for; what is empty is not asked for. ``who`` is a name, a user name or a role; ``unit`` a number
    that a unit has or had; the days are both included."""

    who: str = ""
    unit: str = ""
    name: str = ""
    kind: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class TrailRow:
    """An Event in words; ``told`` is its note as a page shows it, ``session`` the first signs of the session's hash,
    enough to tell one from another."""

    pk: int
    at: dt.datetime
    who: str
    acting: str
    behalf: str
    reading: bool
    what: str
    about: str
    object_id: int
    unit: str
    states: str
    note: str
    told: str
    session: str
    request_id: str


def trail_search(query: TrailQuery) -> QuerySet[Event]:
    """The Events that match, the newest first; ``trail_rows`` puts them into words."""
    wanted = Q()
    if query.kind:
        wanted &= Q(kind=query.kind)
    if query.name:
        wanted &= Q(name=query.name)
    if query.first:
        wanted &= Q(happened_at__gte=_midnight(query.first))
    if query.last and query.last < dt.date.max:
        wanted &= Q(happened_at__lt=_midnight(query.last + dt.timedelta(days=1)))
    if query.unit:
        units = MunicipalityVersion.objects.filter(number=query.unit).values("municipality_id")
        wanted &= Q(municipality__in=units) | Q(on_behalf_of__in=units)
    for word in query.who.split():
        wanted &= (
            Q(actor__first_name__icontains=word)
            | Q(actor__last_name__icontains=word)
            | Q(actor__username__icontains=word)
            | Q(actor_name__icontains=word)
        )
    return Event.everything.filter(wanted).select_related("actor").order_by("-pk")


def trail_rows(events: Iterable[Event], day: dt.date) -> list[TrailRow]:
    """The Events in words, with what units and offices are called on ``day``. Two queries besides the Events'."""
    events = list(events)
    ids = {pk for event in events for pk in (event.municipality_id, event.on_behalf_of_id) if pk}
    units: dict[Any, str] = {pk: f"{row.number} {row.display_name}" for pk, row in unit_names(ids, day).items()}
    offices: dict[Any, str] = {pk: row.short_name for pk, row in office_names(day).items()}
    return [_row(event, units, offices) for event in events]


def _row(event: Event, units: dict[Any, str], offices: dict[Any, str]) -> TrailRow:
    unit = units.get(event.municipality_id) or (str(event.municipality_id) if event.municipality_id else "")
    behalf = units.get(event.on_behalf_of_id) or (str(event.on_behalf_of_id) if event.on_behalf_of_id else "")
    return TrailRow(
        pk=event.pk,
        at=event.happened_at,
        who=event.who,
        acting=acting_words(event.actor_name),
        behalf=behalf,
        reading=event.kind == Event.Kind.READING,
        what=event_words(event.name),
        about=about_words(event.object_type),
        object_id=event.object_id,
        unit=unit or offices.get(event.office_id, ""),
        states=" → ".join(
            state_words(event.object_type, state) for state in (event.from_state, event.to_state) if state
        ),
        note=event.note,
        told=note_words(event.object_type, event.note),
        session=event.session_hash[:10],
        request_id=event.request_id,
    )


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
