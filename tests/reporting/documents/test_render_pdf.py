"""The PDF: for archiving and for everyone, the same each time, and made without opening anything."""

from __future__ import annotations

import hashlib
import io
import os
import re
import socket
import sys
import tempfile
import threading
import urllib.request
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from django.conf import settings

from reporting.documents import render_pdf, render_pdf_piece
from reporting.documents.content import Content, Heading, Paragraph, Text, content_hash, to_json
from tests import verapdf

from .compare import pdf_text
from .conftest import made
from .fixture_content import NB

pytestmark = pytest.mark.looks


def _small(**changes) -> Content:
    content = Content(
        title="Kvittering", subtitle="Fredrikstad", language="nb", as_of=date(2022, 5, 1),
        frozen_at="2022-05-02T10:00:00+02:00", version="1", labels=tuple(NB.items()), kind="receipt",
        blocks=(Heading("a", 1, "Svar", False), Paragraph((Text("Alt er mottatt."),))), meta=(("Sendt av", "Kari"),),
    )  # fmt: skip
    return replace(content, **changes)


def _open(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


@pytest.mark.parametrize("name", ["note", "hostile"])
def test_both_profiles_pass(name, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(made(name, "pdf"))
    for profile in verapdf.check(path).values():
        assert profile.compliant, profile.failures


def test_the_content_is_attached_as_data_with_the_hash_on_the_cover(note):
    data = made("note", "pdf")
    with _open(data) as pdf:
        names = list(pdf.attachments)
        assert names == ["content.json"]
        attached = pdf.attachments["content.json"]
        body = attached.get_file().read_bytes()
        assert attached.obj.AFRelationship == "/Data"
    assert body.decode("utf-8") == to_json(note)
    digest = hashlib.sha256(body).hexdigest()
    assert digest == content_hash(to_json(note))
    text = pdf_text(data)
    assert digest in text
    assert text.count(f"Versjon 1.0 · {digest[:12]}") == _pages(data) - 1


def _pages(data: bytes) -> int:
    with _open(data) as pdf:
        return len(pdf.pages)


def test_language_title_tags_and_marks_are_set(note):
    with _open(made("note", "pdf")) as pdf:
        assert str(pdf.Root.Lang) == "nb-NO"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        metadata = pdf.Root.Metadata.read_bytes().decode("utf-8")
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert "http://www.aiim.org/pdfua/ns/id/" in metadata and "<pdfaSchema:prefix>pdfuaid" in metadata
        fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.get("/Font", {}).values()}
    assert fonts and all("Inter" in font for font in fonts)


def test_nynorsk_is_marked_as_nynorsk():
    with _open(render_pdf.render_pdf(_small(language="nn"))) as pdf:
        assert str(pdf.Root.Lang) == "nn-NO"


def test_pages_are_numbered_and_demo_data_is_marked_on_every_one(note):
    data = made("note", "pdf")
    pages = pdf_text(data).split("\f")[:-1]
    assert len(pages) == _pages(data)
    for number, page in enumerate(pages, 1):
        assert note.label("sample") in page
        if number > 1:
            assert f"Side {number} av {len(pages)}" in page


def test_real_data_carries_no_sample_mark():
    text = pdf_text(render_pdf.render_pdf(_small()))
    assert NB["sample"] not in text and "Side 1 av 1" in text and "Alt er mottatt." in text


def test_the_list_of_contents_names_the_page_each_chapter_is_on(note):
    pages = pdf_text(made("note", "pdf")).split("\f")
    contents = next(page for page in pages if page.startswith("Innhold\n"))
    for entry, heading in (
        ("1 Metode", "1 Metode"),
        ("4 De 25 løsningene", "4 De 25 løsningene"),
        ("Vedlegg A: Kommunene", "Vedlegg A: Kommunene"),
        ("Vedlegg B: Definisjoner og regler", "Vedlegg B: Definisjoner og regler"),
    ):
        first = next(n for n, page in enumerate(pages, 1) if n > 3 and heading in page.replace("\u00a0", " "))
        assert re.search(rf"^{re.escape(entry)} {first}$", contents, re.M), (entry, first, contents)


def test_charts_have_text_alternatives_and_tables_have_repeated_heads(note):
    with _open(made("note", "pdf")) as pdf:
        elements = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary) and obj.get("/S") == "/Figure"]
        alts = [str(element.Alt) for element in elements]
        titles = [str(item.title) for item in _outline(pdf)]
    wanted = [block.alt for block in note.blocks if getattr(block, "alt", "")]
    assert set(wanted) <= set(alts)
    assert "Kort fortalt" in titles and any("Planstatus" in title for title in titles)


def _outline(pdf):
    with pdf.open_outline() as outline:
        yield from outline.root


def test_two_runs_give_the_same_bytes():
    assert render_pdf.render_pdf(_small()) == render_pdf.render_pdf(_small())


def test_a_character_without_a_shape_is_told_of_and_stays_in_the_attachment():
    content = _small(blocks=(Heading("a", 1, "Svar", False), Paragraph((Text("hei 🎉"),))))
    data = render_pdf.render_pdf(content)
    text = pdf_text(data)
    assert "hei □" in text and "1 tegn finnes ikke i skriften" in text
    with _open(data) as pdf:
        assert "hei 🎉" in pdf.attachments["content.json"].get_file().read_bytes().decode("utf-8")


# Nothing is opened


