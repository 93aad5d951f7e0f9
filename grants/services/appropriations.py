"""What the budgets gave to whom: the table over the years, and the writing of it. Amounts are in 1 000 kr.

What ships with the portal: Tillegg 40, «RNB 2018» (12.5 mill. kr in all) and the national plan 2021, chapter 3.1
(48 mill. kr in all).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from grants.amounts import MILLIONS, MOST, AmountRefused, in_millions, read_amount
from grants.models import Appropriation
from grants.services.funds import FIRST_YEAR, LAST_YEAR
from municipalities.access import can
from municipalities.services.dated import EntryRefused, refuse
from municipalities.transitions import log

ENTERED, CHANGED, REMOVED = "appropriation_entered", "appropriation_changed", "appropriation_removed"
KEY_LENGTH, NAME_LENGTH, LONG = 40, 200, 300
TEXTS = ("receiver_nb", "receiver_nn", "purpose_nb", "purpose_nn", "source")


@dataclass(frozen=True)
class Budget:
    """A budget: its year and occasion, the sum, and the sum less that of the budget before it (None for the first)."""

    year: int
    occasion: str
    total: int
    change: int | None

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from the others."""
        return self.year, self.occasion


@dataclass(frozen=True)
class Cell:
    """What one budget gave a receiver; ``change`` from the budget before it. An amount of None: nothing was given."""

    amount: int | None
    change: int | None


@dataclass(frozen=True)
class Receiver:
    """A receiver with a cell for each budget, named as in the last one that gave it something."""

    key: str
    name_nb: str
    name_nn: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Overview:
    """All appropriations: the budgets, the oldest first; the receivers in the order of the last budget; the sum of each
    year; and the rows."""

    budgets: tuple[Budget, ...]
    receivers: tuple[Receiver, ...]
    years: tuple[tuple[int, int], ...]
    rows: tuple[Appropriation, ...]


@dataclass(frozen=True)
class AppropriationValues:
    """An appropriation as somebody writes it; the amount in 1 000 kr. Without a ``receiver`` it is a new one."""

    year: int
    occasion: str
    receiver: str
    receiver_nb: str
    receiver_nn: str
    purpose_nb: str
    purpose_nn: str
    amount: int
    source: str


def appropriations() -> QuerySet[Appropriation]:
    """All rows, the oldest budget first."""
    rows: QuerySet[Appropriation] = Appropriation.objects.across_all(reason="appropriations are public")
    return rows.order_by("year", "occasion", "order", "pk")


def overview(rows: Iterable[Appropriation]) -> Overview:
    """The table of ``rows``. No query."""
    rows = tuple(rows)
    keys = sorted({(row.year, row.occasion) for row in rows})
    sums = [sum(row.amount for row in rows if (row.year, row.occasion) == key) for key in keys]
    budgets = tuple(
        Budget(*key, total, total - sums[place - 1] if place else None)
        for place, (key, total) in enumerate(zip(keys, sums, strict=True))
    )
    amounts = {(row.year, row.occasion, row.receiver): row.amount for row in rows}
    latest = {row.receiver: row for row in rows}
    order = sorted(latest.values(), key=lambda row: (-row.year, row.occasion, row.order, row.pk or 0))
    receivers = tuple(
        Receiver(
            row.receiver, row.receiver_nb, row.receiver_nn, _cells([amounts.get((*key, row.receiver)) for key in keys])
        )
        for row in order
    )
    years = sorted({budget.year for budget in budgets})
    per_year = tuple((year, sum(one.total for one in budgets if one.year == year)) for year in years)
    return Overview(budgets, receivers, per_year, rows)


def _cells(amounts: list[int | None]) -> tuple[Cell, ...]:
    changes = [None, *((now or 0) - (before or 0) for before, now in pairwise(amounts))]
    return tuple(
        Cell(amount, change if amount is not None or change else None)
        for amount, change in zip(amounts, changes, strict=True)
    )


def amount_typed(text: str, unit: str) -> int:
    """What was typed, in 1 000 kr. Raises EntryRefused with one sentence at the field ``amount``."""
    try:
        return read_amount(text, unit)
    except AmountRefused as refused:
        raise EntryRefused({"amount": amount_fault(refused.code, unit)}) from None


def amount_fault(code: str, unit: str) -> str:
    """Why an amount cannot be taken, as a sentence."""
    if code == "too_large":
        if unit == MILLIONS:
            return _("That is more than a milliard kroner. Was the amount meant in 1 000 kr?")
        return _("That is more than a milliard kroner. The amount is written in 1 000 kr: 10 mill. kr is 10 000.")
    return {
        "no_number": _("Write the amount as a number, for example 12,5."),
        "negative": _("An amount is never less than 0."),
        "too_precise": _("Amounts are kept in whole 1 000 kr. Write no more than that."),
    }[code]


