"""Writes a report's form as a workbook that can be filled in and sent in again.

Choices have lists to choose from, days are days, and no text is ever run as a formula.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs

from reporting.answers import format_answer, number_text
from reporting.form_spec import NUMBER_KINDS, TEXT_KINDS, Condition, FormSpec, QuestionSpec, local
from reporting.form_workbook.layout import (
    CELL_LENGTH,
    CHOSEN,
    COLUMNS,
    FORM_TITLE,
    HELP_TITLE,
    LISTS_SHEET,
    MARKER,
    MARKER_SHEET,
    SEVERAL,
    Choices,
    FormRow,
    answers_of,
    form_rows,
    token,
)
from reporting.services.drafts import COMMENT_LENGTH

HEAD_ROW = 2
PLACE = {column.key: index for index, column in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Standing:
    """What stands in a field: its canonical value or what was typed instead, its revision, and last time's value; what
    the checks ask about it (sentences), and the explanation that is written."""

    value: Any = None
    rev: int = 0
    raw: str | None = None
    last: Any = None
    asked: tuple[str, ...] = ()
    explanation: str = ""


@dataclass(frozen=True)
class About:
    """Which report the workbook is of: its id, the unit's number and name, its round in words, the form's hash."""

    report: int
    number: str
    unit: str
    round_words: str
    reference_date: dt.date
    form_hash: str


def render_form(
    spec: FormSpec, about: About, standing: dict[str, Standing], choices: Choices, *, language: str
) -> bytes:
    """The workbook of one report, its texts in ``language``, which is the language in use. ``standing`` is by field
    key."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    writer = _Writer(book, spec, standing, choices, language)
    writer.form(about)
    writer.help(about)
    writer.marker(about)
    book.close()
    return out.getvalue()


