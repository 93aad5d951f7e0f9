"""The rules of networks, participations and meetings, one for pages, API and workbook. No database.

A rule answers with sentences by field. What a period means:

* A row holds from ``valid_from`` to ``valid_to``, both days included; it may lie in the past and may be open.
* The periods of one unit in one network never overlap. After a break a new one may begin.
* A planned participation that becomes active does so without a gap: the active one begins the day after. Where an
  open planned one is registered and an active one begins later, the planned one ends the day before by itself.
* "Ended" follows from the dates and is not stored: a participation has ended when its last day is over.
* A participation lies within the life of its network and of its unit. A unit that was there when the registers begin
  (1 January 2019) may have taken part before. A municipality that was merged or split is registered under the name it
  had on those days.

Sources: core indicator "participation in regional learning networks" (Tillegg nr. 40, 2019); criteria for grants
2021, which ask who takes part or plans to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from networks.days import period, plausible, said

if TYPE_CHECKING:
    from networks.models import Network

NAME_LENGTH, NOTE_LENGTH, PART_NOTE_LENGTH = 200, 2000, 300
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
PLANNED, ACTIVE, ENDED = "planned", "active", "ended"
Faults = dict[str, str]


@dataclass(frozen=True)
class NetworkValues:
    """What is registered about a network: ``offices`` by id, ``organisers`` keys of ``Provider``, ``themes`` codes
    of solutions, both in their order."""

    name: str
    kind: str
    offices: frozenset[int]
    valid_from: dt.date
    valid_to: dt.date | None = None
    host: str = ""
    organisers: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    note: str = ""


class Part(NamedTuple):
    """A participation, registered (``pk``) or on its way (None)."""

    unit: int
    status: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    note: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Life:
    """A unit's name and the days on which it existed; None where it was there before, or still is."""

    name: str
    first: dt.date | None
    last: dt.date | None


def life_of(versions: Sequence[tuple[str, dt.date, dt.date | None]], begins: dt.date, today: dt.date) -> Life:
    """A unit's life from its versions (name, first and last day) in their order, under its newest name of ``today``.
    A last day that is still to come is not its end yet: what is open ends when it does."""
    known = [version for version in versions if version[1] <= today] or versions[:1]
    first, last = versions[0][1], versions[-1][2]
    return Life(known[-1][0], None if first <= begins else first, last if last is not None and last < today else None)


def overlap(one: NetworkValues | Part, other: NetworkValues | Part) -> bool:
    """Whether two periods have a day in common."""
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def dates_faults(start: dt.date, end: dt.date | None) -> Faults:
    """The two days in themselves: plausible, and in order."""
    faults: Faults = {}
    for name, day in (("valid_from", start), ("valid_to", end)):
        if day is not None and not plausible(day):
            faults[name] = _("Write a day in the years 2000 to 2100.")
    if not faults and end is not None and end < start:
        faults["valid_to"] = _("The last day comes before the first, %(day)s.") % {"day": said(start)}
    return faults


def clean_line(text: str) -> str:
    """A text of one line without blanks around it, hard blanks and invisible letters."""
    return " ".join(_visible(text).split())


def clean_text(text: str) -> str:
    """A text of several lines, each without blanks at its end."""
    return "\n".join(line.rstrip() for line in _visible(text).splitlines()).strip()


def _visible(text: str) -> str:
    return text if text.isprintable() else text.replace("\u00a0", " ").translate(_INVISIBLE)


def text_fault(text: str, longest: int) -> str:
    """Why a text cannot be kept: too long, or with characters that cannot be seen; empty when it can."""
    if len(text) > longest:
        return _("The text is too long: at most %(count)s characters.") % {"count": longest}
    if any(not letter.isprintable() and letter not in "\n\r\t" for letter in text):
        return _("The text holds characters that cannot be shown. Write it anew.")
    return ""


def network_faults(
    values: NetworkValues,
    twins: Iterable[NetworkValues],
    *,
    kinds: Collection[str],
    organisers: Collection[str],
    themes: Collection[str],
) -> Faults:
    """What is wrong with a network. ``twins`` are the other networks it could be mistaken for; ``kinds``,
    ``organisers`` and ``themes`` are the values that are allowed."""
    faults = dates_faults(values.valid_from, values.valid_to)
    for field, longest in (("name", NAME_LENGTH), ("host", NAME_LENGTH), ("note", NOTE_LENGTH)):
        if fault := text_fault(getattr(values, field), longest):
            faults[field] = fault
    if not values.name:
        faults["name"] = _("Write what the network is called.")
    if values.kind not in kinds:
        faults["kind"] = _("Choose what kind of network it is.")
    if not values.offices:
        faults["offices"] = _("Choose at least one region.")
    if not set(values.organisers) <= set(organisers):
        faults["organisers"] = _("The organisers are the statsforvalter, KS and USHT.")
    if strange := [code for code in values.themes if code not in themes]:
        faults["themes"] = _("%(code)s is none of the 25 solutions.") % {"code": strange[0]}
    for twin in twins:
        same = twin.name.casefold() == values.name.casefold() and twin.offices & values.offices
        if same and "name" not in faults and overlap(twin, values):
            faults["name"] = _("The region has a network called %(name)s already, %(period)s.") % {
                "name": twin.name,
                "period": period(twin.valid_from, twin.valid_to),
            }
    return faults


