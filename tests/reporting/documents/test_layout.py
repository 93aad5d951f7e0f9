"""The widths of printed columns: a number is never broken over two lines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from reporting.documents.content import Column, Figure, Row, Table
from reporting.documents.formats import format_cell
from reporting.documents.layout import column_widths

FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts" / "print"
SIZE, PADDING = 7.9, 6.8  # points: the body of a table, and the 2.4 mm before a cell


def tabular_width(text: str, weight: str) -> float:
    """How wide the digits of ``text`` are in tabular figures, with other signs as they are."""
    font = TTFont(FONTS / f"Inter-{weight}.ttf")
    signs, advances = font.getBestCmap(), font["hmtx"]
    names = [signs[ord(sign)] for sign in text]
    wide = [f"{name}.tf" if f"{name}.tf" in advances.metrics else name for name in names]
    return sum(advances[name][0] for name in wide) * SIZE / font["head"].unitsPerEm


@pytest.mark.parametrize("value", [Figure(215, "count"), Figure(Decimal("1"), "share"), Figure(111_111, "count")])
@pytest.mark.parametrize("total", [False, True])
def test_a_column_of_numbers_has_room_for_its_widest_number(value: Figure, total: bool):
    columns = (Column("name", "Løsning", "text"), *(Column(f"c{n}", "x", value.kind) for n in range(8)))
    cells = ("Nasjonalt nettverk for aldersvennlige kommuner og lokalsamfunn " * 3, *(value for _ in range(8)))
    table = Table("T1", "Prøve", columns, (Row("a", cells, total),))
    widths = column_widths(table, SIZE, 470)
    need = tabular_width(format_cell(value), "SemiBold" if total else "Regular") + PADDING
    assert all(width >= need for width in widths[1:]), (widths[1:], need)


def test_where_room_is_short_long_heads_give_way_and_values_do_not():
    heads = ("Forsinkelse", "Læringsnettverk", "Samfunnsdelen", "Planstatus", "Handlingsdelen", "Mønstre")
    columns = (Column("name", "Kommune", "text"), *(Column(f"c{n}", label, "count") for n, label in enumerate(heads)))
    table = Table("T1", "Prøve", columns, (Row("a", ("Nore og Uvdal", *(Figure(215, "count") for _ in heads))),))
    widths = column_widths(table, SIZE, 300)
    assert sum(widths) == pytest.approx(300)
    assert min(widths[1:]) >= tabular_width("215", "Regular") + PADDING
