"""Files that are no workbook, or one that would take the server's memory: refused in one sentence before parsing."""

from __future__ import annotations

import datetime as dt
import io
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.workbook import cells, read_workbook, rows
from networks.workbook.read_workbook import Broken, WorkbookRefused
from tests.networks.workbooks import repacked

ROOT = Path(__file__).resolve().parents[2]
SHEET = "xl/worksheets/sheet1.xml"
HEADS = ["Network", "Municipality number", "Status", "First day"]
D = dt.date


@pytest.fixture(autouse=True)
def _english(_fresh_language):
    """The sentences are asked for in the code's own language: their translations are tested elsewhere."""
    translation.activate("en")


def workbook(*lines, name="Participations", **options) -> bytes:
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.active.title = name
    for line in lines or (HEADS, ["A", "0301", "active", "1.1.2022"]):
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def container(parts: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def refused(data: bytes, monkeypatch) -> str:
    """The sentence; the parser must not have been started."""

    def never(*_args, **_kwargs):
        raise AssertionError("the file was parsed")

    monkeypatch.setattr(read_workbook.openpyxl, "load_workbook", never)
    with pytest.raises(WorkbookRefused) as error:
        read_workbook.read_workbook(data)
    return str(error.value)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
NO_WORKBOOK = {
    "old Excel or password": OLE,
    "csv": b"Nettverk;Kommunenummer\r\nA;0301\r\n",
    "html called xlsx": b"<html><table><tr><td>1</td></tr></table></html>",
    "OpenDocument": container({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
    "Word": container({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
    "binary workbook": container({"xl/workbook.bin": b"\x01"}),
    "empty": b"",
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    "cut short": workbook()[:3000],
    "only the beginning": b"PK\x03\x04",
}


@pytest.mark.parametrize("data", NO_WORKBOOK.values(), ids=NO_WORKBOOK.keys())
def test_what_is_no_workbook_is_refused_in_one_sentence(data, monkeypatch):
    sentence = refused(data, monkeypatch)
    assert 20 < len(sentence) < 160


def inflated(size: int) -> bytes:
    """A sheet of blanks: tiny packed, huge unpacked."""
    return repacked(workbook(), {SHEET: b"<worksheet>" + b" " * size + b"</worksheet>"})


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet>&c;</worksheet>'
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
BOMBS = {
    "unpacks to 80 MB": inflated(80 * 1024 * 1024),
    "a ratio of a thousand": inflated(20 * 1024 * 1024),
    "many parts": repacked(workbook(), extra={f"xl/x{n}.xml": b"<x/>" for n in range(400)}),
    "many elements": repacked(workbook(), {SHEET: b"<worksheet>" + b"<c></c>" * 800_000 + b"</worksheet>"}),
    "entities": repacked(workbook(), {SHEET: BILLION}),
    "a file of the server": repacked(workbook(), {"xl/sharedStrings.xml": EXTERNAL}),
    "entities in a part called a picture": repacked(workbook(), extra={"xl/media/image1.png": BILLION}),
    "entities in two bytes a letter": repacked(workbook(), {SHEET: BILLION.decode().encode("utf-16")}),
    "entities in another alphabet": repacked(
        workbook(), {SHEET: b'<?xml version="1.0" encoding="cp037"?>' + BILLION.decode().encode("cp037")}
    ),
    "entities behind blanks": repacked(workbook(), {SHEET: b" " * 70 + b"\n" * (1024 * 1024 - 75) + BILLION}),
    "a part twice": None,
    "another compression": container({"xl/workbook.xml": b"<x/>"}, compression=zipfile.ZIP_LZMA),
}


def twice() -> bytes:
    out = io.BytesIO(workbook())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_never_parsed(kind, monkeypatch):
    data = BOMBS[kind] or twice()
    start = time.perf_counter()
    sentence = refused(data, monkeypatch)
    assert time.perf_counter() - start < 5
    assert len(data) < read_workbook.FILE_SIZE
    assert 20 < len(sentence) < 160


def test_a_file_that_lies_about_its_size(monkeypatch):
    """The size in the container's list says 1 kB; the part unpacks to more."""
    data = bytearray(inflated(900 * 1024))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
    data[at + 24 : at + 28] = (1024).to_bytes(4, "little")
    assert "damaged" in refused(bytes(data), monkeypatch)


def test_a_large_file_is_refused_by_its_size(monkeypatch):
    assert "5 MB" in refused(b"PK\x03\x04" + b"x" * read_workbook.FILE_SIZE, monkeypatch)


def test_the_memory_that_a_bomb_takes():
    """In a process of its own: reading a bomb of 4 GB takes less than 40 MB more than reading nothing."""
    script = """
import io, os, resource, zipfile
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
import django; django.setup()
from networks.workbook.read_workbook import WorkbookRefused, read_workbook
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("xl/workbook.xml", "<x/>")
    with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        piece = b" " * (1 << 20)
        for _ in range(4096):
            part.write(piece)
data = out.getvalue()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_workbook(data)
except WorkbookRefused:
    print(len(data), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    size, grown = (int(number) for number in answer.stdout.split())
    assert size < read_workbook.FILE_SIZE
    assert grown < 40 * 1024  # kB


def test_an_honest_workbook_of_the_largest_size_stays_small():
    lines = [["Learning network", f"{index % 9000:04}", "active", D(2022, 1, 1), None, f"note {index}"]
             for index in range(20_000)]  # fmt: skip
    data = workbook(HEADS, *lines)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [sheet] = read_workbook.read_workbook(data)
    assert len(sheet.rows) == 20_001
    assert sheet.rows[-1][0] == 20_001
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 * 1024


def test_too_many_rows_are_refused():
    data = workbook(*[["a"]] * (read_workbook.ROWS + 1))
    with pytest.raises(WorkbookRefused):
        read_workbook.read_workbook(data)


def test_a_sheet_that_says_it_is_smaller_than_it_is():
    data = workbook(HEADS, *[["A", "0301", "active", f"{n}.1.2022"] for n in range(1, 21)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(SHEET)
    lying = repacked(data, {SHEET: sheet.replace(b'ref="A1:D21"', b'ref="A1:B3"')})
    [read] = read_workbook.read_workbook(lying)
    assert [number for number, _cells in read.rows] == list(range(1, 22))
    assert list(read.rows[-1][1]) == ["A", "0301", "active", "20.1.2022"]


def test_a_cell_far_away_costs_nothing():
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    book.active.cell(1_048_576, 4).value = "langt nede"
    book.active.cell(2, 16_384).value = "langt borte"
    out = io.BytesIO()
    book.save(out)
    start = time.perf_counter()
    [sheet] = read_workbook.read_workbook(out.getvalue())
    assert [number for number, _cells in sheet.rows] == [1, 1_048_576]
    assert time.perf_counter() - start < 5


def test_merged_cells_downwards_are_filled_and_sideways_are_not():
    book = openpyxl.Workbook()
    page = book.active
    for line in (["Title"], HEADS, ["A", "0301"], [None, "3004"], [None, "3025"], ["B", "0301"]):
        page.append(line)
    page.merge_cells("A1:D1")
    page.merge_cells("A3:A5")
    out = io.BytesIO()
    book.save(out)
    [sheet] = read_workbook.read_workbook(out.getvalue())
    assert [line[1][0] for line in sheet.rows] == ["Title", "Network", "A", "A", "A", "B"]
    assert not any(sheet.rows[0][1][1:])


def test_errors_and_formulas_are_told_apart_from_text():
    data = workbook(HEADS, ["=1+1", "#1 nettverk", "#REF!", "#N/A"])
    [sheet] = read_workbook.read_workbook(data)
    assert sheet.rows[1][1] == [Broken.FORMULA, "#1 nettverk", Broken.ERROR, Broken.ERROR]


ANYTHING = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.sampled_from(list(Broken)), st.sampled_from(HEADS),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.lists(ANYTHING, max_size=9), max_size=12), st.sampled_from(["Participations", "Nettverk", "Ark1"]))
def test_whatever_stands_in_the_cells_is_read_or_told(grid, title):
    """No cell makes the reader stumble; what is kept can be kept as JSON and read again."""
    import json

    sheet = read_workbook.Sheet(title, False, [(n, line) for n, line in enumerate([HEADS, *grid], 1) if line])
    book = rows.find_rows([sheet])
    kept = rows.book_from_json(json.loads(json.dumps(book.as_json(), allow_nan=False)))
    assert kept == book
    readers = [cells.line, cells.text, cells.day, cells.unit_number, cells.unit_numbers, cells.word]
    for found in book.lists:
        for _number, row in found.rows:
            for key in row:
                for reader in readers:
                    try:
                        reader(row, key if reader is not cells.word else "status")
                    except cells.CellFault as fault:
                        assert fault.sentence
                for whole in (cells.identity, cells.organisers, cells.themes):
                    try:
                        whole(row)
                    except cells.CellFault as fault:
                        assert fault.sentence


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 3000))
def test_a_file_with_damage_anywhere_is_read_or_refused(damage, at):
    data = bytearray(workbook())
    data[at : at + len(damage)] = damage
    try:
        read_workbook.read_workbook(bytes(data))
    except WorkbookRefused as error:
        assert str(error)
