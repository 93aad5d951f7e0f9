"""The annex by municipality, one table a county, and the sheets that only the workbook has. Pure.

Which municipality shows which risk pattern is not in it: that is internal to the region and Hdir (oppdragsbrev 2022),
and the document goes to the ministry.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from reporting.form_spec import Condition, FormSpec, QuestionSpec, local

from . import texts
from .book import Book, name_cell
from .by_unit import ByUnit
from .content import Cell, Column, Figure, Heading, Paragraph, Row, Table, Text, ValueKind, many
from .facts import Unit, UnitAnswer, UnitReport
from .tables_core import plan_class


@lru_cache(maxsize=4_096)
def _same(value: date | int | None, kind: ValueKind) -> Figure:
    """A figure without an address, one object wherever it stands: municipalities have few different days and levels."""
    return Figure(value, kind)


class _Annex:
    """What the annex looks up for each unit."""

    def __init__(self, book: Book) -> None:
        facts = book.facts
        self.book = book
        self.day = facts.round.date.isoformat()
        self.states = texts.delivery_states(book._)
        _ = book._
        self.part = {"yes": _("Yes"), "planned": _("Planned"), "no": _("No")}
        places = book.tallies.places
        self.reports: ByUnit[tuple[str, int, bool]] = ByUnit(places)
        self.numbers: dict[str, ByUnit[int]] = defaultdict(lambda: ByUnit(places))
        self.dates: dict[str, ByUnit[date]] = defaultdict(lambda: ByUnit(places))
        for report in facts.reports:
            if report.round == facts.round.date:
                self.reports[report.unit] = report.state, report.days_late, report.on_behalf
        for answer in facts.unit_answers:
            if answer.round == facts.round.date and answer.number is not None:
                self.numbers[answer.question][answer.unit] = int(answer.number)
            if answer.round == facts.round.date and answer.date is not None:
                self.dates[answer.question][answer.unit] = answer.date

    def columns(self) -> tuple[Column, ...]:
        _ = self.book._
        return (
            Column("name", _("Municipality")),
            Column("number", _("Number"), "number_text"),
            Column("delivery", _("Delivery")),
            Column("plan", _("Plan status")),
            Column("decided_on", _("Adopted on"), "date"),
            Column("anchoring", _("Samfunnsdel")),
            Column("step", _("Step"), "count"),
            Column("phase", _("Phase"), "count"),
            Column("delay", _("Delay, months"), "count"),
            Column("network", _("Learning network")),
        )

    def row(self, unit: Unit, group: str = "") -> Row:
        given = self.book.tallies.given(self.day, unit.id)
        cells: tuple[Cell, ...] = (
            name_cell(unit),
            Figure(unit.number, "number_text"),
            self._delivery(unit),
            self._plan(unit),
            _same(self.dates["plan.decided_on"].get(unit.id), "date"),
            self._anchoring(given.get("plan.anchoring", frozenset())),
            self._level(given, "progress.step"),
            self._level(given, "progress.phase"),
            self._delay(unit),
            self._network(given.get("network.participates", frozenset())),
        )
        return Row(unit.number, cells, group=group)

    def _delivery(self, unit: Unit) -> str:
        state, late, on_behalf = self.reports.get(unit.id) or ("missing", 0, False)
        label = self.states[state]
        if late:
            label = self.late(late)
        return f"{label} *" if on_behalf else label

    def late(self, days: int) -> str:
        return self.book._("1 day late") if days == 1 else self.book.tell(self.book._("{n} days late"), n=days)

    def _plan(self, unit: Unit) -> str:
        return texts.PLAN_LETTERS[plan_class(self.book, unit.id)]

    def _anchoring(self, values: frozenset[str]) -> str:
        if not values:
            return "–"
        return self.part["yes"] if "samfunnsdel" in values else self.part["no"]

    def _level(self, given: dict[str, frozenset[str]], question: str) -> Figure:
        value = next(iter(given.get(question, ())), "")
        return _same(int(value) if value.isdigit() else None, "count")

    def _delay(self, unit: Unit) -> Figure:
        return _same(self.numbers["progress.delay_months"].get(unit.id), "count")

    def _network(self, values: frozenset[str]) -> str:
        return self.part.get(next(iter(values), ""), "–")


def overview(book: Book, units: Iterable[Unit], title: str, **words: str) -> Table:
    """The same rows of some units as one table under the next number; districts stand in a group of their own."""
    maker = _Annex(book)
    group = book._("Districts of Oslo; they count in the delivery only")
    rows = (maker.row(unit, "" if unit.kind == "municipality" else group) for unit in units)
    return Table(book.next_table(), title, maker.columns(), many(rows), **words)


def letters_note(book: Book) -> str:
    """What the letters, the dash and the asterisk in these rows mean."""
    _ = book._
    letters = ", ".join(f"{texts.PLAN_LETTERS[key]} {label.lower()}" for key, label in texts.plan_status(_).items())
    return book.tell(
        _(
            "Plan status: {letters}. A dash means not answered or not asked, never zero. "
            "An asterisk means that the statsforvalter sent the report in on behalf of the unit."
        ),
        letters=letters,
    )


def annex(book: Book) -> tuple[Heading | Paragraph | Table, ...]:
    """One table a county with a row a municipality; Oslo's districts stand under Oslo."""
    _ = book._
    maker = _Annex(book)
    units = book.facts.units
    counties: dict[tuple[str, str], dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("L")))
    for place, unit in enumerate(units):
        counties[unit.county, unit.county_name][unit.kind].append(place)
    group = _("Districts of Oslo; they count in the delivery only")
    tables = []
    for (number, name), places in sorted(counties.items()):
        municipalities = (maker.row(units[place]) for place in places["municipality"])
        districts = (maker.row(units[place], group) for place in places["district"])
        tables.append(
            Table(
                id=book.next_table(),
                title=book.tell(_("The municipalities of {county} on {date}"), county=name, date=book.facts.round.date),
                columns=maker.columns(),
                rows=many(chain(municipalities, districts)),
                kind="annex",
                name=f"annex_{number}",
            )
        )
    note = Text(letters_note(book))
    heading = Heading("annex", 1, _("Annex: municipality by municipality"), numbered=False)
    return (heading, Paragraph((note,), "note"), *tables)


