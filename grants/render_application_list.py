"""Writes the list of applications as a workbook that can be filled in and sent in again.

Municipality numbers are text, amounts whole numbers; status and scheme have lists to choose from. No text is ever run
as a formula.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from grants.application_plan import Register
from grants.application_sheet import AMOUNTS, HELP_TITLE, LAYOUT, LISTS_TITLE, STATUS
from municipalities.names import sort_key
from networks.days import said

SPARE = 1_000
"""How far below the rows the lists to choose from reach."""


def render_application_list(register: Register, *, language: str) -> bytes:
    """The workbook in the language in use: the list with what is known, how to use it, and what to choose from.

    ``language`` is that of the schemes' names.
    """
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    names = {row.id: row.name_nn if language.startswith("nn") else row.name_nb for row in register.schemes}
    page = book.add_worksheet(_(LAYOUT.title)[:31])
    written = _rows(book, page, register, names)
    _help(book, register)
    places = _lists(book, register, list(names.values()))
    columns = [column.key for column in LAYOUT.columns]
    for key, source in places.items():
        at = columns.index(key)
        page.data_validation(
            1, at, written + SPARE, at, {"validate": "list", "source": source, "error_type": "warning"}
        )
    book.close()
    return out.getvalue()


def _rows(book: Any, page: Any, register: Register, names: dict[int, str]) -> int:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0"})
    for index, column in enumerate(LAYOUT.columns):
        form = text if column.key == "number" else money if column.key in AMOUNTS else None
        page.set_column(index, index, column.width, form)
        page.write_string(0, index, _(column.head), head)
    known = [
        (register.units[unit], names[scheme], values)
        for (scheme, unit), values in register.held.items()
        if unit in register.units and scheme in names
    ]
    known.sort(key=lambda row: (sort_key(row[0].name), row[1]))
    for line, (unit, scheme, values) in enumerate(known, start=1):
        page.write_string(line, 0, unit.number, text)
        page.write_string(line, 1, unit.name)
        page.write_string(line, 2, scheme)
        page.write_string(line, 3, str(STATUS(values.status).label))
        for index, amount in ((4, values.applied_kr), (5, values.granted_kr)):
            if amount is not None:
                page.write_number(line, index, amount, money)
        page.write_string(line, 6, _("yes") if values.shielded else _("no"))
        page.write_string(line, 7, values.note)
    page.freeze_panes(1, 2)
    return len(known)


def _help(book: Any, register: Register) -> None:
    page = book.add_worksheet(_(HELP_TITLE)[:31])
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 100, wrap)
    sentences = (
        _("Applications for grants %(year)s") % {"year": register.year},
        _("One row for each municipality and scheme. Amounts are whole kroner."),
        _("Municipality numbers are those of %(day)s.") % {"day": said(register.day)},
        _("Write the scheme by its name or its key, as in the sheet with the lists."),
        _("Shielded means that the criteria do not touch the application, for example courses already begun."),
        _("What is not in the list stays as it is. You see every change before anything is saved."),
        _("Write no names of persons or other personal data in the note."),
    )
    for line, sentence in enumerate(sentences):
        page.write_string(line, 0, sentence, wrap)


def _lists(book: Any, register: Register, schemes: list[str]) -> dict[str, str]:
    """The words to choose from and the municipalities to look up; where each column's list stands."""
    title = _(LISTS_TITLE)[:31]
    page = book.add_worksheet(title)
    units = sorted((unit for unit in register.units.values() if not unit.is_district), key=lambda unit: unit.number)
    columns: list[tuple[str, list[str], int, str]] = [
        (_("Scheme"), schemes, 60, "scheme"),
        (_("Status"), [str(label) for label in STATUS.labels], 14, "status"),
        (_("Shielded"), [_("yes"), _("no")], 12, "shielded"),
        (_("Municipality number"), [unit.number for unit in units], 16, ""),
        (_("Municipality"), [unit.name for unit in units], 28, ""),
    ]
    places = {}
    for index, (head, values, width, key) in enumerate(columns):
        page.set_column(index, index, width)
        page.write_string(0, index, head)
        for line, value in enumerate(values, start=1):
            page.write_string(line, index, value)
        if key and values:
            letter = "ABCDE"[index]
            places[key] = f"='{title}'!${letter}$2:${letter}${len(values) + 1}"
    return places
