"""A PDF drawn in pieces is one document: its tags, links, bookmarks and page numbers. It is the same, byte for byte,
with pieces that were kept and without."""

from __future__ import annotations

import gc
import io
import os
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from reporting.documents import render_html_paper, render_pdf_piece
from reporting.documents.content import Column, Content, Definitions, Figure, Heading, Paragraph, Row, Table, Text
from reporting.documents.pause import no_collections
from reporting.documents.pieces import Mark, Piece, unpacked
from reporting.documents.pieces_kept import KeptPieces
from reporting.documents.read_pdf import pdf_pages
from reporting.documents.render_pdf import render_pdf
from tests import verapdf

from .conftest import made
from .fixture_content import NB

pytestmark = pytest.mark.looks


class Kept(dict):
    """A keeper that remembers what was asked for and what was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[str] = []

    def put(self, key: str, packed: bytes) -> None:
        self[key] = packed
        self.drawn.append(key)


def table(rows: int, *, name: str = "T1", kind: str = "annex", letters: dict[int, int] | None = None) -> Table:
    """A table of numbered rows; ``letters`` gives some rows a text of so many."""
    columns = (Column("name", "Navn"), Column("note", "Merknad"), Column("n", "Antall", "count", f"{name}.1", "Talt."))
    lines = tuple(
        Row(f"{name}-{n}", (f"{name}«{n}»", "x " * ((letters or {}).get(n, 0) // 2), Figure(n, "count", f"{name}.1")))
        for n in range(rows)
    )
    return Table(name, f"Tabell {name}", columns, lines, "Merk dette.", kind)


def note(*blocks: object, **changes: object) -> Content:
    content = Content(
        title="Notat", subtitle="Prøve", language="nb", as_of=date(2022, 5, 1), labels=tuple(NB.items()),
        frozen_at="2022-05-02T10:00:00+02:00", version="1",
        blocks=(Heading("summary", 1, "Kort fortalt", False), *blocks),  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(content, **changes)  # type: ignore[arg-type]


def words(text: str, figure: str = "") -> Paragraph:
    return Paragraph((Text(text), Figure(7, "count", figure)) if figure else (Text(text),))


THREE = (
    Heading("one", 1, "Først"), words("Se tallet", "T2.1"), table(3, name="T1", kind="main"),
    Heading("two", 1, "Så"), words("Ord."), Heading("within", 2, "Innenfor"), table(3, name="T2", kind="main"),
    Heading("three", 1, "Sist"), words("Og her", "T1.1"),
    Definitions("Definisjoner"),
)  # fmt: skip


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


# --- the same bytes -------------------------------------------------------------------------------


def test_kept_pieces_give_the_same_bytes_as_none():
    kept = Kept()
    content = note(*THREE)
    bare, first, second = (
        render_pdf(content),
        render_pdf(content, None, None, kept),
        render_pdf(content, None, None, kept),
    )
    assert bare == first == second
    assert len(kept.drawn) == 5  # summary, three chapters, definitions: each was drawn once


def test_a_change_of_the_code_alone_draws_anew_and_changes_no_byte(monkeypatch):
    """The ids inside the file came from the renderer's fingerprint once: then a comment in its code gave every note
    that is made again other bytes."""
    kept = Kept()
    first = render_pdf(note(*THREE), None, None, kept)
    kept.drawn.clear()
    monkeypatch.setattr(render_pdf_piece, "fingerprint", lambda: "another code")
    again = render_pdf(note(*THREE), None, None, kept)
    assert len(kept.drawn) == 5 and again == first


def test_a_change_draws_its_own_piece_alone():
    kept = Kept()
    render_pdf(note(*THREE), None, None, kept)
    kept.drawn.clear()
    changed = note(*THREE[:-2], words("Noe annet", "T1.1"), THREE[-1], version="2")
    data = render_pdf(changed, lambda figure: "https://portal.example/2/", None, kept)
    assert data == render_pdf(changed, lambda figure: "https://portal.example/2/")
    # Where links were not, they are: the pieces with figures are drawn; where they lead is not in them.
    kept.drawn.clear()
    other = render_pdf(changed, lambda figure: "https://portal.example/another/", None, kept)
    assert not kept.drawn
    with opened(other) as pdf:
        assert {str(link.A.URI) for link in links_of(pdf) if "/A" in link} == {"https://portal.example/another/"}


def test_a_chapter_that_grows_moves_the_others_without_drawing_them():
    kept = Kept()
    render_pdf(note(*THREE), None, None, kept)
    kept.drawn.clear()
    longer = note(*THREE[:3], *(words("Mye mer. " * 300) for _ in range(6)), *THREE[3:])
    data = render_pdf(longer, None, None, kept)
    assert len(kept.drawn) == 1 and data == render_pdf(longer)
    pages = pdf_pages(data)
    last = next(number for number, page in enumerate(pages, 1) if "3Sist" in page and number > 3)
    assert f"Side{last}av{len(pages)}" in pages[last - 1] and f"3Sist{last}" in pages[2]


def test_a_piece_that_is_not_whole_is_drawn_anew():
    kept = Kept()
    content = note(*THREE)
    first = render_pdf(content, None, None, kept)
    for key in list(kept):
        dict.__setitem__(kept, key, kept[key][:-10])
    kept.drawn.clear()
    assert render_pdf(content, None, None, kept) == first and len(kept.drawn) == 5


def test_a_piece_comes_back_as_it_was_packed():
    piece = Piece(b"%PDF\n\x00", 2, {"a": (1, 2.25, 3.5)}, (Mark(1, "Å", (0, 1.0, 2.0)),), {"F": (1, 2)}, 12)
    packed = piece.packed()
    assert unpacked(packed) == piece
    assert [unpacked(bad) for bad in (b"", packed[:-1], packed.replace(b"PDF", b"pdf"))] == [None] * 3


def test_a_receipt_keeps_no_pieces():
    kept = Kept()
    render_pdf(note(*THREE, kind="receipt"), None, None, kept)
    assert not kept


def test_pieces_are_kept_in_the_folder_and_missed_without_harm(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    keeper = KeptPieces()
    assert keeper.get("ab12") is None
    keeper.put("ab12", b"x")
    path = tmp_path / "pieces" / "ab" / "ab12"
    os.utime(path, (1, 1))
    assert keeper.get("ab12") == b"x" and path.stat().st_mtime > 1  # it counts as used now
    assert [file.name for file in path.parent.iterdir()] == ["ab12"] and path.stat().st_mode & 0o077 == 0
    settings.DOCUMENT_ROOT = path  # a file: nothing can be written below it
    keeper.put("cd34", b"y")
    assert keeper.get("cd34") is None


# --- one document ---------------------------------------------------------------------------------


def links_of(pdf: pikepdf.Pdf) -> list:
    return [link for page in pdf.pages for link in page.get("/Annots", [])]


def test_every_link_leads_to_a_place_of_the_document():
    with opened(render_pdf(note(*THREE))) as pdf:
        names = pdf.Root.Names.Dests.Names
        places = {str(name): spot for name, spot in zip(names[::2], names[1::2], strict=True)}
        links = links_of(pdf)
        assert {"def-T1-1", "def-T2-1", "three", "T1"} <= {str(link.Dest) for link in links}
        assert {str(link.Dest) for link in links} <= set(places)
        assert all(str(link.Contents) == str(link.Dest) and link.F == 4 for link in links)
        number = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
        pages = pdf_pages(render_pdf(note(*THREE)))
        for place, there in (("one", "1Først"), ("two", "2Så"), ("three", "3Sist"), ("def-T1-1", "Definisjoner")):
            assert there in pages[number[places[place][0].objgen]], place


def test_a_link_to_what_is_not_there_is_no_link():
    """Without the annex of definitions a figure has its reference, and nothing to lead to."""
    with opened(render_pdf(note(*THREE[:-1]))) as pdf:
        assert {str(link.Dest) for link in links_of(pdf)} == {"summary", "one", "two", "three", "T1", "T2"}


def test_bookmarks_stand_in_their_order_and_depth_and_lead_to_their_pages():
    data = render_pdf(note(*THREE))
    pages = pdf_pages(data)
    with opened(data) as pdf, pdf.open_outline() as outline:
        number = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
        found = [(item.title, [child.title for child in item.children]) for item in outline.root]
        for item in outline.root:
            assert item.title.replace(" ", "") in pages[number[item.destination[0].objgen]]
    assert [title for title, _ in found] == ["Kort fortalt", "Innhold", "1 Først", "2 Så", "3 Sist", "Definisjoner"]
    assert dict(found)["2 Så"] == ["Innenfor"] and sum(len(children) for _, children in found) == 1


def test_tags_belong_to_the_page_they_stand_on_and_heads_have_names_of_their_own():
    with opened(made("note", "pdf")) as pdf:
        tree = pdf.Root.StructTreeRoot
        assert [str(element.S) for element in tree.K] == ["/Document"]
        numbers = [int(number) for number in tree.ParentTree.Nums[::2]]
        tagged = dict(zip(numbers, tree.ParentTree.Nums[1::2], strict=True))
        assert numbers == sorted(set(numbers))
        for page in pdf.pages:
            elements = list(tagged[int(page.StructParents)])
            assert elements and all(element.Pg.objgen == page.obj.objgen for element in elements)
            for link in page.get("/Annots", []):
                assert tagged[int(link.StructParent)].S == "/Link"
        elements = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        heads = [str(item.ID) for item in elements if item.get("/ID") is not None]
        named = {str(name) for item in elements if "/A" in item for name in item.A.get("/Headers", [])}
        assert heads and len(heads) == len(set(heads)) and named <= set(heads) and named


def test_all_pieces_share_the_fonts():
    with opened(made("note", "pdf")) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
        files = {font.DescendantFonts[0].FontDescriptor.FontFile2.objgen for font in fonts}
        assert len(fonts) > 4 and len(files) == 2


# --- long tables ----------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """Runs of so few rows that a short test has many of them."""

    def set_to(rows: int) -> None:
        for module in ("render_html_paper", "render_pdf_piece"):
            monkeypatch.setattr(f"reporting.documents.{module}.RUN", rows)

    return set_to


def rows_read(pages: list[str], name: str) -> list[int]:
    """The numbers of a table's rows in the order they stand."""
    return [int(part.split("»")[0]) for part in "".join(pages).split(f"{name}«")[1:]]


