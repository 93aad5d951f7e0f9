"""What the page of a figure shows: the figure, its rule, the way to it, and every unit with the answer behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst as upper_first
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from municipalities.services import OfficeNameOnDay, UnitName, office_names, unit_names
from networks.models import Network, Provider
from reporting.answers import format_answer
from reporting.documents import texts
from reporting.documents.collect_forms import older_forms
from reporting.documents.content import Chart, Column, Content, Figure, Table, TileMap
from reporting.documents.facts import PlanFact
from reporting.documents.formats import format_cell, format_date, format_figure
from reporting.documents.selectors import Frozen, FrozenUnit, GivenAnswer, Home
from reporting.form_spec import FormSpec, local
from reporting.models import NationalSummary
from reporting.services.rounds import form_spec

TEXT_SHOWN = 300


@dataclass(frozen=True)
class UnitLine:
    """A unit and what it answered. ``name`` and ``official_names`` are for the template tag ``unit_name``;
    ``register`` is what the register says of it, where the figure is counted from one."""

    unit: int
    report: int
    number: str
    name: str
    official_names: list[dict[str, str]]
    office: str
    answer: str
    submission: int = 0
    submitted_at: dt.datetime | None = None
    url: str = ""
    register: str = ""

    @property
    def display_name(self) -> str:
        return " – ".join([self.name, *(e["name"] for e in self.official_names if e["name"] != self.name)])


@dataclass(frozen=True)
class OfficeGroup:
    """The units of one office, and how many it has in all."""

    name: str
    lines: list[UnitLine]
    of: int


@dataclass(frozen=True)
class Place:
    """Where a figure stands: its table, its column, its row."""

    table: Table
    column: Column
    row_name: str
    figure: Figure
    drawings: tuple[str, ...]


@dataclass
class FigureHome:
    """All that the page needs."""

    place: Place
    home: Home
    select: Mapping[str, str]
    base: int
    value: str
    unit_word: str
    counted: list[OfficeGroup] = field(default_factory=list)
    not_counted: list[OfficeGroup] = field(default_factory=list)
    missing: list[OfficeGroup] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    support: list[dict[str, Any]] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    amounts: list[tuple[str, int]] = field(default_factory=list)
    before: int | None = None

    @property
    def measure(self) -> str:
        return "amount" if "amount" in self.select else self.select.get("measure", "count")

    @property
    def from_register(self) -> bool:
        """Whether a register is behind the figure, and not the reports alone."""
        return "register" in self.select or "agree" in self.select

    @property
    def sums(self) -> dict[str, int]:
        return {
            "counted": len(self.home.counted), "not_counted": len(self.home.not_counted),
            "missing": len(self.home.missing),
        }  # fmt: skip

    @property
    def lines(self) -> list[UnitLine]:
        return [line for groups in (self.counted, self.not_counted, self.missing) for g in groups for line in g.lines]


def find_place(content: Content, ref: str, row: str) -> Place | None:
    """The place of the figure with this address, or None."""
    for table in content.tables():
        for index, column in enumerate(table.columns):
            if column.ref != ref:
                continue
            for entry in table.rows:
                cell = entry.cells[index]
                if entry.key == row and isinstance(cell, Figure):
                    drawings = tuple(
                        block.title
                        for block in content.blocks
                        if isinstance(block, Chart | TileMap) and block.table == table.id
                    )
                    return Place(table, column, format_cell(entry.cells[0]), cell, drawings)
    return None


def figure_home(summary: NationalSummary, place: Place, frozen: Frozen | None = None) -> FigureHome | None:
    """Everything behind a figure of a summary (a stored or a live one); ``frozen`` where its set is grouped in another
    way than by office. None for a figure without a selector."""
    figure = place.figure
    if figure.source is None:
        return None
    select = dict(figure.source.select)
    frozen = frozen or Frozen(summary)
    home = frozen.home(select)
    namer = _Namer(frozen, home)
    before = None
    if select.get("measure") == "change":
        before = len(frozen.home({**select, "measure": "count", "round": select["since"]}).counted)
    found = FigureHome(
        place=place,
        home=home,
        select=select,
        base=len(home.units),
        value=format_figure(figure),
        unit_word=_("units") if select.get("units") in ("all", "district") else _("municipalities"),
        questions=[namer.question(code, home.row) for code in home.questions],
        before=before,
    )
    answers = made_of(frozen, select) if "borders" in select else namer.answers(frozen, home)
    namer.registered = register_words(frozen, select)
    found.counted = namer.groups(home.counted, answers, home)
    found.not_counted = namer.groups(home.not_counted, answers, home)
    found.missing = namer.groups(home.missing, answers, home)
    if select.get("register") == "support":
        found.support = namer.support(frozen, select)
    if "amount" in select:
        found.amounts = [(local(row.names, namer.language) or row.row, row.amount) for row in frozen.amounts(select)]
    if "network" in select:
        rows = Network.objects.across_all(reason="name of a network").filter(pk=select["network"])
        found.networks = list(rows.values_list("name", flat=True))
    return found


class _Namer:
    """Names and words of one round in the language in use."""

    def __init__(self, frozen: Frozen, home: Home) -> None:
        self.summary = summary = frozen.summary
        self.language = "nn" if (get_language() or "nb").startswith("nn") else "nb"
        day = home.round or summary.as_of
        self.units: dict[int, UnitName] = unit_names(None, day)
        self.offices: dict[str, OfficeNameOnDay] = {entry.key: entry for entry in office_names(day).values()}
        round_ = frozen.round_of(home.round)
        self.spec: FormSpec = form_spec(round_.form_version)
        older = older_forms(round_, round_.form_version_id, frozen.ids)
        self.specs = {unit: use.form for use in older for unit in use.units}
        self.registered: dict[int, str] = {}

    def question(self, code: str, row: str) -> str:
        if not self.spec.has(code):
            return code
        question = self.spec.question(code)
        text = local(question.text, self.language)
        part = question.row(row) if row else None
        return f"{text} – {local(part.text, self.language)}" if part else text

    def answers(self, frozen: Frozen, home: Home) -> dict[int, list[str]]:
        """The words of each unit's answers to the questions behind the figure."""
        day = (home.round or self.summary.as_of).isoformat()
        found: dict[int, list[str]] = {}
        for code in home.questions:
            for unit, given in frozen.answers(day, code).items():
                mine = [entry for entry in given if entry.row == home.row or not home.row]
                if mine:
                    found.setdefault(unit, []).append(self.words(code, mine, unit))
        return found

    def words(self, code: str, given: list[GivenAnswer], unit: int) -> str:
        """One question's answers in the words of the form that the unit was asked with."""
        spec = self.specs.get(unit, self.spec)
        question = spec.question(code) if spec.has(code) else None
        parts = []
        for entry in given:
            if entry.text:
                parts.append(entry.text if len(entry.text) <= TEXT_SHOWN else entry.text[:TEXT_SHOWN].rstrip() + " …")
            elif entry.date is not None:
                parts.append(format_date(entry.date))
            elif entry.number is not None:
                parts.append(_number(entry.number))
            else:
                option = question.option(entry.value) if question else None
                parts.append(local(option.text, self.language) if option else entry.value)
        return ", ".join(parts)

    def groups(self, units: list[FrozenUnit], answers: dict[int, list[str]], home: Home) -> list[OfficeGroup]:
        """Units by office in the offices' order, within it in the order of their names."""
        totals: dict[str, int] = {}
        for unit in home.units:
            totals[unit.office] = totals.get(unit.office, 0) + 1
        by_office: dict[str, list[UnitLine]] = {}
        known = [unit for unit in units if unit.unit in self.units]
        for unit in sorted(known, key=lambda entry: self.units[entry.unit].sort_key):
            by_office.setdefault(unit.office, []).append(self.line(unit, answers))
        order = [*self.offices, *(key for key in by_office if key not in self.offices)]
        return [
            OfficeGroup(self.offices[key].short_name if key in self.offices else key, by_office[key], totals[key])
            for key in order
            if key in by_office
        ]

    def line(self, unit: FrozenUnit, answers: dict[int, list[str]]) -> UnitLine:
        name = self.units[unit.unit]
        states = texts.delivery_states(_)
        answer = "; ".join(answers.get(unit.unit, ()))
        if not answer:
            answer = _("Not answered") if unit.submission is not None and answers else states[unit.state]
        return UnitLine(
            unit=unit.unit, report=unit.report, number=name.number, name=name.name,
            official_names=name.official_names, office=unit.office, answer=answer, submission=unit.number,
            submitted_at=unit.submitted_at, register=self.registered.get(unit.unit, ""),
        )  # fmt: skip

    def support(self, frozen: Frozen, select: Mapping[str, str]) -> list[dict[str, Any]]:
        """The support activities behind a figure, each with the municipalities it reached."""
        kinds = texts.support_kinds(_)
        rows: dict[int, dict[str, Any]] = {}
        for row in frozen.support(select):
            provider = Provider(row.provider).label if row.provider in Provider.values else row.provider
            entry = rows.setdefault(
                row.activity,
                {"on": row.on, "kind": kinds.get(row.kind, row.kind), "provider": upper_first(provider), "n": 0},
            )
            entry["n"] += 1
        return sorted(rows.values(), key=lambda entry: entry["on"])


