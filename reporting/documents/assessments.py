"""Helsedirektoratet's own words in a summary: the assessment, and the comments at single tables. Pure.

They are kept in each language by itself. What is not written in the document's language is named, never translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import texts
from .book import Book
from .content import Block, Heading, Paragraph, Run, Table, Text

ROOM, LINE, LABEL = 7, 60, 14
"""So many lines, of so many characters (and a label of so many), the summary page has room for below the core
indicators; a longer assessment goes on in a chapter of its own."""


def written(book: Book) -> dict[str, str]:
    """The parts that are written in the document's language, in their order."""
    said = book.facts.composed.assessment.get(book.language, {})
    parts = {key: str(said.get(key) or "").strip() for key in texts.assessment_parts(book._)}
    return {key: text for key, text in parts.items() if text}


def unwritten(book: Book) -> list[str]:
    """The parts that the ministry has asked for, or that are written in the other language, and not in this one."""
    composed, mine = book.facts.composed, written(book)
    others = {
        key
        for language, said in composed.assessment.items()
        for key, text in said.items()
        if language != book.language and str(text or "").strip()
    }
    wanted = {*texts.EXPECTED_PARTS[composed.kind], *others}
    return [key for key in texts.assessment_parts(book._) if key in wanted and key not in mine]


def on_summary_page(book: Book) -> tuple[str, ...]:
    """The parts that stand on the summary page: all that belong there when they have room, else the overall one."""
    mine = [key for key in written(book) if key in texts.SUMMARY_PARTS]
    for keys in (mine, [key for key in mine if key == "overall"]):
        if sum(lines_of(written(book)[key]) for key in keys) <= ROOM:
            return tuple(keys)
    return ()


def lines_of(text: str) -> float:
    """About how many lines a text takes, with the space after each of its paragraphs and its label before the first."""
    pieces = [piece.strip() for piece in text.split("\n\n") if piece.strip()]
    return sum(0.5 + -(-(len(piece) + LABEL) // LINE) for piece in pieces)


def assessment_blocks(book: Book) -> tuple[Block, ...]:
    """What stands on the summary page, with what is missing in this language by name."""
    _ = book._
    here, said, names = on_summary_page(book), written(book), texts.assessment_parts(_)
    blocks: list[Block] = [Heading("assessment", 2, _("Helsedirektoratet's assessment"), numbered=False)]
    for key in here:
        blocks += own_words(said[key], names[key])
    notes = []
    if len(here) < len(said):
        notes.append(_("The assessment goes on in a chapter of its own."))
    if missing := unwritten(book):
        listed = ", ".join(names[key].lower() for key in missing)
        notes.append(book.tell(_("Not written yet in this language: {parts}."), parts=listed))
    blocks += [Paragraph((Text(note),), "note") for note in notes]
    return tuple(blocks)


def assessment_chapter(book: Book) -> tuple[Block, ...]:
    """What the summary page has no room for; empty when it has."""
    here, said, names = on_summary_page(book), written(book), texts.assessment_parts(book._)
    rest = [key for key in said if key not in here]
    if not rest:
        return ()
    blocks: list[Block] = [Heading("judgement", 1, book._("Assessment"))]
    for key in rest:
        blocks += [Heading(f"judgement_{key}", 2, names[key]), *own_words(said[key])]
    return tuple(blocks)


def own_words(text: str, label: str = "") -> list[Block]:
    """A text as it was written, a paragraph for each of its own, with a label before the first."""
    first, *rest = [piece.strip() for piece in text.split("\n\n") if piece.strip()]
    start: tuple[Run, ...] = (Text(f"{label}: ", strong=True),) if label else ()
    return [Paragraph((*start, Text(first)), "assessment"), *(Paragraph((Text(p),), "assessment") for p in rest)]


def remarked(book: Book, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, with Helsedirektoratet's comment under each table that has one (by the table's stable name)."""
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, Table) and block.name:
            found += _remark(book, block.name)
    return tuple(found)


def _remark(book: Book, name: str) -> list[Block]:
    _ = book._
    said: Mapping[str, str] = {
        language: str(remarks.get(name) or "").strip() for language, remarks in book.facts.composed.remarks.items()
    }
    if text := said.get(book.language):
        return own_words(text, _("Helsedirektoratet's comment"))
    if any(said.values()):
        return [Paragraph((Text(_("Helsedirektoratet's comment is not written in this language.")),), "note")]
    return []