class _Counter(BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def inner_server():
    _Counter.hits = []
    server = HTTPServer(("127.0.0.1", 0), _Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watched(monkeypatch):
    """Every address that is asked for, and a wall in front of the network."""
    asked: list[str] = []
    real = render_pdf_piece.BundledOnly.fetch

    def fetch(self, url, headers=None):
        asked.append(url)
        return real(self, url, headers)

    def refuse(*args, **kwargs):
        raise AssertionError(f"something was opened: {args}")

    monkeypatch.setattr(render_pdf_piece.BundledOnly, "fetch", fetch)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return asked


def test_hostile_texts_are_never_fetched(watched):
    texts = (
        '<img src="http://169.254.169.254/latest">', '<link rel="attachment" href="file:///etc/passwd">',
        "<style>@import url(http://10.0.0.1/a.css); body{background:url(file:///etc/hosts)}</style>",
        '"><object data="https://example.org/x.svg"></object>', "url('http://localhost:6379/')",
        '<svg><image href="file:///etc/passwd"/><use href="http://a.example/#b"/></svg>', "file:///etc/passwd",
    )  # fmt: skip
    content = _small(
        title=texts[0], subtitle=texts[1], meta=tuple((t, t) for t in texts),
        blocks=(Heading("a", 1, texts[2]), *(Paragraph((Text(t), Text(t, True, t))) for t in texts)),
    )  # fmt: skip
    data = render_pdf.render_pdf(content)
    assert [url for url in watched if not url.startswith("data:")] == []
    shown = pdf_text(data).replace("\n", "")
    assert "file:///etc/passwd" in shown and "root:" not in shown
    with _open(data) as pdf:
        assert list(pdf.attachments) == ["content.json"]
        assert not [a for page in pdf.pages for a in page.get("/Annots", []) if a.get("/A", {}).get("/URI")]


_LISTENING: list[list[tuple[str, str]]] = []


def _audit(event: str, args: tuple) -> None:
    """An audit hook cannot be taken away; it writes nothing down while nobody listens."""
    if _LISTENING and event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        _LISTENING[-1].append(
            (event, os.fspath(args[0]) if event == "open" and not isinstance(args[0], int) else event)
        )


@pytest.fixture
def opened():
    """What Python itself opens while a test runs: files by path, connections, programs."""
    sys.addaudithook(_audit)
    _LISTENING.append([])
    yield _LISTENING[-1]
    _LISTENING.pop()


def test_drawing_opens_nothing_but_what_came_with_the_portal(hostile, opened):
    """The document of hostile texts, drawn whole: only files of the project, of its environment and of Python, and
    temporary ones; no connection and no other program."""
    render_pdf.render_pdf(hostile)
    with open(os.devnull, "rb"):  # the hook hears
        pass
    heard = [(event, os.fsdecode(path)) for event, path in opened]
    assert ("open", os.devnull) in heard
    heard.remove(("open", os.devnull))
    allowed = tuple(
        str(Path(place).resolve())
        for place in (
            settings.BASE_DIR,
            sys.prefix,
            sys.base_prefix,
            tempfile.gettempdir(),
            os.path.dirname(os.__file__),
        )
    )
    foreign = [
        (event, path) for event, path in heard if event != "open" or not str(Path(path).resolve()).startswith(allowed)
    ]
    assert foreign == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/",
        "ftp://x/",
        "//x/y",
        "/etc/passwd",
    ],
)
def test_the_fetcher_refuses_every_address_but_data(url):
    with pytest.raises(ValueError, match="a document opens no address"):
        render_pdf_piece.BundledOnly().fetch(url)


def test_even_markup_that_got_through_would_fetch_nothing(inner_server):
    """The escaping is the first wall; this takes it away and shows that the second one stands."""
    html = (
        f'<html lang="nb"><title>x</title><link rel="stylesheet" href="{inner_server}/a.css">'
        f'<link rel="attachment" href="file:///etc/passwd"><link rel="attachment" href="{inner_server}/b">'
        f"<style>@import url({inner_server}/c.css); @font-face{{font-family:x;src:url({inner_server}/f)}}"
        f"p{{background:url(file:///etc/hosts);font-family:x}}</style>"
        f'<p><img src="{inner_server}/d.png"><img src="file:///etc/passwd"><object data="{inner_server}/e"></object>'
        f'<svg><image href="{inner_server}/g.png"/><use href="{inner_server}/h.svg#a"/></svg>'
        "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
        f"<image href='{inner_server}/i'/></svg>\">"
    )
    data = weasyprint.HTML(string=html, url_fetcher=render_pdf_piece.BundledOnly()).write_pdf()
    assert _Counter.hits == []
    with _open(data) as pdf:
        assert not list(pdf.attachments)
    assert "root:" not in pdf_text(data)


def test_links_lead_to_web_addresses_only(note):
    with _open(made("note", "pdf")) as pdf:
        actions = [note.A for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note]
        addresses = {str(action.URI) for action in actions if "/URI" in action}
    assert "https://portal.example/tall/T1.8/country/" in addresses
    assert all(address.startswith("https://portal.example/tall/") for address in addresses)


def test_the_machines_own_fonts_are_still_there_afterwards(monkeypatch):
    import os

    monkeypatch.setenv("FONTCONFIG_FILE", "/somewhere/fonts.conf")
    render_pdf_piece.bundled_fonts()
    assert os.environ["FONTCONFIG_FILE"] == "/somewhere/fonts.conf"
    monkeypatch.delenv("FONTCONFIG_FILE")
    render_pdf_piece.bundled_fonts()
    assert "FONTCONFIG_FILE" not in os.environ
