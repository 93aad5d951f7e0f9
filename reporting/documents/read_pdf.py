"""The words of a PDF that the portal drew, in the order they were drawn, to compare them with the Content.

The portal's PDFs carry for each font the table from its signs to letters (ToUnicode), as PDF/UA asks for; no more than
that is read here, and no layout is guessed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

Signs = dict[int, str]


def pdf_pages(data: bytes) -> list[str]:
    """All letters of each page without blanks, signs that have no letter left out. Raises ValueError for no PDF."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            known: dict[tuple[int, int], Signs] = {}
            pages = ["".join(_drawn(page.obj, page.obj.get("/Resources"), known)) for page in pdf.pages]
    except pikepdf.PdfError as error:
        raise ValueError("not a PDF") from error
    return [re.sub(r"\s+", "", page) for page in pages]


def _drawn(stream: Any, resources: Any, known: dict[tuple[int, int], Signs]) -> Iterator[str]:
    """The letters of a page or of a drawing inside it."""
    signs: Signs = {}
    fonts, drawings = (resources or {}).get("/Font", {}), (resources or {}).get("/XObject", {})
    for step in pikepdf.parse_content_stream(stream, "Tf Tj TJ ' \" Do"):
        operands, name = step.operands, str(step.operator)
        if name == "Tf":
            signs = _signs(fonts.get(str(operands[0])), known)
        elif name == "Do":
            inside = drawings.get(str(operands[0]))
            if inside is not None and inside.get("/Subtype") == "/Form":
                yield from _drawn(inside, inside.get("/Resources", resources), known)
        else:
            shown = operands[-1]
            pieces = shown if isinstance(shown, pikepdf.Array) else [shown]
            yield from (_letters(bytes(piece), signs) for piece in pieces if isinstance(piece, pikepdf.String))


def _letters(codes: bytes, signs: Signs) -> str:
    return "".join(signs.get(int.from_bytes(codes[at : at + 2], "big"), "") for at in range(0, len(codes), 2))


def _signs(font: Any, known: dict[tuple[int, int], Signs]) -> Signs:
    if font is None or "/ToUnicode" not in font:
        return {}
    key = font.objgen
    if key not in known or key == (0, 0):
        known[key] = _table(font.ToUnicode.read_bytes().decode("latin-1"))
    return known[key]


def _table(text: str) -> Signs:
    found: Signs = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = _text(letters)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for first, last, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int(letters, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = _text(f"{start + step:0{len(letters)}x}")
    return found


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", "replace")
