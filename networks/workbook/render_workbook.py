"""Writes a region's networks as a workbook that can be edited and sent in again.

Municipality numbers are text, days are dates, and the columns of words have lists to choose from. No text is ever run
as a formula. The rows written are counted against those of the snapshot.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from networks.days import said
from networks.rules import Part, status_on
from networks.workbook.layout import BY_KEY, HELP_TITLE, LISTS_TITLE, MEETINGS, NETWORKS, PARTS, SheetLayout, labels
from networks.workbook.snapshot import Snapshot

SPARE = 3_000
"""How far below the rows the lists to choose from reach."""
ROWS_FROM = 1


def render_workbook(snapshot: Snapshot, *, region: str, solutions: Sequence[tuple[str, str]]) -> bytes:
    """The workbook in the language in use. ``region`` is the region's name, ``solutions`` codes and names.

    Raises RuntimeError when a row went missing.
    """
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    writer = _Writer(xlsxwriter.Workbook(out, options), snapshot)
    for key, rows in ((NETWORKS, writer.networks()), (PARTS, writer.parts()), (MEETINGS, writer.meetings())):
        writer.sheet(BY_KEY[key], rows)
    writer.help(region)
    writer.lists(solutions)
    for page, names in writer.choices:
        writer.validate(page, names)
    writer.book.close()
    return out.getvalue()


class _Writer:
    def __init__(self, book: Any, snapshot: Snapshot) -> None:
        self.book, self.snapshot = book, snapshot
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.grey = book.add_format({"font_color": "#5B6470", "align": "left"})
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left", "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.choices: list[tuple[Any, tuple[SheetLayout, int]]] = []
        self.counts: dict[str, int] = {}
        names = Counter(values.name.casefold() for values in snapshot.networks.values())
        self.network_names = {
            pk: values.name if names[values.name.casefold()] == 1 else f"{values.name} (#{pk})"
            for pk, values in snapshot.networks.items()
        }

    def networks(self) -> list[list[Any]]:
        words, organisers = labels("kind"), labels("organisers")
        rows = []
        for pk, row in self.snapshot.networks.items():
            who = "; ".join(organisers[key] for key in row.organisers if key in organisers)
            rows.append([pk, row.name, words[row.kind], row.host, who, "; ".join(row.themes), row.valid_from,
                         row.valid_to, row.note])  # fmt: skip
        return rows

    def parts(self) -> list[list[Any]]:
        words, units, today = labels("status"), self.snapshot.units, self.snapshot.today
        rows = []
        for pk, (network, part) in self.snapshot.parts.items():
            number, name = units.on(part.unit, self._shown_on(part))
            status = words[status_on(part, today) if part.valid_to and part.valid_to < today else part.status]
            rows.append([pk, self.network_names[network], number, name, status, part.valid_from, part.valid_to,
                         part.note])  # fmt: skip
        return rows

    def _shown_on(self, part: Part) -> dt.date:
        """The day whose number and name stand in the row: today, or the last day of what has ended."""
        return min(part.valid_to, self.snapshot.today) if part.valid_to else self.snapshot.today

    def meetings(self) -> list[list[Any]]:
        units, rows = self.snapshot.units, []
        for pk, row in self.snapshot.meetings.items():
            numbers = sorted(units.on(unit, row.on)[0] for unit in row.attendance)
            rows.append([pk, self.network_names[row.network], row.on, row.title, "; ".join(numbers), row.note])
        return rows

    def sheet(self, layout: SheetLayout, rows: list[list[Any]]) -> None:
        page = self.book.add_worksheet(_(layout.title)[:31])
        for index, column in enumerate(layout.columns):
            number = column.key in ("number", "attendance", "themes")
            page.set_column(index, index, column.width, self.text if number else None)
            page.write_string(0, index, _(column.head), self.head)
        written = 0
        for line, row in enumerate(rows, start=ROWS_FROM):
            for index, value in enumerate(row):
                self._cell(page, line, index, value)
            written += 1
        if written != len(rows):
            raise RuntimeError(f"{written} rows were written of {len(rows)}")
        page.freeze_panes(ROWS_FROM, 2)
        page.autofilter(0, 0, max(written, 1), len(layout.columns) - 1)
        self.counts[layout.key] = written
        self.choices.append((page, (layout, written)))

    def _cell(self, page: Any, line: int, index: int, value: Any) -> None:
        if isinstance(value, dt.date):
            page.write_datetime(line, index, dt.datetime.combine(value, dt.time()), self.day)
        elif isinstance(value, int):
            page.write_number(line, index, value, self.grey)
        elif value:
            page.write_string(line, index, str(value), self.text)

    def help(self, region: str) -> None:
        page = self.book.add_worksheet(_(HELP_TITLE)[:31])
        page.set_column(0, 0, 100, self.wrap)
        page.write_string(0, 0, _("Networks of %(region)s") % {"region": region}, self.title)
        page.write_string(1, 0, _("As the registers stood on %(day)s.") % {"day": said(self.snapshot.today)})
        for line, sentence in enumerate(help_sentences(), start=3):
            page.write_string(line, 0, sentence, self.wrap)

    def lists(self, solutions: Sequence[tuple[str, str]]) -> None:
        """The words that may be chosen, one list a column; the units and the solutions to look things up in."""
        page = self.book.add_worksheet(_(LISTS_TITLE)[:31])
        units = self.snapshot.units
        here = [units.on(unit, self.snapshot.today) for unit in units.all_own()
                if units.exists(unit, self.snapshot.today)]  # fmt: skip
        here.sort()
        columns: list[tuple[str, Sequence[str], int]] = [
            (_("Networks"), list(self.network_names.values()), 48),
            (_("Kind"), list(labels("kind").values()), 38),
            (_("Status"), list(labels("status").values()), 14),
            (_("Organisers"), list(labels("organisers").values()), 22),
            (_("Municipality number"), [number for number, _name in here], 16),
            (_("Municipality"), [name for _number, name in here], 28),
            (_("Solutions"), [f"{code} {name}" for code, name in solutions], 60),
        ]
        self.ranges = {}
        for index, (head, values, width) in enumerate(columns):
            page.set_column(index, index, width)
            page.write_string(0, index, head, self.head)
            for line, value in enumerate(values, start=1):
                page.write_string(line, index, value, self.text)
            letter = "ABCDEFG"[index]
            name = page.get_name().replace("'", "''")
            self.ranges[index] = f"='{name}'!${letter}$2:${letter}${max(len(values), 1) + 1}"
        page.freeze_panes(1, 0)

    def validate(self, page: Any, about: tuple[SheetLayout, int]) -> None:
        """Lists to choose from, and days that are days, in the rows and the empty ones below them."""
        layout, written = about
        last = written + SPARE
        lists = {"network": 0, "kind": 1, "status": 2, "number": 4}
        for index, column in enumerate(layout.columns):
            if column.key in lists:
                # new networks and units that are gone may be typed: the list helps, and is no fence
                rule = {
                    "validate": "list", "source": self.ranges[lists[column.key]], "error_type": "warning",
                    "error_title": _("Not in the list"), "error_message": _("Is it written as it should be?"),
                }  # fmt: skip
                page.data_validation(1, index, last, index, rule)
            elif column.key in ("valid_from", "valid_to", "on"):
                page.data_validation(1, index, last, index, {
                    "validate": "date", "criteria": "between", "minimum": dt.date(2000, 1, 1),
                    "maximum": dt.date(2100, 12, 31), "error_type": "warning",
                    "error_title": _("Not a day"), "error_message": _("Write a day, for example 1.5.2022."),
                })  # fmt: skip


def help_sentences() -> list[str]:
    """What stands in the help sheet, a sentence or two a line."""
    return [
        _("Change what has changed, write new rows at the bottom, and save the file as an Excel workbook (.xlsx)."),
        _("Send it in on the page where you downloaded it. You see every change before anything is saved."),
        _("Leave the column with the ID as it is. On a new row it stays empty."),
        _("A row that you delete stays in the register. A participation ends when you write its last day."),
        _("A municipality number has four digits, that of a district six. You may write 301 for 0301."),
        _("Write a day as 1.5.2022. The last day is empty while something goes on."),
        _("Solutions are written as codes with semicolons between them: 1.3; 2.1."),
        _("Who organises a network, and who was at a meeting, is written with semicolons between them."),
        _("Columns may be moved, and columns of your own are left alone. The heads must stay."),
        _("Only municipalities of your own region are in the workbook. Other regions keep their own."),
        _("Do not write names of persons or health information anywhere in the workbook."),
    ]
