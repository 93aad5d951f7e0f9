"""One document, four files: every figure stands in each of them and is the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reporting.documents.content import Figure, Table
from reporting.documents.render import MEDIA_TYPES, render

from . import compare
from .conftest import made

FORMATS = ("json", "xlsx", "docx", "pdf")


def test_every_figure_is_the_same_in_all_four(note):
    found = compare.check(note, {fmt: made("note", fmt) for fmt in FORMATS})
    figures = sum(1 for _ in note.figures())
    assert found["json"] == figures
    assert min(found.values()) > 300


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_comparison_notices_one_changed_figure(note, fmt):
    table = next(b for b in note.blocks if isinstance(b, Table) and b.id == "T2")
    row = table.rows[7]
    cells = tuple(replace(c, value=c.value + 1) if isinstance(c, Figure) and c.ref == "T2.1" else c for c in row.cells)
    changed = replace(table, rows=(*table.rows[:7], replace(row, cells=cells), *table.rows[8:]))
    other = replace(note, blocks=tuple(changed if b is table else b for b in note.blocks))
    with pytest.raises(AssertionError):
        compare.check(other, {fmt: made("note", fmt)})


def test_a_figure_in_the_text_that_differs_from_its_table_is_noticed(note):
    index = next(i for i, b in enumerate(note.blocks) if any(isinstance(p, Figure) for p in getattr(b, "parts", ())))
    block = note.blocks[index]
    parts = tuple(replace(p, value=12345) if isinstance(p, Figure) else p for p in block.parts)
    other = replace(note, blocks=(*note.blocks[:index], replace(block, parts=parts), *note.blocks[index + 1 :]))
    with pytest.raises(AssertionError, match="in the text"):
        compare.addressed(other)


@pytest.mark.parametrize("fmt", FORMATS)
def test_one_bad_text_never_breaks_a_file(fmt):
    assert len(made("hostile", fmt)) > 10_000


def test_another_format_is_refused(note):
    with pytest.raises(ValueError, match="no format"):
        render(note, "odt")
    assert set(MEDIA_TYPES) == set(FORMATS)