# --- sheets of the workbook -----------------------------------------------------------------------


def sheets(book: Book) -> tuple[Table, ...]:
    """All answers (one row for each unit, question and row) and the code book."""
    return (_answers(book), _units(book), _code_book(book))


def _answers(book: Book) -> Table:
    _ = book._
    columns = (
        Column("number", _("Number"), "number_text"),
        Column("name", _("Unit")),
        Column("office", _("Office")),
        Column("question", _("Question")),
        Column("row", _("Row"), "number_text"),
        Column("value", _("Code of the answer")),
        Column("answer", _("Answer")),
        Column("number_value", _("Answer as a number"), "decimal"),
        Column("date_value", _("Date"), "date"),
    )
    words = _OptionWords(book)
    rows = []
    place = {unit.id: index for index, unit in enumerate(book.facts.units)}
    known = [answer for answer in book.facts.answers if answer.unit in place]
    for index, answer in enumerate(sorted(known, key=lambda entry: place[entry.unit])):
        unit = book.facts.units[place[answer.unit]]
        cells: tuple[Cell, ...] = (
            unit.number,
            unit.display_name,
            book.office_name(unit.office),
            answer.question,
            answer.row,
            answer.value,
            words.of(answer),
            "" if answer.number is None else Figure(_plain_number(answer.number), "decimal"),
            "" if answer.date is None else Figure(answer.date, "date"),
        )
        rows.append(Row(str(index), cells))
    return Table("answers", _("All answers"), columns, tuple(rows), empty=_("No answers were sent in."))


def _plain_number(number: Decimal) -> Decimal | int:
    return int(number) if number == number.to_integral_value() else number.normalize()


