"""The Word file, read back: what a reader's program builds on is there."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn

from reporting.documents import read_files
from reporting.documents.content import Chart, Heading, Paragraph, Text, TileMap, content_hash, to_json
from reporting.documents.render_docx import render_docx

from . import fixture_content
from .conftest import made
from .test_render_html import spanning

pytestmark = pytest.mark.looks


@pytest.fixture(scope="module")
def file():
    return docx.Document(io.BytesIO(made("note", "docx")))


def test_headings_are_headings_in_order(file, note):
    found = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith("Heading")]
    wanted = [block for block in note.blocks if isinstance(block, Heading)]
    shown = [(name, re.sub(r"^\d+  ", "", text)) for name, text in found if name != "Heading 3"]
    assert [(f"Heading {b.level}", b.text) for b in wanted] == [pair for pair in shown if pair[1] != "Innhold"]
    assert ("Heading 1", "2  Planstatus") in found


def test_language_and_properties(file, note):
    lang = file.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
    assert lang.get(qn("w:val")) == "nb-NO"
    properties = file.core_properties
    assert properties.title == "Leve hele livet: Status per 1. mai 2022"
    assert properties.author == "Helsedirektoratet" and properties.language == "nb-NO"
    assert properties.created.replace(tzinfo=None) == datetime(2022, 5, 23, 10)
    assert content_hash(to_json(note)) in properties.comments


def test_every_table_repeats_its_head_and_no_row_is_torn(file, note):
    tables = list(file.element.body.iter(qn("w:tbl")))
    heads = [table for table in tables if table.find(f".//{qn('w:tblHeader')}") is not None]
    assert len(heads) == len(note.tables()) + 1
    for table in heads:
        first, *rest = table.findall(qn("w:tr"))
        assert first.find(f".//{qn('w:tblHeader')}") is not None
        assert all(row.find(f".//{qn('w:tblHeader')}") is None for row in rest)
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in [first, *rest])


def test_pictures_have_text_alternatives(file, note):
    shown = [p.get("descr") for p in file.element.body.iter(qn("wp:docPr"))]
    wanted = [block.alt for block in note.blocks if isinstance(block, Chart | TileMap)]
    assert set(wanted) <= set(shown)
    decorative = [p for p in file.element.body.iter(qn("wp:docPr")) if "decorative" in "".join(e.tag for e in p.iter())]
    assert [p.get("descr") for p in decorative] == [""]
    assert len({p.get("id") for p in file.element.body.iter(qn("wp:docPr"))}) == len(shown)


def test_links_and_page_numbers_lead_to_bookmarks_that_exist(file):
    body = file.element.body
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) and all(len(name) <= 40 for name in names)
    starts = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert starts == [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkEnd"))]
    targets = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    assert targets and targets <= set(names)
    fields = [node.text for node in body.iter(qn("w:instrText"))]
    pages = {match.group(1) for code in fields if (match := re.match(r" PAGEREF (\S+) ", code))}
    assert pages and pages <= set(names)


def test_header_and_footer(file, note):
    section = file.sections[0]
    foot = "".join(node.text or "" for node in section.footer._element.iter(qn("w:t"), qn("w:instrText")))
    assert content_hash(to_json(note))[:12] in foot and note.label("sample") in foot
    assert " PAGE " in foot and " NUMPAGES " in foot
    assert note.label("sample") in section.first_page_footer.paragraphs[0].text


def test_figures_link_to_what_is_behind_them(file):
    targets = {r.target_ref for r in file.part.rels.values() if r.is_external}
    assert "https://portal.example/tall/T1.8/country/" in targets
    assert all(target.startswith("https://portal.example/") for target in targets)


def test_a_name_in_another_language_is_marked():
    data = render_docx(fixture_content.note(units=12))
    body = docx.Document(io.BytesIO(data)).element.body
    marked = {r.find(qn("w:t")).text: r.find(f".//{qn('w:lang')}").get(qn("w:val")) for r in body.iter(qn("w:r"))
              if r.find(f".//{qn('w:lang')}") is not None}  # fmt: skip
    assert marked["Guovdageaidnu"] == "se" and marked["Snåase"] == "sma"


@pytest.mark.parametrize("name", ["note", "hostile"])
def test_every_part_is_sound_xml_without_a_clock_or_an_outside_part(name):
    with zipfile.ZipFile(io.BytesIO(made(name, "docx"))) as package:
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for part in package.namelist():
            if part.endswith((".xml", ".rels")):
                text = package.read(part).decode("utf-8")
                ElementTree.fromstring(text)
                for target in re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', text):
                    assert target.startswith("https://portal.example/")
                assert "DDEAUTO" not in text and "INCLUDEPICTURE" not in text


def test_hostile_texts_are_there_as_texts(hostile):
    body = docx.Document(io.BytesIO(made("hostile", "docx"))).element.body
    text = "".join(node.text or "" for node in body.iter(qn("w:t")))
    for wanted in ("<script>alert(1)</script>", "=HYPERLINK(", "file:///etc/passwd", "مرحبا", "👩", "nultegn"):
        assert wanted in text
    assert hostile.label("text_cut") in text


def test_no_text_makes_a_cell_wider_than_its_table():
    body = docx.Document(io.BytesIO(render_docx(spanning()))).element.body
    spans = [int(node.get(qn("w:val"))) for node in body.iter(qn("w:gridSpan"))]
    assert spans and max(spans) <= 5  # the columns of the annex of definitions


def test_a_chapter_of_a_heading_alone_is_written(note):
    alone = replace(note, blocks=(*note.blocks, Heading("more", 1, "Et kapittel som ikke er skrevet")))
    assert "Et kapittel som ikke er skrevet" in read_files.docx_text(render_docx(alone))


def test_each_text_that_is_too_long_for_a_page_ends_with_words_that_say_so(hostile):
    texts = [block.parts[0] for block in hostile.blocks if isinstance(block, Paragraph)]
    long = [text for text in texts if isinstance(text, Text) and len(text.text) > 6_000]
    words = read_files.docx_text(made("hostile", "docx")).split("\n")
    said = [text for text in words if len(text) > 5_000]
    assert len(said) == len(long) > 1
    assert all(text.count(hostile.label("text_cut")) == 2 for text in said)  # two runs, each cut


def test_two_runs_give_the_same_bytes():
    content = fixture_content.note(units=3)
    assert render_docx(content) == render_docx(content)
