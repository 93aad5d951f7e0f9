"""Packed files that would harm whoever opens them are refused before any library does."""

from __future__ import annotations

import io
import zipfile

import pytest

from municipalities import archives
from municipalities.archives import DOCUMENT, ArchiveRefused, Bounds, judge
from municipalities.services.plan_documents import Upload, upload_fault
from reporting.documents import read_files

MEGA = 1024 * 1024
TYPES, WORD = "[Content_Types].xml", "word/document.xml"


def packed(parts: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(**parts: bytes) -> bytes:
    return packed({TYPES: b"<x/>", WORD: b"<x/>", **{name.replace("__", "/"): data for name, data in parts.items()}})


def locked() -> bytes:
    """Says of each part that it has a password."""
    data = bytearray(docx())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            data[start + at] |= 1
    return bytes(data)


def hidden_list() -> bytes:
    """A list of parts that is longer than any, behind a second mark of its end that says it is empty."""
    data = bytearray(packed({f"word/{'x' * 900}{n}": b"" for n in range(1300)}))
    assert len(data) > archives.LARGEST_LIST
    at = data.rindex(b"PK\x05\x06")
    data[at + 16 : at + 20] = b"PK\x05\x06"
    return bytes(data)


BILLION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
INNER = packed({"a.xml": b"<x/>"})
HOSTILE = {
    "entities": (docx(word__a=BILLION), archives.DECLARES),
    "a file of the server": (docx(word__a=b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'), archives.DECLARES),
    "entities in two bytes a letter": (docx(word__a=BILLION.decode().encode("utf-16")), archives.DECLARES),
    "entities across two pieces": (
        packed({"a": b"<x>" + b"y" * (archives.CHUNK - 6) + b"<!ENTITY a 'b'></x>"}, compression=zipfile.ZIP_STORED),
        archives.DECLARES,
    ),
    "unpacks to 160 MB": (docx(**{f"word__{n}": bytes(8 * MEGA) for n in range(20)}), archives.BOMB),
    "a ratio of a thousand": (docx(word__a=bytes(20 * MEGA)), archives.BOMB),
    "four thousand parts": (packed({f"word/{n}": b"" for n in range(4_001)}), archives.BOMB),
    "another way of packing": (packed({TYPES: b"<x/>"}, compression=zipfile.ZIP_LZMA), archives.BOMB),
    "a password": (locked(), archives.LOCKED),
    "archives in archives": (docx(word__a=packed({"b.zip": INNER})), archives.NESTED),
    "another kind of archive": (docx(word__a=b"7z\xbc\xaf\x27\x1c" + b"x" * 99), archives.NESTED),
    "a bomb inside": (docx(word__a=packed({"b": bytes(90 * MEGA)})), archives.BOMB),
    "entities inside": (docx(word__a=packed({"b.xml": BILLION})), archives.DECLARES),
    "a long list with two ends": (hidden_list(), archives.BROKEN),
    "cut short": (docx()[:-30], archives.BROKEN),
    "no archive": (b"MZ" + b"x" * 99, archives.BROKEN),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_refused_and_why(name):
    data, code = HOSTILE[name]
    with pytest.raises(ArchiveRefused) as refused:
        judge(data, DOCUMENT)
    assert refused.value.code == code


@pytest.mark.parametrize("name", HOSTILE)
def test_none_of_them_is_kept_as_a_document(name):
    assert upload_fault(Upload("sak.docx", HOSTILE[name][0])).startswith("sak.docx")


def test_what_office_programs_write_is_taken():
    picture = bytes(range(256)) * 8192
    whole = docx(
        word__media__a=picture, word__embeddings__b=INNER, customXml__c=b'<?xml version="1.0" encoding="UTF-8"?>'
    )
    judge(whole, DOCUMENT)
    assert upload_fault(Upload("sak.docx", whole)) == ""


def test_the_bounds_hold_to_the_last_one():
    judge(packed({"a": b"x" * 100}), Bounds(unpacked=100, parts=1))
    for bounds in (Bounds(unpacked=99, parts=1), Bounds(unpacked=100, parts=0)):
        with pytest.raises(ArchiveRefused):
            judge(packed({"a": b"x" * 100}), bounds)
    judge(packed({"a": b"<a/><b/>"}), Bounds(unpacked=100, parts=1, elements=2))
    with pytest.raises(ArchiveRefused):
        judge(packed({"a": b"<a/><b/>"}), Bounds(unpacked=100, parts=1, elements=1))


def test_a_part_that_says_it_is_smaller_than_it_is():
    data = bytearray(packed({"a": b"x" * 5000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(ArchiveRefused) as refused:
        judge(bytes(data), DOCUMENT)
    assert refused.value.code == archives.BROKEN


@pytest.mark.parametrize("read", [read_files.docx_rows, read_files.docx_text, read_files.xlsx_sheets])
def test_our_own_files_are_judged_too_when_they_come_back(read, monkeypatch):
    """A library that opened one of these would fail the test, not refuse the file."""

    def never(*_args, **_kwargs):
        raise AssertionError("the file was opened")

    monkeypatch.setattr(read_files, "WordDocument", never)
    monkeypatch.setattr(read_files.openpyxl, "load_workbook", never)
    with pytest.raises(ValueError, match="not a"):
        read(HOSTILE["entities"][0])
