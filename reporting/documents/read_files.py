"""Reading finished files back, to check that they say what their Content says. The only reader of our own files.

Each function gives the values of the tables as the file holds them, keyed by table and row, or the words of its pages.
"""

from __future__ import annotations

import io
from typing import Any

import openpyxl  # noqa: TID251 (this file reads what the renderers wrote)
import pikepdf
from docx import Document as WordDocument  # noqa: TID251 (the same)


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


def docx_tables(data: bytes) -> list[list[list[str]]]:
    """Every table of a Word file as rows of texts. Raises ValueError when it is no Word file."""
    try:
        document = WordDocument(io.BytesIO(data))
    except Exception as error:  # zip, XML and package errors of several libraries
        raise ValueError("not a Word file") from error
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def docx_text(data: bytes) -> str:
    """All words of a Word file's paragraphs, headers, footers and tables."""
    document = WordDocument(io.BytesIO(data))
    parts = [paragraph.text for paragraph in document.paragraphs]
    for table in docx_tables(data):
        parts += [" ".join(row) for row in table]
    return "\n".join(parts)


def xlsx_sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """Every sheet of a workbook as rows of values. Raises ValueError when it is no workbook."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # zip, XML and package errors of several libraries
        raise ValueError("not an Excel workbook") from error
    try:
        return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()