def answer_words(frozen: Frozen, select: Mapping[str, str]) -> dict[int, list[str]]:
    """What each unit answered to the questions behind a selector, in the words in which it was asked."""
    home = frozen.home(select)
    return _Namer(frozen, home).answers(frozen, home)


def made_of(frozen: Frozen, select: Mapping[str, str]) -> dict[int, list[str]]:
    """The municipalities of an earlier round that each one of the summary's day was made of, by their names then."""
    names = unit_names(None, dt.date.fromisoformat(select["round"]))
    return {
        unit: [", ".join(names[part].name for part in parts if part in names)]
        for unit, parts in frozen.parts(select).items()
        if parts
    }


def register_words(frozen: Frozen, select: Mapping[str, str]) -> dict[int, str]:
    """What the frozen rows of the register behind a figure say of each unit, in words; empty for a figure from the
    reports alone."""
    if "borders" in select:
        then = register_words(frozen, {key: value for key, value in select.items() if key != "borders"})
        parts = frozen.parts(select)
        return {unit: "; ".join(then[part] for part in parts[unit] if part in then) for unit in parts}
    about = select.get("register") or select.get("agree")
    if about == "plan":
        return {row.unit: plan_words(row) for row in frozen.plans(select)}
    if about == "support":
        count: dict[int, set[int]] = {}
        for given in frozen.support(select):
            count.setdefault(given.unit, set()).add(given.activity)
        words = {n: ngettext("%(n)s activity", "%(n)s activities", n) % {"n": n} for n in map(len, count.values())}
        return {unit: words[len(activities)] for unit, activities in count.items()}
    if about is None:
        return {}
    rows = frozen.participations({"status": "active", "kinds": "regional"} | dict(select))
    names = dict(Network.objects.across_all(reason="names of networks").values_list("pk", "name"))
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(_since(names.get(row.network, str(row.network)), row.since))
    return {unit: "; ".join(words) for unit, words in found.items()}


