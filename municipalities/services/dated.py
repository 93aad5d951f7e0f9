"""How an entry takes its place in time among the rows that are there: the one before it ends the day before, and it
ends itself the day before the next. Used by those who write a register directly."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Min, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from municipalities.models import Municipality, MunicipalityVersion
from municipalities.querysets import valid_on
from municipalities.services.notes import DIRECT, all_said, change
from municipalities.transitions import log

PUT_FORWARD = dt.date(2018, 5, 4)
"""The day the reform was put forward (Meld. St. 15 (2017-2018)): nothing about it was decided before."""

ENTERED, ENDED, CORRECTED, REMOVED = "register_entered", "register_ended", "register_corrected", "register_removed"
"""The names of the events."""

ONE_DAY = dt.timedelta(days=1)


class EntryRefused(Exception):
    """An entry that cannot be made. ``faults`` is one sentence for each field that is wrong, by the field's name."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


def new_origin() -> str:
    """The origin of a row that is entered directly; never the same twice."""
    return f"{DIRECT}{secrets.token_hex(8)}"


def refuse(faults: Mapping[str, str]) -> None:
    """Raise EntryRefused where there is a fault."""
    if faults:
        raise EntryRefused(faults)


def in_words(day: dt.date) -> str:
    """``17. juni 2021`` in the language in use."""
    return date_format(day, "j. F Y").replace(". ", ".\u00a0", 1)


def day_fault(day: dt.date | None, today: dt.date, earliest: dt.date = PUT_FORWARD) -> str:
    """What is wrong with a day on which something has happened; empty when nothing is."""
    if day is not None and day > today:
        return _("%(day)s has not been yet. Write the day on which it happened.") % {"day": in_words(day)}
    if day is not None and day < earliest:
        text = _("%(day)s is before the reform was put forward on %(first)s. Check the date.")
        return text % {"day": in_words(day), "first": in_words(PUT_FORWARD)}
    return ""


def existence_fault(municipality: Municipality, day: dt.date) -> str:
    """What is wrong when the unit did not exist on the day: the row belongs to the unit of that day. At most 2 queries.

    Before the first day that the registers know, a unit counts as there when it was there on that first day.
    """
    if MunicipalityVersion.objects.filter(valid_on(day), municipality=municipality).exists():
        return ""
    first = MunicipalityVersion.objects.aggregate(
        known=Min("valid_from"), own=Min("valid_from", filter=Q(municipality=municipality))
    )
    if first["known"] is not None and day < first["known"] == first["own"]:
        return ""
    text = _("The municipality did not exist on %(day)s. Register this on the municipality that existed then.")
    return text % {"day": in_words(day)}


def direct_fault(row: Any) -> str:
    """What is wrong with taking a row out that an approved report wrote: it is put right, and not taken away."""
    return "" if row.origin.startswith(DIRECT) else _("This came with an approved report. Correct it instead.")


def link_fault(link: str) -> str:
    """What is wrong with an address; only one that a browser may follow is taken."""
    if not link or link.lower().startswith(("https://", "http://")):
        return ""
    return _("Write the whole address, beginning with https://.")


def clash_fault(rows: Iterable[Any], day: dt.date, but: Any = None) -> str:
    """What is wrong when a row of the same register begins on the very day: two would hold at the same time."""
    if any(row.valid_from == day and row != but for row in rows):
        text = _("Something is registered from %(day)s already. Correct that entry, or choose another day.")
        return text % {"day": in_words(day)}
    return ""