def test_a_long_table_looks_as_if_it_were_drawn_at_once(runs):
    """The same rows on the same pages, whatever the length of the runs; heads on every page, the name on the first and
    the note on the last."""
    content = note(Heading("a", 1, "Vedlegg"), table(240), words("Etterpå."), table(150, name="T2"), Definitions("D"))
    drawn = []
    for length in (1_000, 80):
        runs(length)
        kept = Kept()
        drawn.append((pdf_pages(render_pdf(content, None, None, kept)), len(kept.drawn)))
    (whole, few), (cut, many) = drawn
    assert cut == whole and many > few + 3, (few, many)
    assert rows_read(cut, "T1") == list(range(240)) and rows_read(cut, "T2") == list(range(150))
    body = [page for page in cut[3:] if "T1«" in page or "T2«" in page]
    assert all("NavnMerknadAntall" in page for page in body)
    assert ["TabellT1" in page for page in body if "T1«" in page].count(True) == 1
    assert sum("Merkdette" in page for page in body) == 2


@pytest.mark.parametrize("tall", [88, 90, 110])
def test_a_row_higher_than_a_page_is_neither_lost_nor_doubled(runs, tall):
    runs(90)
    content = note(Heading("a", 1, "Vedlegg"), table(160, letters={tall: 12_000, tall + 1: 12_000}))
    assert rows_read(pdf_pages(render_pdf(content)), "T1") == list(range(160))