def plan_words(row: PlanFact) -> str:
    """``Own plan, since 1. mai 2022, decided 17. juni 2021, from a report``."""
    parts = [_since(texts.plan_answers(_).get(row.status, row.status), row.since)]
    if row.decided_on:
        parts.append(_("decided %(day)s") % {"day": format_date(row.decided_on)})
    direct = row.origin.startswith("register")
    parts.append(_("written directly in the register") if direct else _("from an approved report"))
    return ", ".join(parts)


def _since(words: str, day: dt.date | None) -> str:
    return _("%(what)s, since %(day)s") % {"what": words, "day": format_date(day)} if day else words


def _number(number: Decimal) -> str:
    return str(int(number)) if number == number.to_integral_value() else str(number.normalize()).replace(".", ",")


@dataclass(frozen=True)
class FullAnswer:
    """A question and its answer as they stand in a Submission; ``here`` when it is behind the figure."""

    question: str
    answer: str
    here: bool


def full_answers(submission: Any, codes: tuple[str, ...]) -> list[FullAnswer]:
    """Every answer of a Submission in the form's order and words."""
    spec = form_spec(submission.form_version)
    language = "nn" if (get_language() or "nb").startswith("nn") else "nb"
    networks = dict(Network.objects.across_all(reason="names of networks").values_list("pk", "name"))
    names = {str(pk): name for pk, name in networks.items()}
    rows = []
    for question in spec.questions():
        value = submission.answers.get(question.code)
        if value is None:
            continue
        if question.kind == "matrix":
            for row in question.rows:
                if row.key in value:
                    option = question.option(value[row.key])
                    words = local(option.text, language) if option else str(value[row.key])
                    rows.append(FullAnswer(local(row.text, language), words, question.code in codes))
            continue
        words = format_answer(question, value, language, names)
        rows.append(FullAnswer(local(question.text, language), words, question.code in codes))
    return rows
