"""Reading finished files back, to check that they say what their Content says. The only reader of our own files.

Each function gives the values of the tables as the file holds them, keyed by table and row, or the words of its pages.
"""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl  # noqa: TID251 (this file reads what the renderers wrote)
import pikepdf
from docx import Document as WordDocument  # noqa: TID251 (the same)
from docx.oxml.ns import qn  # noqa: TID251 (the same)

from municipalities import archives


def pdf_attachment(data: bytes) -> bytes:
    """The JSON that is attached to a PDF. Raises ValueError when there is none, or the file is no PDF."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for name, spec in pdf.attachments.items():
                if name.endswith(".json"):
                    return bytes(spec.get_file().read_bytes())
    except pikepdf.PdfError as error:
        raise ValueError("not a PDF") from error
    raise ValueError("no JSON is attached")


def docx_rows(data: bytes) -> list[list[str]]:
    """Every row of every table of a Word file, in reading order, as texts. Raises ValueError when it is no Word file.

    A cell that spans several columns is one text.
    """
    return [
        [_text(cell) for cell in row.iter(qn("w:tc"))]
        for table in _word_body(data).iter(qn("w:tbl"))
        for row in table.iter(qn("w:tr"))
    ]


def docx_text(data: bytes) -> str:
    """All words of a Word file's paragraphs and tables, in reading order. Raises ValueError as ``docx_rows``."""
    return "\n".join(_text(paragraph) for paragraph in _word_body(data).iter(qn("w:p")))


def _word_body(data: bytes) -> Any:
    _judge(data, "a Word file")
    try:
        return WordDocument(io.BytesIO(data)).element.body
    except Exception as error:  # zip, XML and package errors of several libraries
        raise ValueError("not a Word file") from error


def _judge(data: bytes, kind: str) -> None:
    """Whoever brings a file to be compared may have made it: it is judged before a library opens it. Raises
    ValueError."""
    try:
        archives.judge(data, archives.OWN_FILE)
    except archives.ArchiveRefused as refused:
        raise ValueError(f"not {kind}") from refused


def _text(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def xlsx_sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Every sheet of a workbook as rows of values. Raises ValueError when it is no workbook."""
    _judge(data, "an Excel workbook")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # zip, XML and package errors of several libraries
        raise ValueError("not an Excel workbook") from error
    try:
        return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()


def control_code(data: bytes, fmt: str) -> str:
    """The hash of the Content that a Word or Excel file says it was drawn from: in its properties, where editing it
    leaves it, else on its cover; empty where it says none. Raises ValueError when it is no such file."""
    _judge(data, "a Word file" if fmt == "docx" else "an Excel workbook")
    if fmt == "docx":
        try:
            said = WordDocument(io.BytesIO(data)).core_properties.comments or ""
        except Exception as error:  # as above
            raise ValueError("not a Word file") from error
        words = docx_text(data)
    else:
        words = "\n".join(str(cell) for row in next(iter(xlsx_sheets(data).values()), []) for cell in row)
        said = openpyxl.load_workbook(io.BytesIO(data), read_only=True).properties.description or ""
    found = re.findall(r"\b[0-9a-f]{64}\b", f"{said}\n{words}")
    return found[0] if found else ""