def test_a_long_table_in_groups_says_each_group_once(runs):
    runs(60)
    long = table(240)
    rows = tuple(replace(row, group=f"Gruppe{chr(65 + n // 48)}.") for n, row in enumerate(long.rows))
    text = "".join(pdf_pages(render_pdf(note(Heading("a", 1, "Vedlegg"), replace(long, rows=rows)))))
    assert [text.count(f"Gruppe{letter}.") for letter in "ABCDE"] == [1] * 5


def test_a_document_of_runs_passes_both_profiles(runs, tmp_path):
    runs(60)
    path = tmp_path / "runs.pdf"
    blocks = (Heading("a", 1, "Vedlegg"), words("Tall", "T1.1"), table(200), table(20, name="T2"), Definitions("D"))
    path.write_bytes(render_pdf(note(*blocks)))
    verapdf.assert_compliant(path)


def test_no_run_is_longer_than_its_limit():
    """What bounds the memory: a table of thousands of rows is laid out a few hundred at a time."""
    paper = render_html_paper.Paper(note(Heading("a", 1, "Vedlegg"), table(2_000)), "0" * 64)
    stretch = list(paper.stretches())[1]
    drawn = paper.run(stretch, 1, 700)
    assert drawn.cut is not None and drawn.html.count("<tr id=") == render_html_paper.RUN == 250
    assert "T1«700»" in drawn.html and "T1«949»" in drawn.html and "T1«950»" not in drawn.html


def test_each_countys_table_of_an_annex_begins_a_page():
    content = note(Heading("a", 1, "Vedlegg"), *(table(5, name=f"T{n}") for n in (1, 2, 3)))
    pages = pdf_pages(render_pdf(content))[3:]
    assert [[f"T{n}«" in page for n in (1, 2, 3)] for page in pages] == [
        [True, False, False], [False, True, False], [False, False, True],
    ]  # fmt: skip
    assert all("Vedlegg" in page for page in pages)  # the running title goes on


# --- the collector --------------------------------------------------------------------------------


def test_the_collector_is_on_again_whatever_happens():
    assert gc.isenabled()
    with pytest.raises(RuntimeError), no_collections():
        assert not gc.isenabled()
        raise RuntimeError
    assert gc.isenabled()
    first, second = no_collections(), no_collections()
    first.__enter__()
    second.__enter__()  # as another thread would
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()
