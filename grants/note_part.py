"""The part on grants of the half-year note and the yearly report: who meets the criteria, and the use of funds.

It is drawn from what ``note_collect`` has brought and the document keeps; the database is asked nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable

from grants import words
from grants.criteria import RULES
from grants.criteria.facts import MET, NOT_MET, UNKNOWN
from reporting.documents.book import TOTAL, Book, Line, Measure, Translate
from reporting.documents.content import Block, Heading, Paragraph
from reporting.documents.facts import AddedAmount

PART = "grants"
ALL, OVERRULED = "all", "overruled"
"""The keys beside those of the single criteria."""
ALLOCATED, APPROPRIATED, GRANTED = "allocated", "appropriated", "granted"
"""The keys of the sums: the offices' funds and the appropriations in 1 000 kr, what was granted in kroner."""


def title(_: Translate) -> str:
    """The heading of the part."""
    return _("Grants and funds")


def draw(book: Book) -> tuple[Block, ...]:
    """The part; nothing where the year has neither criteria nor money."""
    blocks = (*_criteria(book), *_funds(book))
    return (Heading(PART, 1, title(book._)), *blocks) if blocks else ()


def _codes(book: Book) -> list[str]:
    """The criteria that were judged, in the order of the rules; a rule that is gone since comes last."""
    judged = {row.key for row in book.facts.added if row.part == PART} - {ALL, OVERRULED}
    return [*(code for code in RULES if code in judged), *sorted(judged - RULES.keys())]


def _sums(book: Book, key: str) -> list[AddedAmount]:
    return [row for row in book.facts.amounts if row.part == PART and row.key == key]


# --- criteria -------------------------------------------------------------------------------------


def _criteria(book: Book) -> tuple[Block, ...]:
    codes = _codes(book)
    if not codes:
        return ()
    _ = book._
    year = book.facts.round.date.year
    by_office, each = _by_office(book), _each(book, codes)
    lead = book.say(
        _("{n} of {units} municipalities meet all the criteria for priority in {year}, and come first in the grant "
          "schemes that they apply to."),
        n=book.figure("grant_criteria", "met"), units=book.figure("grant_criteria", "units"), year=str(year),
    )  # fmt: skip
    chart = book.by_office(
        _("Criteria for priority by office, number of municipalities"), "grant_criteria",
        [("met", "yes", _("Meet all")), ("not_met", "no", _("Lack at least one")),
         ("unknown", "missing", _("Not known"))],
        share="share", head=_("Meet all"),
    )  # fmt: skip
    return (Paragraph(lead, "lead"), chart, by_office, each)


def _measures(book: Book, select: dict[str, str], rule: str, version: int) -> tuple[Measure, ...]:
    _ = book._
    every = book.every
    return (
        Measure(MET, _("Meet all"), {**select, "values": MET}, definition=_("Municipalities that meet every criterion "
                "of the year"), denominator=every, rule=rule, version=version),
        Measure(NOT_MET, _("Lack at least one"), {**select, "values": NOT_MET}, definition=_("Municipalities that do "
                "not meet at least one criterion"), denominator=every, rule=rule, version=version),
        Measure(UNKNOWN, _("Not known"), {**select, "values": UNKNOWN}, definition=_("Municipalities of which neither "
                "a register nor an approved report says enough; no criterion is known not to be met"),
                denominator=every, rule=rule, version=version),
        Measure("share", _("Share meeting all"), {**select, "values": MET, "measure": "share"}, "share",
                definition=_("Municipalities that meet every criterion of the year"), denominator=every, rule=rule,
                version=version),
    )  # fmt: skip


def _by_office(book: Book) -> Block:
    _ = book._
    select = {"added": PART, "key": ALL}
    version = max(rule.version for rule in RULES.values())
    return book.table(
        "grant_criteria", _("Criteria for priority by office, number of municipalities"), _("Office"),
        book.office_lines(),
        (
            book.units(),
            *_measures(book, select, "grants.criteria", version),
            Measure(OVERRULED, _("Overruled"), {"added": PART, "key": OVERRULED, "values": "yes"},
                    definition=_("Municipalities of which the statsforvalter has overruled at least one outcome, "
                                 "with a reason"), denominator=book.every, rule="grants.overruled"),
        ),
        note=_("Meet all + lack at least one + not known = municipalities. The criteria are computed from the "
               "registers and approved reports as of the day of the figures; an overruling counts, and is shown in a "
               "column of its own."),
    )  # fmt: skip


def _each(book: Book, codes: Iterable[str]) -> Block:
    _ = book._
    lines = [Line(code, str(words.TITLES.get(code, code)), {"added": PART, "key": code}) for code in codes]

    def column(state: str, label: str, definition: str) -> Measure:
        return Measure(state, label, {"values": state}, definition=definition, denominator=book.every,
                       rule="grants.criterion")  # fmt: skip

    return book.table(
        "grant_each", _("Each criterion, number of municipalities"), _("Criterion"), lines,
        (
            column(MET, _("Met"), _("Municipalities that meet the criterion")),
            column(NOT_MET, _("Not met"), _("Municipalities that do not meet the criterion")),
            column(UNKNOWN, _("Not known"), _("Municipalities of which neither a register nor an approved report says "
                                              "whether they meet it")),
        ),
        note=_("Met + not met + not known = municipalities."),
    )  # fmt: skip


# --- money ----------------------------------------------------------------------------------------


def _funds(book: Book) -> tuple[Block, ...]:
    _ = book._
    year = str(book.facts.round.date.year)
    tables = (
        (ALLOCATED, _("Earmarked funds to the offices in {year}, 1 000 kr"), _("Office"), _("1 000 kr"),
         _("The office's share by the formula of the year"), "grants.allocation"),
        (APPROPRIATED, _("Appropriations in {year}, 1 000 kr"), _("Receiver"), _("1 000 kr"),
         _("What the budgets of the year gave the receiver for the reform"), "grants.appropriation"),
        (GRANTED, _("Granted to municipalities by scheme in {year}, kr"), _("Grant scheme"), _("Kroner"),
         _("What is registered as granted to municipalities by the scheme"), "grants.granted"),
    )  # fmt: skip
    found = [
        _money(book, key, book.tell(words, year=year), head, unit, meaning, rule)
        for key, words, head, unit, meaning, rule in tables
        if _sums(book, key)
    ]
    if not found:
        return ()
    return (Heading("grant_funds", 2, _("The use of funds")), *found)


def _money(book: Book, key: str, title: str, head: str, unit: str, meaning: str, rule: str) -> Block:
    _ = book._
    lines = [
        Line(TOTAL, _("In all"), {}, total=True),
        *(Line(row.row, book.word(row.names) or row.row, {"of": row.row}) for row in _sums(book, key)),
    ]
    select = {"amount": PART, "key": key}
    return book.table(
        f"grant_{key}", title, head, lines,
        (Measure("amount", unit, select, definition=meaning, rule=rule),),
    )  # fmt: skip
