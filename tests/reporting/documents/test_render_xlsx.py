"""The workbook, read back with two readers that did not write it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import python_calamine

from reporting.documents import render_xlsx
from reporting.documents.content import Column, Figure, Row, Table, content_hash, to_json
from reporting.documents.formats import clean

from .conftest import made
from .fixture_content import HOSTILE

pytestmark = pytest.mark.looks


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(made("note", "xlsx")))


def _cells(content):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx.render_xlsx(content)))
    return book, book.worksheets


def test_the_cover_has_hash_day_sample_mark_and_counts(book, note):
    cover = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    flat = [value for row in cover for value in row if value is not None]
    assert content_hash(to_json(note)) in flat
    assert "1.\u00a0mai\u00a02022" in flat
    assert note.label("sample") in flat
    for name, number in note.counts:
        assert [name, number] in [row[:2] for row in cover]
    sheets = {row[0]: row for row in cover if row[0] in book.sheetnames}
    for page in book.worksheets[1:-1]:
        assert sheets[page.title][2] == sheets[page.title][3] == _rows(page)


def _rows(page) -> int:
    return sum(1 for row in page.iter_rows(min_row=5) if any(cell.value is not None for cell in row))


def test_numbers_are_numbers_shares_fractions_dates_dates_and_0301_text(book):
    plan, annex, answers = book.worksheets[2], book["Kommuner"], book["Alle svar"]
    assert plan["B5"].value == 24 and plan["B5"].number_format == "#,##0"
    assert 0 < plan["I5"].value < 1 and plan["I5"].number_format == "0.0\u00a0%"
    assert plan["J5"].number_format.startswith("+")
    assert isinstance(annex["B5"].value, str) and re.fullmatch(r"0\d{3}", annex["B5"].value)
    assert annex["B5"].number_format == "@"
    dates = [c.value for c in annex["E"][4:] if c.value != "–"]
    assert dates and all(isinstance(value, datetime) for value in dates)
    assert [c.value for c in answers["A"][4:]] == sorted(c.value for c in annex["B"][4:])


def test_the_second_reader_sees_the_same_cells(book):
    other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made("note", "xlsx")))
    assert other.sheet_names == book.sheetnames
    for name in book.sheetnames:
        theirs = other.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ours = [[cell.value for cell in row] for row in book[name].iter_rows()]
        assert len(theirs) == len(ours)
        for one, two in zip(theirs, ours, strict=True):
            for left, right in zip(one, two, strict=False):
                if isinstance(right, datetime):
                    assert left == right.date()
                else:
                    assert (left if left != "" else None) == right


def test_heads_are_frozen_filtered_and_lead_to_their_definitions(book):
    for page in book.worksheets[1:-1]:
        assert page.freeze_panes and page.freeze_panes.endswith("5")
        assert page.auto_filter.ref.startswith("A4:")
    definitions = book.worksheets[-1]
    seen = 0
    for page in book.worksheets[1:-1]:
        for cell in page[3]:
            if cell.hyperlink:
                row = int(re.search(r"!A(\d+)$", cell.hyperlink.location).group(1))
                ref, label = definitions.cell(row, 1).value, definitions.cell(row, 3).value
                head = page.cell(4, cell.column).value
                assert head.endswith(label)
                assert cell.value in (ref, f"–.{ref.partition('.')[2]}")
                seen += 1
    assert seen > 10


def test_every_head_has_room_for_its_words(book):
    """Seen by eye in a spreadsheet program: long heads were cut, since no program sets a wrapped row's height."""
    for page in book.worksheets[1:-1]:
        height = page.row_dimensions[4].height
        for cell in page[4]:
            width = page.column_dimensions[cell.column_letter].width
            words = str(cell.value or "").split()
            assert max(map(len, words), default=0) <= width, (page.title, cell.value)
            lines = -(-len(str(cell.value or "")) // width)
            assert (height or 15) >= min(8, lines) * 15, (page.title, cell.value)
        assert page.row_dimensions[1].height >= 20


def test_figures_of_main_tables_link_to_what_is_behind_them_and_stay_numbers(book):
    cell = book.worksheets[2]["C5"]
    assert cell.hyperlink.target == "https://portal.example/tall/T1.2/country/"
    assert isinstance(cell.value, int)


def test_annex_tables_are_one_sheet_with_their_county_in_every_row(book, note):
    page = book["Kommuner"]
    annex = [table for table in note.tables() if table.kind == "annex"]
    wanted = [table.title for table in annex for _ in table.rows]
    assert [cell.value for cell in page["A"][4:]] == wanted
    assert page["A4"].value == note.label("annex_group")


def test_hostile_texts_are_texts_and_nothing_else():
    data = made("hostile", "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
        parts = {name: package.read(name).decode("utf-8") for name in names}
    assert not [name for name, xml in parts.items() if re.search(r"<f[ >]", xml)]
    targets = re.findall(r'Target="([^"]+)" TargetMode="External"', "".join(parts.values()))
    assert targets and all(target.startswith("https://portal.example/") for target in targets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[-2]
    shown = [page.cell(5 + index, 1).value or "" for index in range(len(HOSTILE))]
    for wanted, value in zip(HOSTILE, shown, strict=True):
        assert value == clean(wanted) or (len(wanted) > 32767 and value.startswith(wanted[:1000]))
        if value.lstrip()[:1] in ("=", "+", "-", "@") and len(value) > 1:
            assert page.cell(5 + shown.index(value), 1).quotePrefix
    assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def test_what_is_cut_says_so_and_is_counted_on_the_cover(hostile):
    book = openpyxl.load_workbook(io.BytesIO(made("hostile", "xlsx")))
    mark = hostile.label("text_cut")
    cut = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.endswith(mark)
    ]
    assert cut and all(len(cell.value.encode("utf-16-le")) // 2 <= 32767 for cell in cut)
    cover = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(max_col=2)}
    assert cover[hostile.label("cut_cells")] == len(cut)


def test_astral_signs_count_double_where_a_cell_ends(note):
    text = "🎉" * 20_000
    table = Table("T1", "Lang", (Column("a", "A"),), (Row("r", (text,)),))
    _, pages = _cells(replace(note, blocks=(table,), sheets=()))
    value = pages[1]["A5"].value
    assert len(value.encode("utf-16-le")) // 2 <= 32767 and value.startswith("🎉" * 1000)


@pytest.mark.parametrize("large", [False, True])
def test_rows_written_to_disk_as_they_come_are_the_same(note, monkeypatch, large):
    monkeypatch.setattr(render_xlsx, "LARGE", 0 if large else 10**9)
    book, pages = _cells(note)
    assert pages[2]["A5"].value == "Hele landet" and pages[2]["B5"].value == 24
    assert book.worksheets[-2]["A5"].value == "0101"


def test_words_after_a_column_of_numbers_do_not_touch_them(book):
    page = book["Kort fortalt"]
    heads = [cell.value for cell in page[4]]
    since, change = heads.index("Siden"), heads.index("Endring")
    assert since == change + 1
    for row in (4, 5):
        assert page[row][since].alignment.indent == 1 and page[row][0].alignment.indent == 0
        assert page[row][change].alignment.horizontal in ("right", None)


def test_sheet_names_are_safe_and_unique(note):
    names = ["a/b\\c?*[x]:", "'quoted'", "", "History", "x" * 60, "X" * 60, "æ" * 31, "🎉" * 31, "a b c "]
    tables = tuple(Table(f"s{i}", name, (Column("a", "A"),), (Row("r", ("v",)),)) for i, name in enumerate(names))
    book, _ = _cells(replace(note, blocks=(), sheets=tables))
    found = book.sheetnames
    assert len(found) == len(names) + 2
    assert len({name.lower() for name in found}) == len(found)
    for name in found:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]", name) and not name.startswith("'") and name.lower() != "history"


def test_a_missing_row_stops_the_export(note, monkeypatch):
    real = render_xlsx._sheet

    def one_more(*args):
        sheet = real(*args)
        sheet.expected += 1
        return sheet

    monkeypatch.setattr(render_xlsx, "_sheet", one_more)
    with pytest.raises(RuntimeError, match="rows are missing from the sheets"):
        render_xlsx.render_xlsx(note)


def test_values_that_excel_cannot_hold_exactly_are_text(note):
    row = Row("r", (Figure(10**16 + 1, "count"), Figure(date(1814, 5, 17), "date"), Figure(Decimal("0.1"), "share")))
    columns = (Column("a", "A", "count"), Column("b", "B", "date"), Column("c", "C", "share"))
    _, pages = _cells(replace(note, blocks=(Table("T1", "Store", columns, (row,)),), sheets=()))
    assert [cell.value for cell in pages[1][5]] == ["10000000000000001", "17.\u00a0mai\u00a01814", 0.1]


def test_two_runs_give_the_same_bytes(note):
    assert render_xlsx.render_xlsx(note) == render_xlsx.render_xlsx(note)