def outlasting(end: dt.date, parts: Iterable[Part]) -> list[Part]:
    """Participations that begin after a network's last day: they must be moved or removed before it ends."""
    return [part for part in parts if part.valid_from > end]


def part_faults(part: Part, *, network: NetworkValues, life: Life, others: Sequence[Part]) -> Faults:
    """What is wrong with a participation; ``others`` are the unit's other periods in the same network."""
    faults = dates_faults(part.valid_from, part.valid_to)
    if fault := text_fault(part.note, PART_NOTE_LENGTH):
        faults["note"] = fault
    if part.status not in (PLANNED, ACTIVE):
        faults["status"] = _("Choose planned or active. A participation ends by its last day.")
    if {"valid_from", "valid_to"} & set(faults):
        return faults
    for check in (_within_network(part, network), _within_life(part, life), _beside(part, life, others)):
        for field, sentence in check.items():
            faults.setdefault(field, sentence)
    return faults


def _within_network(part: Part, network: NetworkValues) -> Faults:
    if part.valid_from < network.valid_from:
        return {
            "valid_from": _("%(network)s began on %(day)s; nobody took part before that.")
            % {"network": network.name, "day": said(network.valid_from)}
        }
    if network.valid_to is not None and (part.valid_to is None or part.valid_to > network.valid_to):
        return {
            "valid_to": _("%(network)s has its last day on %(day)s; no participation goes on after that.")
            % {"network": network.name, "day": said(network.valid_to)}
        }
    return {}


def _within_life(part: Part, life: Life) -> Faults:
    if life.first is not None and part.valid_from < life.first:
        return {
            "valid_from": _("%(unit)s came into being on %(day)s. Register what was before on the units of that time.")
            % {"unit": life.name, "day": said(life.first)}
        }
    if life.last is not None and (part.valid_to is None or part.valid_to > life.last):
        return {
            "valid_to": _("%(unit)s existed until %(day)s. Register what came after on the unit that followed.")
            % {"unit": life.name, "day": said(life.last)}
        }
    return {}


def _beside(part: Part, life: Life, others: Sequence[Part]) -> Faults:
    for other in sorted(others, key=lambda row: row.valid_from):
        if overlap(part, other):
            sentence = _("%(unit)s takes part in this network already %(period)s; the periods must not overlap.")
            return {"valid_from": sentence % {"unit": life.name, "period": period(other.valid_from, other.valid_to)}}
    before = max((row for row in others if row.valid_from < part.valid_from), key=lambda r: r.valid_from, default=None)
    after = min((row for row in others if row.valid_from > part.valid_from), key=lambda r: r.valid_from, default=None)
    if part.status == ACTIVE and before is not None and gap(before, part):
        return {"valid_from": _gap_sentence(life, before, part)}
    if after is not None and gap(part, after):
        return {"valid_to": _gap_sentence(life, part, after)}
    return {}


def gap(first: Part, second: Part) -> bool:
    """Whether a planned participation and the active one after it leave days between them."""
    if first.status != PLANNED or second.status != ACTIVE or first.valid_to is None:
        return False
    return first.valid_to + dt.timedelta(days=1) != second.valid_from


def _gap_sentence(life: Life, planned: Part, active: Part) -> str:
    last = planned.valid_to or active.valid_from
    return _(
        "The planned participation of %(unit)s ends on %(last)s and the active one begins on %(first)s; there must be "
        "no days between them."
    ) % {"unit": life.name, "last": said(last), "first": said(active.valid_from)}


def planned_closed(others: Iterable[Part], new: Part) -> Part | None:
    """The open planned participation that ends because ``new``, an active one, begins; with its new last day."""
    if new.status != ACTIVE:
        return None
    for other in others:
        if other.status == PLANNED and other.valid_to is None and other.valid_from < new.valid_from:
            return other._replace(valid_to=new.valid_from - dt.timedelta(days=1))
    return None


def status_on(part: Part, day: dt.date) -> str:
    """``planned``, ``active`` or ``ended`` on a day; what has not begun is planned."""
    if part.valid_to is not None and part.valid_to < day:
        return ENDED
    if part.status == ENDED:
        return ENDED
    return PLANNED if part.valid_from > day else part.status


def meeting_faults(
    *, on: dt.date, title: str, note: str, network: NetworkValues | Network, taken: bool, today: dt.date, somebody: bool
) -> Faults:
    """What is wrong with a meeting, by field, its attendance left out. ``network`` has name and dates; ``taken``
    says that the network has another meeting of that day and title; ``somebody`` that units are said to have been
    there."""
    faults: Faults = {}
    for field, text, longest in (("title", title, NAME_LENGTH), ("note", note, NOTE_LENGTH)):
        if fault := text_fault(text, longest):
            faults[field] = fault
    if not plausible(on):
        faults["on"] = _("Write a day in the years 2000 to 2100.")
    elif on < network.valid_from:
        faults["on"] = _("%(network)s began on %(day)s; it had no meetings before that.") % {
            "network": network.name,
            "day": said(network.valid_from),
        }
    elif network.valid_to is not None and on > network.valid_to:
        faults["on"] = _("%(network)s has its last day on %(day)s; it has no meetings after that.") % {
            "network": network.name,
            "day": said(network.valid_to),
        }
    elif taken:
        faults["title"] = _("The network has a meeting on %(day)s with this title already.") % {"day": said(on)}
    elif somebody and on > today:
        faults["attendance"] = _("The meeting has not been held yet. Register who was there when it has.")
    return faults
