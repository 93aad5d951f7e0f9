"""The tools that a document is put together with: numbered tables of figures, sentences with figures in them.

Every cell is made from a selector (see ``measure``), so that a figure and its way home are the same words.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .content import Cell, Chart, Column, Figure, Row, Run, Series, Source, Table, Text, ValueKind
from .facts import Facts, Unit
from .formats import format_date, format_figure
from .measure import Tallies

Translate = Callable[[str], str]

TOTAL = "total"


@dataclass(frozen=True)
class Measure:
    """One column of figures: what it selects, and its entry in the annex of definitions.

    ``rule`` is the name of the rule, ``denominator`` says of what a share is taken; ``mark`` the letter that
    stands for the class in maps and charts.
    """

    key: str
    label: str
    select: Mapping[str, str]
    kind: ValueKind = "count"
    definition: str = ""
    denominator: str = ""
    rule: str = ""
    version: int = 1
    mark: str = ""
    rename: tuple[str, str] | None = None
    otherwise: Mapping[str, str] = field(default_factory=dict)

    def on(self, line: Mapping[str, str]) -> dict[str, str]:
        """The selector of its cell on a line."""
        select = {**line, **self.select}
        if self.rename is not None:
            old, new = self.rename
            found = select.pop(old, None)
            select.update({new: found} if found is not None else self.otherwise)
        return select


@dataclass(frozen=True)
class Line:
    """One row of a table: its key, its name, and whom it speaks of."""

    key: str
    label: Cell
    select: Mapping[str, str] = field(default_factory=dict)
    total: bool = False
    group: str = ""
    words: tuple[Cell, ...] = ()


class Book:
    """What the chapters share: the facts, the words, and the numbers of tables and drawings given so far."""

    def __init__(self, facts: Facts, language: str, _: Translate) -> None:
        self.facts = facts
        self.language = language
        self._ = _
        self.tallies = Tallies(facts)
        self.by_name: dict[str, Table] = {}
        self._figures: dict[tuple[str, str, str], Figure] = {}
        self._tables = 0
        self._drawings = 0

    @property
    def every(self) -> str:
        """The denominator of nearly all shares, in words."""
        return self._("All municipalities on the reference date, also those that have not answered")

    def units(self) -> Measure:
        """The column that says of how many."""
        _ = self._
        return Measure(
            "units", _("Municipalities"), {}, definition=_("Municipalities on the reference date"), rule="units"
        )

    # --- lines --------------------------------------------------------------------------------------

    def office_lines(self, **select: str) -> tuple[Line, ...]:
        """The whole country first, then the offices in their fixed order."""
        _ = self._
        country = Line(TOTAL, _("Whole country"), select, total=True)
        return (
            country,
            *(Line(office.key, office.name, {**select, "office": office.key}) for office in self.facts.offices),
        )

    # --- tables -------------------------------------------------------------------------------------

    def table(
        self,
        name: str,
        title: str,
        head: str,
        lines: Iterable[Line],
        measures: Iterable[Measure],
        *,
        words: tuple[Column, ...] = (),
        note: str = "",
        empty: str = "",
    ) -> Table:
        """A table of figures under the next number. ``words`` are columns of text between the head and the
        figures, whose cells the lines carry. The table is remembered as ``name``."""
        number = self.next_table()
        measures = tuple(measures)
        columns = [Column("name", head), *words]
        for index, measure in enumerate(measures, start=1):
            columns.append(_column(measure, f"{number}.{index}"))
        rows = tuple(self._row(name, number, line, measures) for line in lines)
        table = Table(number, title, tuple(columns), rows, note=note, empty=empty, name=name)
        self.by_name[name] = table
        return table

    def next_table(self) -> str:
        """The id of the next table."""
        self._tables += 1
        return f"T{self._tables}"

    def _row(self, name: str, number: str, line: Line, measures: tuple[Measure, ...]) -> Row:
        cells: list[Cell] = [line.label, *line.words]
        for index, measure in enumerate(measures, start=1):
            select = measure.on(line.select)
            source = Source(measure.rule or measure.key, measure.version, tuple(sorted(select.items())))
            figure = Figure(self.tallies.value(select), measure.kind, f"{number}.{index}", line.key, source)
            self._figures[name, measure.key, line.key] = figure
            cells.append(figure)
        return Row(line.key, tuple(cells), total=line.total, group=line.group)

    def figure(self, table: str, column: str, row: str = TOTAL) -> Figure:
        """The figure that stands in a table, to be said in a sentence. KeyError when there is none."""
        return self._figures[table, column, row]

    def number(self, table: str, column: str, row: str = TOTAL) -> int:
        """Its value where it is a count; 0 where none can be given."""
        value = self.figure(table, column, row).value
        return value if isinstance(value, int) else 0

    def derived(self, measure: Measure, ref: Figure, line: Mapping[str, str]) -> Figure:
        """A figure beside the table (a share or a change on a card), under the address of ``ref``."""
        select = {**line, **measure.select}
        source = Source(measure.rule, measure.version, tuple(sorted(select.items())))
        return Figure(self.tallies.value(select), measure.kind, ref.ref, ref.row, source)

    # --- words --------------------------------------------------------------------------------------

    def say(self, sentence: str, **parts: Figure | str | tuple[Text, ...]) -> tuple[Run, ...]:
        """A sentence with ``{name}`` places, as runs in the order the language wants.

        Raises KeyError for a place that no part fills: a translation with a wrong place must not pass.
        """
        runs: list[Run] = []
        for index, piece in enumerate(re.split(r"\{(\w+)\}", sentence)):
            part = piece if index % 2 == 0 else parts[piece]
            if isinstance(part, str):
                runs += [Text(part)] if part else []
            elif isinstance(part, Figure):
                runs.append(part)
            else:
                runs += part
        return tuple(runs)

    def tell(self, sentence: str, **parts: object) -> str:
        """The same as plain text, for alternative texts and notes; figures are written as they are read."""
        filled = {key: self._plain(value) for key, value in parts.items()}
        return re.sub(r"\{(\w+)\}", lambda match: filled[match.group(1)], sentence)

    @staticmethod
    def _plain(value: object) -> str:
        if isinstance(value, Figure):
            return format_figure(value)
        if isinstance(value, date):
            return format_date(value)
        return str(value)

    def word(self, names: Mapping[str, str]) -> str:
        """A name in two languages, in the document's."""
        return self.facts.text(names, self.language)

    def office_name(self, key: str) -> str:
        """An office's short name; its key where it is unknown."""
        return next((office.name for office in self.facts.offices if office.key == key), key)

    def extreme(self, table: str, column: str, *, highest: bool) -> tuple[str, Figure] | None:
        """The office with the highest or lowest figure of a column; the first of several alike, None without
        any."""
        found = [(self.figure(table, column, office.key), office.name) for office in self.facts.offices]
        known = [(figure, name) for figure, name in found if isinstance(figure.value, int | Decimal)]
        if not known:
            return None
        best = (max if highest else min)(known, key=lambda entry: entry[0].value)  # type: ignore[arg-type, return-value]
        return best[1], best[0]

    # --- drawings -----------------------------------------------------------------------------------

    def chart(
        self,
        kind: str,
        title: str,
        table: str,
        categories: Iterable[str],
        series: Iterable[Series],
        *,
        alt: str,
        note: str = "",
        labels: Iterable[str] = (),
        labels_head: str = "",
        apart: str = "",
        total: bool = False,
    ) -> Chart:
        """A drawing of a table's figures under the next number. The alternative text ends with where they
        stand."""
        self._drawings += 1
        number = self.by_name[table].id
        where = self.tell(self._("The figures are in table {n}."), n=number[1:])
        return Chart(
            id=f"F{self._drawings}", kind=kind, title=title, categories=tuple(categories), series=tuple(series),
            alt=f"{alt} {where}", table=number, note=note, labels=tuple(labels), labels_head=labels_head,
            apart=apart, total=total,
        )  # fmt: skip

    def next_drawing(self) -> str:
        """The id of the next drawing."""
        self._drawings += 1
        return f"F{self._drawings}"

    def series(self, table: str, columns: Iterable[tuple[str, str, str]], rows: Iterable[str]) -> tuple[Series, ...]:
        """Series from a table's columns, each (column, key of the series, label), over these rows."""
        rows = tuple(rows)
        return tuple(
            Series(key, label, tuple(self._number(table, column, row) for row in rows))
            for column, key, label in columns
        )

    def _number(self, table: str, column: str, row: str) -> int | Decimal | None:
        value = self.figure(table, column, row).value
        return value if isinstance(value, int | Decimal) else None

    def by_office(
        self,
        title: str,
        table: str,
        columns: Iterable[tuple[str, str, str]],
        *,
        share: str = "",
        head: str = "",
        kind: str = "stacked",
    ) -> Chart:
        """A bar for the country and each office, cut by the columns; ``share`` is the column printed at the
        right."""
        _ = self._
        rows = (TOTAL, *(office.key for office in self.facts.offices))
        series = self.series(table, columns, rows)
        parts = ", ".join(f"{entry.label.lower()} {entry.values[0]}" for entry in series)
        alt = [self.tell(_("Bars, one an office. Whole country: {parts}."), parts=parts)]
        high = self.extreme(table, share, highest=True) if share else None
        low = self.extreme(table, share, highest=False) if share else None
        if high and low:
            alt.append(
                self.tell(
                    _("{head}: highest in {high} ({most}), lowest in {low} ({least})."),
                    head=head, high=high[0], most=high[1], low=low[0], least=low[1],
                )
            )  # fmt: skip
        return self.chart(
            kind, title, table, (_("Whole country"), *(office.name for office in self.facts.offices)), series,
            alt=" ".join(alt), total=True,
            labels=tuple(format_figure(self.figure(table, share, row)) for row in rows) if share else (),
            labels_head=head,
        )  # fmt: skip


def _column(measure: Measure, ref: str) -> Column:
    rule = f"{measure.rule} v{measure.version}" if measure.rule else ""
    return Column(
        measure.key, measure.label, measure.kind, ref, measure.definition, measure.denominator, rule, measure.mark
    )


_BETWEEN, _COMMA = Text(" – "), Text(", ")


def name_cell(unit: Unit) -> Cell:
    """A unit's name; with parallel names each in its own language."""
    if len(unit.names) == 1:
        return unit.name
    cells: list[Text] = []
    for index, (name, lang) in enumerate(unit.names):
        cells += [_BETWEEN] if index else []
        cells.append(Text(name, lang="" if lang in ("no", "nb", "nn") else lang))
    return tuple(cells)


def name_runs(units: Iterable[Unit]) -> tuple[Text, ...]:
    """The names of units in a sentence, with commas between."""
    runs: list[Text] = []
    for index, unit in enumerate(units):
        runs += [_COMMA] if index else []
        cell = name_cell(unit)
        runs += [Text(cell)] if isinstance(cell, str) else [run for run in cell if isinstance(run, Text)]
    return tuple(runs)