class _Writer:
    def __init__(
        self, book: Any, spec: FormSpec, standing: dict[str, Standing], choices: Choices, language: str
    ) -> None:
        self.book, self.spec, self.standing = book, spec, standing
        self.choices, self.language = choices, language
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.section = book.add_format({"bold": True, "font_size": 12, "top": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.grey = book.add_format({"font_color": "#5B6470", "text_wrap": True, "valign": "top"})
        box = {"border": 1, "border_color": "#8A94A0", "bg_color": "#FFFBE6", "valign": "top", "align": "left"}
        self.text = book.add_format({**box, "num_format": "@", "text_wrap": True})
        self.number = book.add_format({**box, "num_format": "General"})
        self.day = book.add_format({**box, "num_format": "dd.mm.yyyy"})
        self.page = book.add_worksheet(_(FORM_TITLE)[:31])
        self.help_page = book.add_worksheet(_(HELP_TITLE)[:31])
        self.lists = book.add_worksheet(LISTS_SHEET)
        self.lists.very_hidden()
        self.list_ranges: dict[str, str] = {}
        self.explained: set[str] = set()

    def form(self, about: About) -> None:
        """All fields, section by section."""
        page = self.page
        for index, column in enumerate(COLUMNS):
            page.set_column(index, index, column.width, None, {"hidden": True} if column.hidden else {})
            page.write_string(HEAD_ROW, index, _(column.head), self.head)
        page.write_string(0, 0, f"{about.number} {about.unit}, {about.round_words}", self.title)
        line, section = HEAD_ROW + 1, ""
        for row in form_rows(self.spec, self.choices, self.language):
            if row.question.section != section:
                section = row.question.section
                title = local(self.spec.section(section).title, self.language)
                page.write_string(line, PLACE["question"], title, self.section)
                line += 1
            self._row(line, row)
            line += 1
        page.freeze_panes(HEAD_ROW + 1, 2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(HEAD_ROW)

    def _row(self, line: int, row: FormRow) -> None:
        question, stands = row.question, self.standing.get(row.key, Standing())
        self._string(line, "code", row.key, self.grey)
        self._string(line, "question", self._words(row), self.wrap)
        self._string(line, "help", self._help(row), self.grey)
        self._explanation(line, row.key, stands)
        self._string(line, "last", self._last(row, stands), self.grey)
        self._string(line, "key", row.key, self.grey)
        self._string(line, "option", row.option, self.grey)
        self.page.write_number(line, PLACE["rev"], stands.rev, self.grey)
        if question.kind in SEVERAL:
            marked = row.option in (stands.value or ())
            self._string(line, "answer", CHOSEN if marked else "", self.text)
            self._string(line, "base", CHOSEN if marked else "-", self.grey)
        else:
            self._string(line, "base", token(stands.value, stands.raw), self.grey)
            self._answer(line, question, stands)
        self._validate(line, question)

    def _explanation(self, line: int, key: str, stands: Standing) -> None:
        """Where what a check asks about is explained: in the first row of a field."""
        if key in self.explained:
            return
        self.explained.add(key)
        self._string(line, "explanation", stands.explanation, self.text)
        self._string(line, "explained", token(stands.explanation), self.grey)
        place = PLACE["explanation"]
        rule = {"validate": "length", "criteria": "<=", "value": COMMENT_LENGTH, "ignore_blank": True, **_warned()}
        self.page.data_validation(line, place, line, place, rule)

    def _answer(self, line: int, question: QuestionSpec, stands: Standing) -> None:
        place, value = PLACE["answer"], stands.value
        if stands.raw is not None:
            self.page.write_string(line, place, stands.raw[:CELL_LENGTH], self.text)
        elif value is None:
            blank = self.day if question.kind == "date" else self.number if _counted(question) else self.text
            self.page.write_blank(line, place, None, blank)
        elif question.kind == "date":
            day = dt.datetime.combine(dt.date.fromisoformat(value), dt.time())
            self.page.write_datetime(line, place, day, self.day)
        elif _counted(question):
            self.page.write_number(line, place, float(Decimal(str(value))), self.number)
        elif question.kind == "per_cent":
            self.page.write_string(line, place, number_text(value).replace("\u00a0", " "), self.text)
        elif question.kind in TEXT_KINDS:
            self.page.write_string(line, place, str(value)[:CELL_LENGTH], self.text)
        else:
            labels = dict(answers_of(question, self.choices, self.language))
            self.page.write_string(line, place, labels.get(value, str(value)), self.text)

    def _string(self, line: int, column: str, text: str, style: Any) -> None:
        if text:
            self.page.write_string(line, PLACE[column], text[:CELL_LENGTH], style)
        else:
            self.page.write_blank(line, PLACE[column], None, style)

    def _words(self, row: FormRow) -> str:
        text = local(row.question.text, self.language)
        found = row.question.row(row.row) if row.row else None
        part = local(found.text, self.language) if found else row.label
        return f"{text}\n{part}" if part else text

    def _help(self, row: FormRow) -> str:
        question, stands = row.question, self.standing.get(row.key, Standing())
        lines = [_("Must be explained: %(text)s") % {"text": text} for text in stands.asked]
        lines.append(local(question.help, self.language))
        for option in question.options:
            if option.help and row.option in ("", option.key):
                lines.append(f"{local(option.text, self.language)}: {local(option.help, self.language)}")
        if question.required:
            lines.append(_("Must be answered."))
        if question.shown_when:
            lines.append(_("Only if: %(conditions)s.") % {"conditions": self._conditions(question.shown_when)})
        if question.kind in SEVERAL:
            lines.append(_("Write x at the answers that you choose, and leave the others empty."))
        return "\n".join(line for line in lines if line)

    def _conditions(self, given: Sequence[Condition]) -> str:
        return _(" and ").join(self._condition(entry) for entry in given)

    def _condition(self, entry: Condition) -> str:
        asked = self.spec.question(entry.question)
        name = local(asked.name, self.language)
        labels = dict(answers_of(asked, self.choices, self.language))
        if entry.at_least is not None:
            return _("“%(question)s” is at least %(number)s") % {
                "question": name,
                "number": number_text(entry.at_least),
            }
        words = " / ".join(labels.get(key, key) for key in (entry.none_of or entry.any_of))
        sentence = _("“%(question)s” is not %(answers)s") if entry.none_of else _("“%(question)s” is %(answers)s")
        return sentence % {"question": name, "answers": words}

    def _last(self, row: FormRow, stands: Standing) -> str:
        if stands.last is None:
            return ""
        if row.question.kind in SEVERAL:
            return CHOSEN if row.option in stands.last else ""
        return format_answer(row.question, stands.last, self.language).replace("\u00a0", " ")

    def _validate(self, line: int, question: QuestionSpec) -> None:
        """Lists to choose from, and what a number or a day may be. The reading is the judge; this only helps."""
        rule = self._rule(question)
        if rule is not None:
            place = PLACE["answer"]
            self.page.data_validation(line, place, line, place, {"ignore_blank": True, **rule})

    def _rule(self, question: QuestionSpec) -> dict[str, Any] | None:
        if question.kind in SEVERAL:
            return {"validate": "list", "source": [CHOSEN], **_warned()}
        if question.kind in ("yes_no", "one_of", "matrix"):
            return {"validate": "list", "source": self._list(question), **_warned()}
        if question.kind == "date":
            return {"validate": "date", "criteria": "between", "minimum": dt.date(1900, 1, 1),
                    "maximum": dt.date(2100, 12, 31), **_warned()}  # fmt: skip
        if _counted(question):
            kind = "integer" if question.kind == "whole_number" else "decimal"
            low, high = question.limit("min", -(10**10)), question.limit("max", 10**10)
            return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high, **_warned()}
        if question.kind in TEXT_KINDS:
            return {"validate": "length", "criteria": "<=", "value": question.max_length, **_warned()}
        return None

    def _list(self, question: QuestionSpec) -> str:
        if question.code not in self.list_ranges:
            column = len(self.list_ranges)
            labels = [label for _key, label in answers_of(question, self.choices, self.language)]
            for line, label in enumerate(labels):
                self.lists.write_string(line, column, label)
            cells = xl_range_abs(0, column, len(labels) - 1, column)
            self.list_ranges[question.code] = f"={LISTS_SHEET}!{cells}"
        return self.list_ranges[question.code]

    def help(self, about: About) -> None:
        """How to use it, a sentence or two a line."""
        page = self.help_page
        page.set_column(0, 0, 100, self.wrap)
        page.write_string(0, 0, f"{about.number} {about.unit}, {about.round_words}", self.title)
        for line, sentence in enumerate(help_sentences(), start=2):
            page.write_string(line, 0, sentence, self.wrap)

    def marker(self, about: About) -> None:
        """The hidden sheet that says which report this is."""
        page = self.book.add_worksheet(MARKER_SHEET)
        page.very_hidden()
        kept = (MARKER, str(about.report), about.number, about.unit, about.reference_date.isoformat(),
                about.form_hash, self.language)  # fmt: skip
        for line, text in enumerate(kept):
            page.write_string(line, 0, text)


def _counted(question: QuestionSpec) -> bool:
    """Whether its cell holds a number. Per cent is text: typed in a cell of numbers, 45 % becomes 0.45."""
    return question.kind in NUMBER_KINDS and question.kind != "per_cent"


def _warned() -> dict[str, str]:
    return {
        "error_type": "warning",
        "error_title": _("Is it right?"),
        "error_message": _("This may not be an answer to the question. You see it when you send the workbook in."),
    }


def help_sentences() -> list[str]:
    """What stands in the help sheet."""
    return [
        _("Write your answers in the yellow column. What the portal knows already is filled in."),
        _("Save the file as an Excel workbook (.xlsx), and send it in on the page where you downloaded it."),
        _("You see every difference, and what the checks find, before anything is saved."),
        _("A row that you delete changes nothing. To take an answer away, empty its cell."),
        _("You may sort the rows and move the columns. The heads and the hidden columns must stay."),
        _("If a check finds an answer unusual, you are told so. Write why it is right in the column “Explanation”."),
        _("If a colleague answers in the form meanwhile, you are asked which answer to keep."),
        _("The workbook is for this municipality and this round only."),
        _("Do not write names of persons or health information anywhere in the workbook."),
    ]
