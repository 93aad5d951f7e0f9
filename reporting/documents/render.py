"""Content to file, in any of the four formats."""

from __future__ import annotations

from typing import Literal

from .content import Content
from .render_html_words import FigureUrl

Format = Literal["pdf", "docx", "xlsx", "json"]

MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def render(content: Content, fmt: Format, *, links: FigureUrl | None = None, canonical: str | None = None) -> bytes:
    """The file's bytes. ``links`` gives the absolute address (https) behind a figure, or None where there is
    none. ``canonical`` is for a PDF whose ``content`` is given without its sheets: the canonical JSON of the whole.

    The same content and links give the same bytes. Raises ValueError on another format. The libraries are
    loaded on the first use of each format, so that a page which only shows a document does not pay for them.
    """
    if fmt == "pdf":
        from .pieces_kept import KeptPieces
        from .render_pdf import render_pdf

        return render_pdf(content, links, canonical, KeptPieces())
    if fmt == "docx":
        from .render_docx import render_docx

        return render_docx(content, links)
    if fmt == "xlsx":
        from .render_xlsx import render_xlsx

        return render_xlsx(content, links)
    if fmt == "json":
        from .render_json import render_json

        return render_json(content)
    raise ValueError(f"no format {fmt!r}")
