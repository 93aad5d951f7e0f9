"""Tables to share funds by, taken in from files of Statistics Norway: looked at first, then taken whole or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import KeyTable, KeyValue
from grants.read_jsonstat import FILE_SIZE, KeyFigures, TableRefused, read_population
from municipalities.access import can
from municipalities.models import Municipality
from municipalities.services import office_names, unit_with_number
from municipalities.services.dated import in_words
from municipalities.transitions import log
from municipalities.virus import virus_fault
from reporting.documents.formats import format_number

WHY = "the municipalities' numbers, which are public"
TAKEN_IN = "key_table_read"
NAMED = 3
"""How many municipalities a sentence names."""


class KeyTableRefused(Exception):
    """A file that is not taken in; the message is one sentence."""


@dataclass(frozen=True)
class Looked:
    """A file as it would be taken in: its figures, the municipality's id for each number, and the sums by office (its
    name on the day, municipalities, the figure)."""

    figures: KeyFigures
    units: Mapping[str, int]
    offices: tuple[tuple[str, int, int], ...]

    @property
    def total(self) -> int:
        """The sum of all municipalities."""
        return sum(self.figures.values.values())


def key_tables() -> QuerySet[KeyTable]:
    """The tables that were taken in, newest first, each with ``number`` of municipalities and ``total``. One query."""
    rows: QuerySet[KeyTable] = KeyTable.objects.across_all(reason="tables of figures are public")
    return rows.annotate(number=Count("values"), total=Sum("values__value")).order_by("-day", "-pk")


def key_table_look(data: bytes, *, today: dt.date) -> Looked:
    """What is in a file. Raises KeyTableRefused with the first thing that is wrong with it."""
    if len(data) <= FILE_SIZE and (fault := virus_fault(data)):
        raise KeyTableRefused(fault)
    try:
        figures = read_population(data)
    except TableRefused as refused:
        raise KeyTableRefused(_sentence(refused)) from None
    return key_table_check(figures, today=today)


def key_table_check(figures: KeyFigures, *, today: dt.date) -> Looked:
    """The figures against the registers of their day: exactly the municipalities of that day, none more, none less.

    Three queries when nothing is wrong. Raises KeyTableRefused.
    """
    if figures.day > today:
        raise KeyTableRefused(_("The figures are of %(day)s, which has not been yet.") % {"day": in_words(figures.day)})
    rows = list(Municipality.objects.across_all(reason=WHY).as_of(figures.day))
    if not rows:
        text = _("No municipality is registered on %(day)s, the day of the figures.")
        raise KeyTableRefused(text % {"day": in_words(figures.day)})
    units = {row.number: row.pk for row in rows}
    for number in sorted(figures.values):
        if number not in units:
            raise KeyTableRefused(_strange(number, figures.day))
    if missing := [row.name for row in rows if row.number not in figures.values]:
        raise KeyTableRefused(_missing(missing, figures.day))
    if KeyTable.objects.across_all(reason="the same file").filter(day=figures.day, sha256=figures.sha256).exists():
        raise KeyTableRefused(_("This file has been taken in already."))
    sums = [
        (name.short_name, [figures.values[row.number] for row in rows if row.office_id == pk])
        for pk, name in office_names(figures.day).items()
    ]
    offices = tuple((name, len(values), sum(values)) for name, values in sums)
    return Looked(figures, units, offices)


def key_table_take(figures: KeyFigures, *, actor: Any, now: dt.datetime) -> KeyTable:
    """Keep the table, with an Event. All is checked again: the registers may have changed since it was looked at.

    Raises PermissionDenied, and KeyTableRefused.
    """
    today = timezone.localdate(now)
    decision = can(actor, "grants.edit", today=today)
    if not decision:
        raise PermissionDenied(decision.reason)
    looked = key_table_check(figures, today=today)
    try:
        with transaction.atomic():
            table = KeyTable.objects.across_all(reason="a new row").create(
                key=KeyTable.Key.POPULATION_67, day=figures.day, title=figures.title, source=figures.source,
                sha256=figures.sha256, read_by=actor, read_by_name=str(actor)[:200], read_at=now,
            )  # fmt: skip
            KeyValue.objects.across_all(reason="its own rows").bulk_create(
                KeyValue(table=table, municipality_id=looked.units[number], value=value)
                for number, value in figures.values.items()
            )
            note = f"{figures.title} ({figures.day}): {len(figures.values)}, {looked.total}"
            log(table, TAKEN_IN, actor=actor, now=now, note=note, content_hash=figures.sha256)
    except IntegrityError:
        raise KeyTableRefused(_("This file has been taken in already.")) from None
    return table


def _strange(number: str, day: dt.date) -> str:
    """Why a number cannot be taken: nobody has ever had it, or it was another day's."""
    said = {"number": number, "day": in_words(day)}
    found = unit_with_number(number, day)
    if found is None:
        return _("No municipality has ever had the number %(number)s.") % said
    spans = [span for span in found[1] if span.number == number]
    return _("The number %(number)s (%(name)s) did not hold on %(day)s. Fetch the municipalities of that day.") % {
        **said, "name": spans[-1].name,
    }  # fmt: skip


def _missing(names: Collection[str], day: dt.date) -> str:
    text = _("%(count)s of the municipalities of %(day)s are missing, among them %(names)s.")
    if len(names) == 1:
        text = _("The municipality %(names)s, which existed on %(day)s, is missing.")
    return text % {"count": len(names), "day": in_words(day), "names": ", ".join(list(names)[:NAMED])}


def _sentence(refused: TableRefused) -> str:
    """What is wrong with a file, as one sentence."""
    said = {key: format_number(value) if isinstance(value, int) else value for key, value in refused.values.items()}
    return _sentences()[refused.code] % said


def _sentences() -> dict[str, str]:
    return {
        "size": _("The file is larger than %(most)s MB. Fetch only the ages from 67, and one year."),
        "json": _("The file is not JSON. Choose JSON-stat2 when you download the table from Statistics Norway."),
        "jsonstat": _("The file is not a table in the form JSON-stat2. Choose JSON-stat2 when you download it."),
        "shape": _("The table does not hang together: its dimensions and its figures do not fit. Fetch it anew."),
        "without": _("The table has no dimension called %(name)s."),
        "dimension": _("The table is divided by %(name)s too, in %(count)s. Choose one of them when you fetch it."),
        "years": _("The table has %(count)s years. Fetch one year at a time."),
        "year": _("The time %(text)s is not a year. Fetch the population of 1 January of a year."),
        "region": _("%(text)s is not a municipality. Fetch the municipalities alone."),
        "doubled": _("The municipality %(number)s stands twice."),
        "no_figure": _("There is no figure for the municipality %(number)s."),
        "no_number": _("The figure of the municipality %(number)s is not a number: %(text)s."),
        "negative": _("The figure of the municipality %(number)s is less than 0: %(text)s."),
        "decimal": _("The figure of the municipality %(number)s is not a whole number: %(text)s."),
        "too_large": _("The figure of the municipality %(number)s is larger than Norway has inhabitants."),
        "age": _("%(text)s is not an age."),
        "across": _("The age group %(text)s reaches across 67 years. Fetch single years, or groups that begin at 67."),
        "ages_twice": _("The age of %(age)s years is in more than one group. Fetch each age once."),
        "ages_missing": _("The age of %(age)s years is missing. Fetch all ages from 67 up."),
    }
