"""Content as PDF: for archiving (PDF/A-3a) and for everyone (PDF/UA-1), with the content itself attached as
JSON.

Nothing is read while it is made but the bundled style sheets and fonts, and pieces that were drawn before, whatever the
texts say. The same Content gives the same bytes, with such pieces and without: no clock, no random names.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import weasyprint
from weasyprint.urls import URLFetcher

from .content import Content, content_hash, to_json
from .formats import clean, language_tag, moment, one_line
from .pieces import Keeper, NothingKept
from .render_html_paper import Drawable, Paper, Stretch
from .render_html_words import FigureUrl
from .render_pdf_join import Placed, joined
from .render_pdf_piece import Drawer

ATTACHMENT = "content.json"


def render_pdf(
    content: Content, links: FigureUrl | None = None, canonical: str | None = None, keeper: Keeper | None = None
) -> bytes:
    """The document as PDF/A-3a and PDF/UA-1. ``links`` gives the absolute address behind a figure, or None;
    ``canonical`` the JSON of the whole where ``content`` is given without its sheets, which no page shows; ``keeper``
    has the pieces that were drawn before.

    Takes about a fifth of a second a page that is drawn, and some 10 MB for each of the pages of its longest piece:
    call it from a background job.
    """
    if canonical is None:
        canonical = to_json(content)
    digest = content_hash(canonical)
    paper = Paper(content, digest, links)
    drawer = Drawer(NothingKept() if keeper is None else keeper)
    parts = _parts(paper, drawer) if paper.long else [_once(drawer, paper.short())]
    feet = drawer.feet(paper.feet(sum(part.piece.pages for part in parts)))
    shell = _shell(content, canonical, digest, drawer)
    with joined(shell, parts, feet, bare=1 if paper.long else 0) as pdf:
        return _for_everyone(pdf, content)


def _once(drawer: Drawer, drawable: Drawable) -> Placed:
    return Placed(drawer.once(drawable), drawable.addresses)


def _parts(paper: Paper, drawer: Drawer) -> list[Placed]:
    """The pieces of a long document in their order. The list of contents is drawn last, when the pages are counted; its
    numbers stand in a column of their own, so its own pages do not hang on what they say."""
    parts = [_once(drawer, paper.cover())]
    ends = []
    for stretch in paper.stretches():
        parts += _runs(paper, drawer, stretch)
        ends.append(len(parts))
    at = ends[0]  # after the summary
    pages = 1
    while True:
        listed = _once(drawer, paper.contents(_pages(parts, at, pages)))
        if listed.piece.pages == pages:
            return [*parts[:at], listed, *parts[at:]]
        pages = listed.piece.pages


def _runs(paper: Paper, drawer: Drawer, stretch: Stretch) -> Iterator[Placed]:
    """The pieces of a stretch: one, or more where it holds a long table."""
    item = row = 0
    while True:
        drawable = paper.run(stretch, item, row)
        piece = drawer.kept(drawable)
        yield Placed(piece, drawable.addresses)
        if drawable.cut is None:
            return
        item, row = drawable.item, piece.next_row or 0


def _pages(parts: list[Placed], at: int, more: int) -> dict[str, int]:
    """The page of each place, from 1, with ``more`` pages put in before the part ``at``."""
    found: dict[str, int] = {}
    first = 1
    for number, part in enumerate(parts):
        first += more if number == at else 0
        for name, (page, _x, _y) in part.piece.places.items():
            found.setdefault(name, first + page)
        first += part.piece.pages
    return found


def _shell(content: Content, canonical: str, digest: str, drawer: Drawer) -> bytes:
    """An empty page with what the document has but once: title, author, times, the Content, the marks of PDF/A."""
    document = drawer.shell(one_line(f"{content.title}: {content.subtitle}")[:400], language_tag(content))
    document.metadata.attachments = [_attachment(content, canonical, drawer.fetcher)]
    document.metadata.created = document.metadata.modified = moment(content).strftime("%Y-%m-%dT%H:%M:%SZ")
    document.metadata.authors = [clean(content.label("publisher"))]
    return document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=bytes.fromhex(digest))  # type: ignore[no-any-return]


def _attachment(content: Content, canonical: str, fetcher: URLFetcher) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=canonical,
        name=ATTACHMENT,
        description=one_line(content.label("attachment"))[:200],
        relationship="Data",
        created=moment(content),
        modified=moment(content),
        url_fetcher=fetcher,
    )


# ISO 19005 wants every XMP property that is not its own to be declared; this one says the file is PDF/UA.
_EXTENSION = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"> <pdfaExtension:schemas><rdf:Bag><rdf:li
  rdf:parseType="Resource"> <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
<rdf:Description rdf:about=""
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
"""


def _for_everyone(pdf: pikepdf.Pdf, content: Content) -> bytes:
    """The file with its PDF/UA mark, its language and a title in the window's bar."""
    packet = pdf.Root.Metadata.read_bytes()
    packet = packet.replace(b"</rdf:RDF>", _EXTENSION.encode("utf-8") + b"</rdf:RDF>", 1)
    pdf.Root.Metadata = pikepdf.Stream(pdf, packet)
    pdf.Root.Metadata.Type = pikepdf.Name.Metadata
    pdf.Root.Metadata.Subtype = pikepdf.Name.XML
    pdf.Root.Lang = pikepdf.String(language_tag(content))
    preferences = pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary())
    preferences.DisplayDocTitle = True
    pdf.Root.ViewerPreferences = preferences
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
