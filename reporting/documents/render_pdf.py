"""Content as PDF: for archiving (PDF/A-3a) and for everyone (PDF/UA-1), with the content itself attached as
JSON.

Nothing is read while it is made but the bundled style sheet and fonts, whatever the texts say. The same
Content gives the same bytes: no clock, no random names.
"""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pikepdf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from .content import Content, content_hash, to_json
from .formats import clean, language_tag, moment, one_line
from .render_html import paper_html
from .render_html_words import FigureUrl

STYLE = Path(__file__).resolve().parents[2] / "static" / "css" / "print.css"
FONTS = Path(__file__).resolve().parent / "fonts.conf"
ATTACHMENT = "content.json"

_environment = threading.Lock()


class BundledOnly(URLFetcher):
    """Opens ``data:`` addresses, which carry their own bytes, and refuses all others."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> object:
        """The bytes inside a ``data:`` address. Raises ValueError for every other address."""
        if not url.lower().startswith("data:"):
            raise ValueError(f"a document opens no address: {url[:100]}")
        return super().fetch(url, headers)


def render_pdf(content: Content, links: FigureUrl | None = None, canonical: str | None = None) -> bytes:
    """The document as PDF/A-3a and PDF/UA-1. ``links`` gives the absolute address behind a figure, or None;
    ``canonical`` the JSON of the whole where ``content`` is given without its sheets, which no page shows.

    Takes about half a second a page, and 400 MB for forty pages: call it from a background job.
    """
    if canonical is None:
        canonical = to_json(content)
    digest = content_hash(canonical)
    fetcher = BundledOnly()
    fonts = _bundled_fonts()
    page = weasyprint.HTML(string=paper_html(content, digest, links), url_fetcher=fetcher)
    style = weasyprint.CSS(string=STYLE.read_text("utf-8"), font_config=fonts, url_fetcher=fetcher)
    document = page.render(stylesheets=[style], font_config=fonts)
    document.metadata.attachments = [_attachment(content, canonical, fetcher)]
    document.metadata.created = document.metadata.modified = moment(content).strftime("%Y-%m-%dT%H:%M:%SZ")
    document.metadata.authors = [clean(content.label("publisher"))]
    document.metadata.title = one_line(f"{content.title}: {content.subtitle}")[:400]
    raw = document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=bytes.fromhex(digest))
    del page, style, document  # the pages laid out are of no more use, and the largest of all
    return _for_everyone(raw, content)


def _bundled_fonts() -> FontConfiguration:
    """A font configuration that knows the bundled fonts and no others.

    Fontconfig reads the name of its file from the environment and from there alone; it is set only for the
    moment in which it is read, because programs started from this process need the machine's own fonts.
    """
    with _environment:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(FONTS)
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


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


def _for_everyone(raw: bytes, content: Content) -> bytes:
    """The file with its PDF/UA mark, its language and a title in the window's bar."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
        packet = packet.replace(b"</rdf:RDF>", _EXTENSION.encode("utf-8") + b"</rdf:RDF>", 1)
        pdf.Root.Metadata = pikepdf.Stream(pdf, packet)
        pdf.Root.Metadata.Type = pikepdf.Name.Metadata
        pdf.Root.Metadata.Subtype = pikepdf.Name.XML
        pdf.Root.Lang = pikepdf.String(language_tag(content))
        preferences = pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary())
        preferences.DisplayDocTitle = True
        pdf.Root.ViewerPreferences = preferences
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