def appropriation_faults(values: AppropriationValues) -> dict[str, str]:
    """What is wrong with an appropriation in itself, one sentence for each field."""
    faults: dict[str, str] = {}
    if not FIRST_YEAR <= values.year <= LAST_YEAR:
        faults["year"] = _("Choose a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
    if values.occasion not in Appropriation.Occasion.values:
        faults["occasion"] = _("Choose one of the budgets.")
    for name in ("receiver_nb", "receiver_nn"):
        if not getattr(values, name):
            faults[name] = _("Write the receiver's name.")
    if not 0 <= values.amount <= MOST:
        faults["amount"] = amount_fault("negative" if values.amount < 0 else "too_large", "")
    limits = {"receiver_nb": NAME_LENGTH, "receiver_nn": NAME_LENGTH} | dict.fromkeys(
        ("purpose_nb", "purpose_nn", "source"), LONG
    )
    for name, most in limits.items():
        if len(getattr(values, name)) > most:
            faults[name] = _("Write at most %(most)s characters.") % {"most": most}
    return faults


def appropriation_mark(row: Appropriation) -> str:
    """What tells whether a row is still the one that somebody has seen."""
    return hashlib.sha256(_told(row).encode()).hexdigest()[:32]


def appropriation_write(
    values: AppropriationValues, *, row: Appropriation | None = None, seen: str = "", actor: Any, now: dt.datetime
) -> Appropriation:
    """Enter an appropriation, or change ``row`` to it, with an Event that says what stood before. ``seen`` is the
    ``appropriation_mark`` of the row as the writer has seen it.

    A known receiver without names gets those it had last. Raises PermissionDenied, and EntryRefused.
    """
    _require(actor, now)
    values = _named(_tidy(values))
    refuse(appropriation_faults(values))
    with transaction.atomic():
        same = appropriations().filter(year=values.year, occasion=values.occasion)
        if row is not None:
            row = appropriations().select_for_update().filter(pk=row.pk).first()
            if row is None:
                raise EntryRefused({"": _("Somebody else has taken this appropriation away.")})
            if appropriation_mark(row) != seen:
                text = _("Somebody else has changed this appropriation meanwhile. Open it anew, and look at it.")
                raise EntryRefused({"": text})
            same = same.exclude(pk=row.pk)
        if same.filter(receiver=values.receiver).exists():
            raise EntryRefused({"receiver": _twice()})
        before = _told(row) if row is not None else ""
        kept = row or Appropriation(order=1 + (same.aggregate(last=Max("order"))["last"] or 0))
        for field in fields(values):
            setattr(kept, field.name, getattr(values, field.name))
        after = _told(kept)
        if before == after:
            return kept
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            raise EntryRefused({"receiver": _twice()}) from None
        note = f"{before} -> {after}" if before else after
        log(kept, CHANGED if before else ENTERED, actor=actor, now=now, note=note)
    return kept


def appropriation_remove(row: Appropriation, *, actor: Any, now: dt.datetime) -> None:
    """Take away an appropriation entered by mistake; what it said stays in the log. Raises PermissionDenied."""
    _require(actor, now)
    with transaction.atomic():
        held = appropriations().select_for_update().filter(pk=row.pk).first()
        if held is not None:
            log(held, REMOVED, actor=actor, now=now, note=_told(held))
            held.delete()


def _require(actor: Any, now: dt.datetime) -> None:
    decision = can(actor, "grants.edit", today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def _tidy(values: AppropriationValues) -> AppropriationValues:
    """Every text on one line, without blanks at its ends."""
    return replace(values, **{name: " ".join(getattr(values, name).split()) for name in TEXTS})


def _named(values: AppropriationValues) -> AppropriationValues:
    """A known receiver with the names it had last, where none are written; a new one with a key of its own. Raises
    EntryRefused for a new one that is known already."""
    if values.receiver:
        known = appropriations().filter(receiver=values.receiver).last()
        if known is None:
            raise EntryRefused({"receiver": _("Choose a receiver from the list, or write a new one.")})
        name_nb, name_nn = values.receiver_nb or known.receiver_nb, values.receiver_nn or known.receiver_nn
        return replace(values, receiver_nb=name_nb, receiver_nn=name_nn)
    plain = values.receiver_nb.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    key = slugify(plain)[:KEY_LENGTH].strip("-")
    if values.receiver_nb and not key:
        raise EntryRefused({"receiver_nb": _("Write a name with letters.")})
    held = appropriations().filter(receiver_nb__iexact=values.receiver_nb) | appropriations().filter(receiver=key)
    if key and held.exists():
        raise EntryRefused({"receiver": _("There is a receiver of that name already. Choose it from the list.")})
    return replace(values, receiver=key)


def _twice() -> str:
    return _("This budget has an amount for the receiver already. Change that one.")


def _told(row: Appropriation) -> str:
    """A row for the log."""
    texts = (row.receiver_nb, row.receiver_nn, row.purpose_nb, row.purpose_nn, row.source)
    return f"{row.year} {row.occasion} {row.receiver}: {row.amount} ({'; '.join(texts)})"


def change_in_millions(change: int | None) -> str:
    """A change as mill. kr with its sign; empty where there is nothing to compare with."""
    if change is None:
        return ""
    return ("+" if change > 0 else "") + in_millions(change) if change else "±0"
