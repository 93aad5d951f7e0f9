"""Which figures differ between two versions: by the table's name, the column and the row, whatever else has moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from reporting.documents.changed import ChangedFigure, changed_figures
from reporting.documents.content import Column, Content, Figure, Row, Table, Text


def content(*tables: Table) -> Content:
    return Content("Tittel", "", "nb", dt.date(2022, 5, 1), "2022-05-23T12:00:00+02:00", "1", tables)


def table(number: str, name: str, rows: dict[str, tuple[object, ...]], columns: tuple[str, ...] = ("a", "b")) -> Table:
    heads = (Column("name", "Embete"), *(Column(key, f"Kolonne {key}", "count", f"{number}.{key}") for key in columns))
    drawn = []
    for key, values in rows.items():
        cells = [Figure(value, "count", f"{number}.{c}", key) for c, value in zip(columns, values, strict=True)]
        drawn.append(Row(key, (f"Rad {key}", *cells)))
    return Table(number, f"Tabell {name}", heads, tuple(drawn), name=name)


OLD = content(table("T1", "core", {"total": (10, 5), "viken": (4, None)}), table("T2", "plan", {"total": (1, 2)}))


def lines(new: Content, old: Content = OLD) -> list[tuple[str, str, str, object, object]]:
    return [
        (changed.name, line.column, line.row_label, line.old and line.old.value, line.new and line.new.value)
        for changed in changed_figures(old, new).tables
        for line in changed.figures
    ]


def test_the_same_figures_under_other_numbers_and_in_another_order_differ_in_nothing():
    core = table("T9", "core", {"viken": (4, None), "total": (10, 5)})
    turned = content(table("T7", "plan", {"total": (1, 2)}), core)
    changes = changed_figures(OLD, turned)
    assert not changes and changes.count == 0 and lines(turned) == []


def test_each_figure_that_differs_is_named_with_both_values():
    new = content(table("T1", "core", {"total": (11, 5), "viken": (4, 0)}), table("T2", "plan", {"total": (1, 2)}))
    assert lines(new) == [
        ("core", "a", "Rad total", 10, 11),
        ("core", "b", "Rad viken", None, 0),
    ]  # nothing can be said, and none, are not the same
    assert changed_figures(OLD, new).count == 2


def test_rows_and_columns_that_one_version_has_alone():
    new = content(
        table("T1", "core", {"total": (10, 5), "agder": (1, 1)}), table("T2", "plan", {"total": (1,)}, columns=("a",))
    )
    found = changed_figures(OLD, new).tables
    assert found[0].figures == (
        ChangedFigure("a", "agder", "Kolonne a", "Rad agder", None, Figure(1, "count", "T1.a", "agder")),
        ChangedFigure("b", "agder", "Kolonne b", "Rad agder", None, Figure(1, "count", "T1.b", "agder")),
        ChangedFigure("a", "viken", "Kolonne a", "Rad viken", Figure(4, "count", "T1.a", "viken"), None),
        ChangedFigure("b", "viken", "Kolonne b", "Rad viken", Figure(None, "count", "T1.b", "viken"), None),
    )
    assert lines(new)[-1] == ("plan", "b", "Rad total", 2, None)


def test_tables_that_came_and_went_are_named_and_none_of_their_figures_is_a_change():
    new = content(OLD.tables()[0], table("T2", "support", {"total": (1, 2)}))
    changes = changed_figures(OLD, new)
    assert (changes.tables, changes.came, changes.went) == ((), ("Tabell support",), ("Tabell plan",))
    assert changes


def test_a_version_from_before_tables_had_names_is_compared_by_titles():
    old = content(*(replace(entry, name="") for entry in OLD.tables()))
    new = content(table("T5", "core", {"total": (12, 5), "viken": (4, None)}), OLD.tables()[1])
    assert [line[1:] for line in lines(new, old)] == [("a", "Rad total", 10, 12)]


def test_equal_values_written_with_other_decimals_are_equal_and_another_kind_is_not():
    def one(figure: Figure) -> Content:
        return content(Table("T1", "t", (Column("name", "n"), Column("a", "A")), (Row("x", ("x", figure)),), name="t"))

    half = one(Figure(Decimal("0.50"), "share"))
    assert not changed_figures(half, one(Figure(Decimal("0.5"), "share")))
    assert changed_figures(half, one(Figure(Decimal("0.5"), "decimal"))).count == 1


TWO_NAMES = (Text("Karasjok"), Text(" – "), Text("Kárášjohka", lang="se"))


@pytest.mark.parametrize(("cell", "label"), [("Våler", "Våler"), (TWO_NAMES, "Karasjok – Kárášjohka")])
def test_a_row_is_named_by_its_head(cell, label):
    def one(value: int) -> Content:
        rows = (Row("x", (cell, Figure(value, "count"))),)
        return content(Table("T1", "t", (Column("name", "n"), Column("a", "A")), rows, name="t"))

    assert changed_figures(one(1), one(2)).tables[0].figures[0].row_label == label