def insert(row: Any, rows: Sequence[Any], *, actor: Any, now: dt.datetime, close_gap: bool = False) -> Any:
    """Save a new ``row`` in its place among ``rows`` (the others of the same register, without it).

    What held until then ends the day before, with an Event; the row itself ends the day before the next. With
    ``close_gap`` the one before goes on until the new row begins also where it had ended earlier. Call it in a
    transaction, after the lock, when ``clash_fault`` has found nothing.
    """
    before = max((other for other in rows if other.valid_from < row.valid_from), key=_begin, default=None)
    later = [other.valid_from for other in rows if other.valid_from > row.valid_from]
    row.valid_to = min(later) - ONE_DAY if later else None
    if before is not None and (close_gap or before.valid_to is None or before.valid_to >= row.valid_from):
        end(before, row.valid_from - ONE_DAY, actor=actor, now=now)
    row.save()
    log(row, ENTERED, actor=actor, now=now, to_state=getattr(row, "status", ""), note=f"valid_from: {row.valid_from}")
    return row


def end(row: Any, last: dt.date | None, *, actor: Any, now: dt.datetime, note: str = "") -> None:
    """Let ``row`` end on ``last`` (its last day; None lets it go on), with an Event."""
    if row.valid_to == last:
        return
    text = change("valid_to", row.valid_to, last)
    row.valid_to = last
    row.save(update_fields=["valid_to"])
    log(row, ENDED, actor=actor, now=now, note=f"{note}\n{text}".strip())


def move(row: Any, rows: Sequence[Any], day: dt.date, *, actor: Any, now: dt.datetime) -> None:
    """Let ``row`` begin on ``day`` instead. The one before it follows, where the two stood side by side.

    Raises EntryRefused (``valid_from``) when it would pass the one before it, or begin after its own end.
    """
    if day == row.valid_from:
        return
    before = max((other for other in rows if other.valid_from < row.valid_from), key=_begin, default=None)
    if before is not None and day <= before.valid_from:
        text = _("The entry before this one begins on %(day)s. Choose a later day.")
        raise EntryRefused({"valid_from": text % {"day": in_words(before.valid_from)}})
    if row.valid_to is not None and day > row.valid_to:
        text = _("This entry ends on %(day)s. Choose that day or an earlier one.")
        raise EntryRefused({"valid_from": text % {"day": in_words(row.valid_to)}})
    side_by_side = before is not None and before.valid_to == row.valid_from - ONE_DAY
    if before is not None and (side_by_side or (before.valid_to and before.valid_to >= day)):
        end(before, day - ONE_DAY, actor=actor, now=now)
    row.valid_from = day


def remove(row: Any, rows: Sequence[Any], *, actor: Any, now: dt.datetime, reason: str) -> None:
    """Take a row out that never should have been there; the one before it goes on as if it had not been.

    The Event keeps what it said. Call it in a transaction, after the lock.
    """
    before = max((other for other in rows if other.valid_from < row.valid_from), key=_begin, default=None)
    state = getattr(row, "status", "")
    log(row, REMOVED, actor=actor, now=now, from_state=state, note=f"{reason}\n{all_said(row)}")
    begins, ends = row.valid_from, row.valid_to
    row.delete()
    if before is not None and before.valid_to == begins - ONE_DAY:
        end(before, ends, actor=actor, now=now)


def changed(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Set the values on ``row``, and say what became different, a line for each: ``case_number: PS 1/21 → PS 2/21``."""
    lines = []
    for name, value in values.items():
        if getattr(row, name) != value:
            lines.append(change(name, getattr(row, name), value))
            setattr(row, name, value)
    return lines


def corrected(row: Any, lines: Sequence[str], *, actor: Any, now: dt.datetime, reason: str) -> None:
    """Save a corrected row with its Event. It speaks for the one who corrected it from now on: a row that came from
    an approved report is direct afterwards, and the Event keeps the report (``from_state``)."""
    before = row.origin
    if not before.startswith(DIRECT):
        row.origin = new_origin()
    row.registered_at, row.registered_by_name = now, str(actor or "")
    row.save()
    state = "" if before.startswith(DIRECT) else before[:20]
    log(row, CORRECTED, actor=actor, now=now, from_state=state, note="\n".join([reason, *lines]).strip())


def _begin(row: Any) -> dt.date:
    day: dt.date = row.valid_from
    return day
