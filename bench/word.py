"""Word of a note with its tables: at most 1.5 times python-docx writing the same paragraphs."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import docx

from bench.contents import content_of, table
from reporting.documents.content import Content, Figure, Heading, Paragraph, Text, stored, to_json
from reporting.documents.formats import format_cell, format_run
from reporting.documents.render_docx import render_docx

NAME = "word_note"
TRIES = 5


def run(emit: Callable[..., None]) -> None:
    for chapters in (10, 40):
        content = stored(to_json(note(chapters)))
        pairs = [(_timed(render_docx, content), _timed(plain, content)) for _ in range(TRIES)]
        ours, bare = (min(column) for column in zip(*pairs, strict=True))
        size = f"{chapters} chapters, {sum(1 for _ in paragraphs(content))} paragraphs with those in cells"
        emit(NAME, ours / bare, "ratio", limit=1.5, size=size)
        emit(f"{NAME}_seconds", ours, "s", size=size)


def note(chapters: int) -> Content:
    """So many chapters of ten paragraphs with figures and a table of 40 rows."""
    blocks: list[object] = []
    for number in range(1, chapters + 1):
        name = f"T{number}"
        blocks.append(Heading(f"chapter{number}", 1, f"Kapittel {number}"))
        blocks += [
            Paragraph((Text("Vedtatt plan har "), Figure(paragraph, "count", f"{name}.1", "00001"), Text(" kommuner.")))
            for paragraph in range(10)
        ]
        blocks.append(table(40, name=name))
    return content_of(*blocks)


def paragraphs(content: Content):
    """The texts of every paragraph, heading and cell."""
    for block in content.blocks:
        if isinstance(block, Heading):
            yield [block.text]
        elif isinstance(block, Paragraph):
            yield [format_run(run) for run in block.parts]
    for entry in content.tables():
        yield [entry.title]
        yield from ([column.label] for column in entry.columns)
        yield from ([format_cell(cell)] for row in entry.rows for cell in row.cells)


def plain(content: Content) -> bytes:
    """The same paragraphs, one after the other, by the library alone: no tables, links, styles or bookmarks."""
    file = docx.Document()
    for texts in paragraphs(content):
        paragraph = file.add_paragraph()
        for text in texts:
            paragraph.add_run(text)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _timed(work: Callable[[Content], bytes], content: Content) -> float:
    start = time.perf_counter()
    work(content)
    return time.perf_counter() - start
