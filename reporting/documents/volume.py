"""From facts to the Content of one region's volume: the region's figures, and a chapter for each of its units.

A volume holds neither the summary's version nor the moment it was built: what a region has reported and what the
registers say of it is all there is in it. So a volume in which nothing has changed is the same to the last character
in the next version, and its files need not be drawn again. Its moment is that of the newest row it rests on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import chain

from django.utils import timezone

from . import texts
from .book import Book, Line, Translate
from .content import Block, Column, Content, Definitions, Heading, Paragraph, Row, Table
from .facts import Facts, Office, Unit
from .formats import format_date
from .tables_annex import letters_note, overview
from .tables_core import indicator_measures, plan_measures
from .tables_delivery import delivery_measures
from .volume_facts import VolumeFacts
from .volume_unit import UnitFacts, UnitPages, by_unit

KIND = "volume"


def volumes(
    facts: Facts, found: VolumeFacts, language: str, _: Translate, *, only: Collection[str] | None = None
) -> Iterator[tuple[str, Content]]:
    """The volume of each region in ``language`` (``nb`` or ``nn``), by the office's key, in the offices' order; of
    those in ``only`` where it is given.

    ``found`` are the facts of each unit (``collect_volumes``). The counts are the offices' rows of the note's tables.
    """
    whole = Book(facts, language, _)
    known = by_unit(found, facts.round.date)
    for office in facts.offices:
        units = tuple(unit for unit in facts.units if unit.office == office.key)
        if units and (only is None or office.key in only):
            yield office.key, _Volume(_RegionBook(whole), office, units, found, known).content()


class _RegionBook(Book):
    """A book with tables of its own that counts from the tallies of another: they are the same for all regions."""

    def __init__(self, whole: Book) -> None:
        self.facts, self.language, self._ = whole.facts, whole.language, whole._
        self.tallies = whole.tallies
        self.by_name = {}
        self._figures = {}
        self._tables = self._drawings = 0


class _Volume:
    def __init__(
        self, book: Book, office: Office, units: tuple[Unit, ...], found: VolumeFacts, known: dict[int, UnitFacts]
    ) -> None:
        self.book, self.office, self.units = book, office, units
        self.pages = UnitPages(book, found)
        self.known = {unit.id: known.get(unit.id, UnitFacts()) for unit in units}
        self._ = book._
        self.day = book.facts.round.date

    def content(self) -> Content:
        _, book = self._, self.book
        blocks = [*self._front(), *self._units(), Definitions(_("Annex: definitions"))]
        labels = dict(texts.labels(_, book.language)) | {
            "document_kind": _("Volume of a region"),
            "version": _("Round"),  # there is no version: the hash says which one it is
            "frozen_at": _("Newest entry"),
        }
        day = format_date(self.day)
        return Content(
            title=book.tell(_("{region}: status on {date}"), region=self.office.name, date=day),
            subtitle=_(
                "Municipality by municipality. Belongs to Helsedirektoratet's half-year note on Leve hele livet"
            ),
            language=book.language,
            as_of=self.day,
            frozen_at=self._newest(),
            version=day,
            blocks=tuple(blocks),
            labels=tuple(labels.items()),
            counts=self._counts(),
            sample=book.facts.sample,
            sheets=(self._answer_sheet(), self._register_sheet(blocks)),
            meta=((_("Region"), self.office.name), (_("Round"), day), (_("Delivered"), self._delivered())),
            kind=KIND,
        )

    # --- the region -------------------------------------------------------------------------------

    def _front(self) -> Iterator[Block]:
        _, book = self._, self.book
        rounds = self._rounds_table(
            "trend", _("Core indicators and plan status over the rounds, number of municipalities"),
            (book.units(), *indicator_measures(book), *plan_measures(book)),
            note=_("Networks, support, adopted plans and processes are from the registers, the anchoring and the "
                   "classes of plan status from the reports. Not answered is a class of its own."),
        )  # fmt: skip
        delivered = self._rounds_table(
            "delivery", _("Delivery over the rounds, municipalities and districts"), delivery_measures(book),
            note=_("On time + after the deadline + sent back + not delivered = units."), units="all",
        )  # fmt: skip
        now = self.day.isoformat()
        yield Heading("summary", 1, _("The region in brief"), numbered=False)
        yield Paragraph(
            book.say(
                _("{delivered} of {units} units in {region} have delivered. {adopted} of {municipalities} "
                  "municipalities have an adopted plan in the register."),
                delivered=book.figure("delivery", "delivered", now), units=book.figure("delivery", "units", now),
                region=self.office.name, adopted=book.figure("trend", "adopted", now),
                municipalities=book.figure("trend", "units", now),
            ),
            "lead",
        )  # fmt: skip
        yield from (rounds, delivered)
        yield Heading("units", 2, _("The municipalities side by side"), numbered=False)
        yield overview(
            book, self.units, book.tell(_("{region}, municipality by municipality on {date}"), region=self.office.name,
                                        date=self.day),
            note=letters_note(book),
        )  # fmt: skip

    def _rounds_table(self, name: str, title: str, measures: tuple, *, note: str, **select: str) -> Table:
        lines = [
            Line(entry.date.isoformat(), format_date(entry.date),
                 {"round": entry.date.isoformat(), "office": self.office.key, **select})
            for entry in self.book.facts.rounds
        ]  # fmt: skip
        return self.book.table(name, title, self._("Round"), lines, measures, note=note)

    def _units(self) -> Iterator[Block]:
        return chain.from_iterable(self.pages.blocks(unit, self.known[unit.id]) for unit in self.units)

    # --- the workbook's own sheets ------------------------------------------------------------------

    def _answer_sheet(self) -> Table:
        """Every answer of the region, a row a question; the page has them unit by unit."""
        _ = self._
        columns = (
            Column("number", _("Number"), "number_text"), Column("name", _("Unit")), Column("section", _("Section")),
            Column("question", _("Question")), Column("answer", _("Answer")), Column("before", _("Answer last time")),
        )  # fmt: skip
        rows = tuple(
            Row(f"{unit.number}:{key}", (unit.number, unit.display_name, group, label, now, before))
            for unit in self.units
            for key, group, label, now, before in self.pages.lines(unit, self.known[unit.id])
        )
        note = _("The answer last time stands where it was other.")
        return Table("answers", _("All answers"), columns, rows, note=note, empty=_("No answers were sent in."))

    def _register_sheet(self, blocks: list[Block]) -> Table:
        """The rows of the units' register tables, in one."""
        _ = self._
        columns = (
            Column("number", _("Number"), "number_text"), Column("name", _("Unit")),
            Column("what", _("What")), Column("said", _("In the register")), Column("from", _("From"), "date"),
        )  # fmt: skip
        units = iter(self.units)
        rows = [
            Row(f"{unit.number}:{row.key}", (unit.number, unit.display_name, *row.cells))
            for table in blocks
            if isinstance(table, Table) and table.columns[0].key == "what"
            for unit in (next(units),)
            for row in table.rows
        ]
        return Table("registers", _("Decisions, networks and support"), columns, tuple(rows))

    # --- the cover ----------------------------------------------------------------------------------

    def _counts(self) -> tuple[tuple[str, int], ...]:
        _ = self._
        municipalities = sum(unit.kind == "municipality" for unit in self.units)
        sent = [known.now for known in self.known.values() if known.now]
        return (
            (_("Units that report"), len(self.units)),
            (_("of these municipalities"), municipalities),
            (_("of these districts of Oslo"), len(self.units) - municipalities),
            (_("Submissions counted"), len(sent)),
        )

    def _delivered(self) -> str:
        sent = sum(known.now is not None for known in self.known.values())
        return self.book.tell(self._("{n} of {units} units"), n=sent, units=len(self.units))

    def _newest(self) -> str:
        """The moment of the newest row that the volume rests on; midnight of the round's day where there is none."""
        moments = [dt.datetime.combine(self.day, dt.time(), tzinfo=timezone.get_default_timezone())]
        for known in self.known.values():
            moments += [sent.submitted_at for sent in (known.now, known.before) if sent]
            for row in chain(known.decisions, known.anchorings, known.progress, known.support):
                moments += [row.registered_at] if row.registered_at else []
        return timezone.localtime(max(moments), timezone.get_default_timezone()).isoformat(timespec="seconds")


__all__ = ["KIND", "volumes"]