class _OptionWords:
    """The words of coded answers, in the form that the unit was asked with; networks by name, texts as they were
    written."""

    def __init__(self, book: Book) -> None:
        self._networks = {str(network.id): network.name for network in book.facts.networks}
        self._registers: set[str] = set()
        self._words = self._read(book.facts.form, book.language)
        self._words_of: dict[int, dict[tuple[str, str], str]] = {}
        for use in book.facts.older_forms:
            words = self._read(use.form, book.language)
            self._words_of |= dict.fromkeys(use.units, words)

    def _read(self, form: FormSpec, language: str) -> dict[tuple[str, str], str]:
        self._registers |= {question.code for question in form.questions() if question.kind == "register"}
        return {
            (question.code, option.key): local(option.text, language)
            for question in form.questions()
            for option in question.options
        }

    def of(self, answer: UnitAnswer) -> str:
        if answer.text:
            return answer.text
        if answer.question in self._registers:
            return self._networks.get(answer.value, answer.value)
        words = self._words_of.get(answer.unit, self._words)
        return words.get((answer.question, answer.value), answer.value)


def _units(book: Book) -> Table:
    _ = book._
    columns = (
        Column("number", _("Number"), "number_text"),
        Column("name", _("Unit")),
        Column("kind", _("Kind")),
        Column("office", _("Office")),
        Column("county", _("County")),
        Column("delivery", _("Delivery")),
        Column("late", _("Days late"), "count"),
        Column("on_behalf", _("By the office for the unit")),
        Column("submission", _("Submission"), "count"),
    )
    reports = {report.unit: report for report in book.facts.reports if report.round == book.facts.round.date}
    rows = tuple(_unit_row(book, unit, reports.get(unit.id)) for unit in book.facts.units)
    return Table("units", _("Units"), columns, rows)


def _unit_row(book: Book, unit: Unit, report: UnitReport | None) -> Row:
    _ = book._
    kinds = {"municipality": _("municipality"), "district": _("district")}
    counts = report is not None and report.submission is not None
    cells: tuple[Cell, ...] = (
        unit.number,
        unit.display_name,
        kinds[unit.kind],
        book.office_name(unit.office),
        unit.county_name,
        texts.delivery_states(_)[report.state if report else "missing"],
        Figure(report.days_late if report and counts else None, "count"),
        _("Yes") if report and report.on_behalf else _("No"),
        Figure(report.number if report and counts else None, "count"),
    )
    return Row(unit.number, cells)


def _code_book(book: Book) -> Table:
    _ = book._
    columns = (
        Column("code", _("Question")),
        Column("kind", _("Kind")),
        Column("part", _("What")),
        Column("key", _("Code of the answer"), "number_text"),
        Column("text", _("Words")),
        Column("required", _("Required")),
        Column("shown", _("Asked when")),
    )
    rows: dict[tuple[Cell, ...], Row] = {}
    for form in (book.facts.form, *(use.form for use in book.facts.older_forms)):
        for question in form.questions():
            for cells in _code_rows(question, book):
                rows.setdefault(cells, Row(f"{question.code}:{len(rows)}", cells))
    return Table("codes", _("Code book"), columns, tuple(rows.values()))


def _condition(entry: Condition) -> str:
    """``own|inside``, ``≠ none`` or ``≥ 1``, in codes that mean the same in every language."""
    if entry.none_of:
        return "≠ " + "|".join(entry.none_of)
    return "|".join(entry.any_of) or f"≥ {entry.at_least:g}"


def _code_rows(question: QuestionSpec, book: Book) -> Iterable[tuple[Cell, ...]]:
    _ = book._
    shown = " · ".join(f"{entry.question}: {_condition(entry)}" for entry in question.shown_when)
    required = _("Yes") if question.required else _("No")
    text = local(question.text, book.language)
    yield question.code, question.kind, _("Question"), "", text, required, shown or _("always")
    for option in question.options:
        yield question.code, question.kind, _("Answer"), option.key, local(option.text, book.language), "", ""
    for row in question.rows:
        yield question.code, question.kind, _("Row"), row.key, local(row.text, book.language), "", ""
