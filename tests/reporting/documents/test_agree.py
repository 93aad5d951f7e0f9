"""Reading the files back: every figure is found in each of the four, and one that is wrong is named in each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reporting.documents import agree
from reporting.documents.cards import card_table
from reporting.documents.content import Bullets, Figure, KeyFigures, Paragraph, Table
from reporting.documents.render import render

from .conftest import content_of, made

FORMATS = ("json", "xlsx", "docx", "pdf")


@pytest.mark.parametrize("name", ["note", "hostile"])
@pytest.mark.parametrize("fmt", FORMATS)
def test_every_figure_is_found(name, fmt):
    content = content_of(name)
    found = agree.compare(fmt, made(name, fmt), content)
    assert found.problems == []
    wanted = sum(1 for _ in content.figures())
    if fmt == "xlsx":  # sentences repeat cells there; the workbook's own sheets come to it
        tables = [card_table(content), *content.tables(), *content.sheets]
        wanted = sum(isinstance(cell, Figure) for table in tables for row in table.rows for cell in row.cells)
    assert found.figures == wanted > 250


def swapped(content, old, new):
    """The content with one block in another's place."""
    return replace(content, blocks=tuple(new if block is old else block for block in content.blocks))


def with_cell(content, table_id, column, value, row=7):
    """The content with one other value in a table."""
    table = next(block for block in content.blocks if isinstance(block, Table) and block.id == table_id)
    place = [entry.key for entry in table.columns].index(column)
    line = table.rows[row]
    cells = list(line.cells)
    cells[place] = replace(cells[place], value=value)
    rows = [*table.rows]
    rows[row] = replace(line, cells=tuple(cells))
    return swapped(content, table, replace(table, rows=tuple(rows)))


def columns(content, table_id):
    table = next(block for block in content.blocks if isinstance(block, Table) and block.id == table_id)
    return [(c.key, c.ref, table.rows[7].cells[i].value) for i, c in enumerate(table.columns) if c.ref]


@pytest.mark.parametrize("fmt", FORMATS)
def test_each_wrong_cell_of_a_row_is_named(note, fmt):
    for key, ref, value in columns(note, "T2"):
        wrong = None if value is not None else 3
        found = agree.compare(fmt, made("note", fmt), with_cell(note, "T2", key, wrong))
        assert any(ref in problem or "T2" in problem for problem in found.problems), (key, found.problems)


@pytest.mark.parametrize("fmt", ["xlsx", "docx"])
def test_the_place_and_both_values_are_said(note, fmt):
    key, ref, value = columns(note, "T2")[0]
    row = next(block for block in note.blocks if isinstance(block, Table) and block.id == "T2").rows[7].key
    found = agree.compare(fmt, made("note", fmt), with_cell(note, "T2", key, value + 41))
    said = f"table T2, column {ref}, row {row}: {value}"
    assert any(said in problem and f"for {value + 41}" in problem for problem in found.problems)


def wrong_sentences(content):
    """The content with another figure in a paragraph, in a bullet, and in each figure of a card."""
    paragraph = next(
        b for b in content.blocks if isinstance(b, Paragraph) and any(isinstance(p, Figure) for p in b.parts)
    )
    yield swapped(content, paragraph, replace(paragraph, parts=tuple(map(other, paragraph.parts))))
    for bullets in content.blocks:
        if isinstance(bullets, Bullets) and any(isinstance(run, Figure) for item in bullets.items for run in item):
            yield swapped(content, bullets, Bullets(tuple(tuple(map(other, item)) for item in bullets.items)))
            break
    cards = next(block for block in content.blocks if isinstance(block, KeyFigures))
    for name in ("figure", "share", "change"):
        first = replace(cards.cards[0], **{name: other(getattr(cards.cards[0], name))})
        yield swapped(content, cards, KeyFigures((first, *cards.cards[1:])))


def other(run):
    return replace(run, value=None) if isinstance(run, Figure) else run


def test_each_figure_of_a_card_stands_in_the_workbook(note):
    for content in list(wrong_sentences(note))[-3:]:
        problems = agree.compare("xlsx", made("note", "xlsx"), content).problems
        assert any("table K1" in problem for problem in problems), problems


@pytest.mark.parametrize("fmt", ["json", "docx", "pdf"])
def test_a_wrong_figure_in_a_sentence_or_on_a_card_is_found(note, fmt):
    words = ("does not say", "key figure", " for ")
    for content in wrong_sentences(note):
        problems = agree.compare(fmt, made("note", fmt), content).problems
        assert any(word in problem for problem in problems for word in words), problems


@pytest.mark.parametrize("fmt", ["xlsx", "docx", "pdf"])
def test_the_change_since_last_year_stands_on_its_card_in_each_file(note, fmt):
    cards = next(block for block in note.blocks if isinstance(block, KeyFigures))
    dated = [
        replace(card, year=Figure(700 + place, "change"), year_label="siden i fjor")
        for place, card in enumerate(cards.cards)
    ]
    content = swapped(note, cards, KeyFigures(tuple(dated)))
    data = render(content, fmt)
    assert agree.compare(fmt, data, content).problems == []
    dated[0] = replace(dated[0], year=Figure(999, "change"))
    problems = agree.compare(fmt, data, swapped(note, cards, KeyFigures(tuple(dated)))).problems
    assert any("key figure" in problem or "table K1" in problem for problem in problems)


def test_a_figure_in_a_sentence_that_is_not_its_cell_is_found_in_the_workbook(note):
    wrong = next(iter(wrong_sentences(note)))
    assert any("its cell" in problem for problem in agree.compare("xlsx", made("note", "xlsx"), wrong).problems)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_row_too_few_and_another_file_are_found(note, fmt):
    table = next(block for block in note.blocks if isinstance(block, Table) and block.id == "T2")
    longer = swapped(note, table, replace(table, rows=(*table.rows, replace(table.rows[-1], key="new", cells=("Ny",)))))
    assert any("T2" in p or "another" in p for p in agree.compare(fmt, made("note", fmt), longer).problems)
    assert agree.compare(fmt, b"PK\x03\x04 nothing", note).problems
    assert agree.compare(fmt, b"%PDF-1.7 nothing", note).problems


def test_what_was_written_in_word_beside_the_figures_is_no_problem(note):
    import io

    import docx

    file = docx.Document(io.BytesIO(made("note", "docx")))
    file.paragraphs[4].insert_paragraph_before("Helsedirektoratet har skrevet videre her, om 12 kommuner.")
    out = io.BytesIO()
    file.save(out)
    assert agree.compare("docx", out.getvalue(), note).problems == []


def test_a_paragraph_may_go_over_a_page_and_no_other_way():
    words = "".join(f"ord{n}" for n in range(60))
    pages = ["foran" + words[:100] + "fot1", "hode" + words[100:] + "etter"]
    assert agree._over_a_page(words, pages)
    assert not agree._over_a_page(words.replace("ord50", "ord5x"), pages)
    assert not agree._over_a_page(words.replace("ord3o", "ord4o"), pages)
    assert agree._over_a_page(words, [pages[0], "hode" + words[100:200] + "fot2", "hode" + words[200:]])
    assert not agree._over_a_page(words, [pages[0], "noe annet", pages[1]])
