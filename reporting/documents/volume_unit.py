"""One municipality's part of its region's volume: how it reported, what has changed, what the registers say of it,
and every answer. No database and no clock; the words come through ``_``, those of a form through the form itself.

The labels are those of the form that the report was filled in with, which need not be the round's newest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reporting.answers import diff, format_answer, value_at
from reporting.form_spec import QuestionSpec, local, visible_codes

from . import texts
from .book import Book
from .content import Block, Cell, Column, Figure, Heading, Paragraph, Row, Run, Table, Text
from .facts import RETURNED, Unit
from .formats import format_date
from .volume_facts import Anchoring, Decision, Given, Part, Progress, SentIn, VolumeFacts, held

AnswerLine = tuple[str, str, str, str, str]
"""Key, section, question, answer, and the answer of the round before where it was another."""


@dataclass(frozen=True)
class UnitFacts:
    """What a volume knows of one unit: its reports of this round and the one before, and its register rows."""

    now: SentIn | None = None
    before: SentIn | None = None
    decisions: tuple[Decision, ...] = ()
    anchorings: tuple[Anchoring, ...] = ()
    progress: tuple[Progress, ...] = ()
    parts: tuple[Part, ...] = ()
    support: tuple[Given, ...] = ()


class UnitPages:
    """Makes the parts of the units of one region, in one language."""

    def __init__(self, book: Book, found: VolumeFacts) -> None:
        self.book, self.found = book, found
        self._ = book._
        self.day = book.facts.round.date
        self.states = {r.unit: r.state for r in book.facts.reports if r.round == self.day}
        self._lines: dict[int, tuple[AnswerLine, ...]] = {}

    def lines(self, unit: Unit, known: UnitFacts) -> tuple[AnswerLine, ...]:
        """The lines of a unit's answers, made once."""
        if unit.id not in self._lines:
            self._lines[unit.id] = tuple(answer_lines(known, self.found.networks, self.book))
        return self._lines[unit.id]

    def blocks(self, unit: Unit, known: UnitFacts) -> tuple[Block, ...]:
        """The chapter of one unit."""
        registers = self._registers(unit, known)
        answers = self._answers(unit, known)
        return (
            Heading(f"unit-{unit.number}", 1, unit.display_name, numbered=False),
            Paragraph(self._delivered(unit, known), "lead"),
            *self._changes(known),
            registers,
            *([answers] if answers else []),
        )

    # --- the report -------------------------------------------------------------------------------

    def _delivered(self, unit: Unit, known: UnitFacts) -> tuple[Run, ...]:
        _, tell = self._, self.book.tell
        sent = known.now
        number = tell(_("Number {number}."), number=unit.number)
        if sent is None:
            back = self.states.get(unit.id) == RETURNED
            text = (
                _("The report was sent back and has not been sent in anew, so its answers are not shown.")
                if back
                else _("No report has been sent in for this round.")
            )
            return (Text(f"{number} {text}"),)
        day = timezone.localdate(sent.submitted_at)
        parts = [
            number,
            tell(_("Sent in by the statsforvalter on its behalf on {day}"), day=day)
            if sent.on_behalf
            else tell(_("Sent in on {day}"), day=day),
        ]
        status = [self._in_time(sent), _("approved") if sent.approved else _("not approved yet")]
        return (Text(f"{' '.join(parts)}, {', '.join(status)}."),)

    def _in_time(self, sent: SentIn) -> str:
        _ = self._
        if not sent.days_late:
            return _("within an extended deadline") if sent.extended_to else _("in time")
        if sent.days_late == 1:
            return _("1 day after the deadline")
        return self.book.tell(_("{n} days after the deadline"), n=sent.days_late)

    # --- changes ----------------------------------------------------------------------------------

    def _changes(self, known: UnitFacts) -> Iterable[Block]:
        """Which answers and register rows are other than at the round before, by name."""
        _, previous = self._, self.book.facts.previous
        if previous is None:
            return
        parts = [*self._changed_registers(known, previous.date), *self._changed_answers(known)]
        day = format_date(previous.date)
        head = Text(self.book.tell(_("Changed since {day}: "), day=day), strong=True)
        if known.now and not known.before:
            parts.append(_("there is no report from that round to compare the answers with"))
        yield Paragraph((head, Text((", ".join(parts) or _("nothing")) + ".")))

    def _changed_registers(self, known: UnitFacts, before: dt.date) -> list[str]:
        _, tell = self._, self.book.tell
        then = {row.status for row in known.decisions if held(row, before)}
        now = {row.status for row in known.decisions if held(row, self.day)}
        plan = texts.plan_answers(_)
        parts = [
            tell(_("plan status in the register is now “{status}”"), status=plan.get(s, s)) for s in sorted(now - then)
        ]
        joined = {p.network for p in known.parts if held(p, self.day)}
        left = {p.network for p in known.parts if held(p, before)}
        parts += [tell(_("in the network {name}"), name=name) for name in sorted(joined - left)]
        parts += [tell(_("no longer in the network {name}"), name=name) for name in sorted(left - joined)]
        return parts

    def _changed_answers(self, known: UnitFacts) -> list[str]:
        if not (known.now and known.before):
            return []
        spec = known.now.form
        counted: dict[str, int] = {}
        for change in diff(spec, known.before.answers, known.now.answers):
            counted[change.code] = counted.get(change.code, 0) + 1
        named = []
        for code, times in counted.items():
            question = spec.question(code)
            name = local(question.name, self.book.language).lower()
            named.append(self.book.tell("{name} ({n})", name=name, n=times) if question.kind == "matrix" else name)
        return named

    # --- registers --------------------------------------------------------------------------------

    def _registers(self, unit: Unit, known: UnitFacts) -> Table:
        """One row a plan status, step, network and kind of support; what there is none of says so."""
        _ = self._
        columns = (Column("what", _("What")), Column("said", _("In the register")), Column("from", _("From"), "date"))
        rows = [
            Row(f"{kind}:{place}", cells)
            for kind, entries in (
                ("plan", self._plans(known)), ("network", self._networks(known)), ("support", self._support(known)),
            )
            for place, cells in enumerate(entries)
        ]  # fmt: skip
        title = self.book.tell(
            _("{name}: decisions, networks and support on {day}"), name=unit.display_name, day=self.day
        )
        return Table(self.book.next_table(), title, columns, tuple(rows), kind="annex")

    def _plans(self, known: UnitFacts) -> Iterable[tuple[Cell, ...]]:
        _, day = self._, self.day
        words = texts.plan_answers(_)
        decisions = [row for row in known.decisions if held(row, day)]
        for row in decisions:
            said = _joined(words.get(row.status, row.status), row.title, *self._decided(row))
            yield _("Plan status"), said, Figure(row.since, "date")
        if not decisions:
            yield _("Plan status"), _("Nothing is registered."), ""
        anchored = [row for row in known.anchorings if held(row, day)]
        if anchored:
            yield _("Anchored in"), "; ".join(self._anchored(row) for row in anchored), ""
        for step in (row for row in known.progress if held(row, day)):
            yield _("Step and phase"), _joined(*self._stepped(step)), Figure(step.since, "date")

    def _decided(self, row: Decision) -> Iterable[str]:
        _, tell = self._, self.book.tell
        if row.decided_on:
            yield tell(_("decided on {day}"), day=row.decided_on)
        if row.case_number:
            yield tell(_("case {number}"), number=row.case_number)
        if row.expected_on and row.status == "process":
            yield tell(_("decision expected {day}"), day=row.expected_on)

    def _anchored(self, row: Anchoring) -> str:
        _, tell = self._, self.book.tell
        types = texts.plan_types(_)
        years = f"{row.covers_from}–{row.covers_to or row.covers_from}" if row.covers_from else ""
        adopted = tell(_("adopted on {day}"), day=row.adopted_on) if row.adopted_on else ""
        return _joined(
            types.get(row.plan_type, row.plan_type), row.name, years, adopted, _("expected") if row.expected else "",
            tell(_("from {day}"), day=row.since),
        )  # fmt: skip

    def _stepped(self, row: Progress) -> Iterable[str]:
        _ = self._
        yield texts.steps(_).get(str(row.step), "")
        yield texts.phases(_).get(str(row.phase), "")
        if row.delay_months:
            one = _("1 month behind its own plan")
            many = self.book.tell(_("{n} months behind its own plan"), n=row.delay_months)
            yield one if row.delay_months == 1 else many
            yield texts.delay_reasons(_).get(row.delay_reason, row.delay_reason)

    def _networks(self, known: UnitFacts) -> Iterable[tuple[Cell, ...]]:
        _ = self._
        kinds, states = texts.network_kinds(_), {"active": _("takes part"), "planned": _("planned")}
        parts = [part for part in known.parts if held(part, self.day)]
        for part in parts:
            said = _joined(part.network, kinds.get(part.kind, part.kind).lower(), states[part.status])
            yield _("Network"), said, Figure(part.since, "date")
        if not parts:
            yield _("Network"), _("Nothing is registered."), ""

    def _support(self, known: UnitFacts) -> Iterable[tuple[Cell, ...]]:
        """A row a kind of support since the last round, with who gave it and when."""
        _ = self._
        kinds = texts.support_kinds(_) | {"invitation": _("Own invitation to those that have not started")}
        givers = {
            "statsforvalter": _("Statsforvalter"), "ks": _("KS"), "usht": _("USHT"),
            "together": _("Statsforvalter, KS and USHT together"),
        }  # fmt: skip
        by_kind: dict[str, list[str]] = {}
        for row in known.support:
            said = _joined(givers.get(row.provider, row.provider), row.title, format_date(row.on))
            by_kind.setdefault(row.kind, []).append(said)
        for kind, said in by_kind.items():
            yield self.book.tell(_("Support: {kind}"), kind=kinds.get(kind, kind).lower()), "; ".join(said), ""
        if not by_kind:
            yield _("Support since the last round"), _("Nothing is registered."), ""

    # --- answers ----------------------------------------------------------------------------------

    def _answers(self, unit: Unit, known: UnitFacts) -> Table | None:
        if known.now is None:
            return None
        _, previous = self._, self.book.facts.previous
        compared = previous is not None and known.before is not None
        columns: tuple[Column, ...] = (Column("question", _("Question")), Column("answer", _("Answer")))
        if compared and previous:
            head = self.book.tell(_("Where it was another on {day}"), day=previous.date)
            columns = (*columns, Column("before", head))
        rows = tuple(
            Row(key, (label, now, before) if compared else (label, now))
            for key, _section, label, now, before in self.lines(unit, known)
        )
        title = self.book.tell(_("{name}: the answers of the report"), name=unit.display_name)
        return Table(self.book.next_table(), title, columns, rows, kind="annex")


def answer_lines(known: UnitFacts, networks: Mapping[str, str], book: Book) -> Iterable[AnswerLine]:
    """Key, section, question, answer and the answer of the round before where it was another: one line a question that
    was asked, and in a matrix one for each answer with the rows that got it."""
    sent = known.now
    if sent is None:
        return
    spec, language = sent.form, book.language
    shown = visible_codes(spec, sent.answers)
    before = known.before.answers if known.before else {}
    for section in spec.sections:
        title = local(section.title, language)
        for question in section.questions:
            if question.code not in shown:
                continue
            if question.kind == "matrix":
                for key, label, now, then in _matrix(question, sent.answers, before, book):
                    yield f"{question.code}:{key}", title, label, now, then
                continue
            now, then = sent.answers.get(question.code), before.get(question.code)
            words = format_answer(question, now, language, networks)
            other = _other(question, then, known.before, networks, book) if then != now else ""
            yield question.code, title, local(question.name, language), words, other


def _other(question: QuestionSpec, then: Any, before: SentIn | None, networks: Mapping[str, str], book: Book) -> str:
    """The answer of the round before in the words of the form that it was given in."""
    if before is None:
        return ""
    if not before.form.has(question.code):
        return book._("Not asked")
    return format_answer(before.form.question(question.code), then, book.language, networks)


def _matrix(
    question: QuestionSpec, answers: Mapping[str, object], before: Mapping[str, object], book: Book
) -> Iterable[tuple[str, str, str, str]]:
    """A line an option: the rows that got it now, and those that had it before and have it no more; and last the rows
    without an answer."""
    language = book.language
    name = local(question.name, language)
    rows = {row.key: f"{row.key} {local(row.text, language)}" for row in question.rows}
    kinds = [*((option.key, local(option.text, language)) for option in question.options), (None, None)]
    for key, label in kinds:
        now = [row for row in rows if value_at(answers, question, row) == key]
        then = [row for row in rows if before and value_at(before, question, row) == key and row not in now]
        if key is None and not now:
            continue
        words = label or book._("Not answered")
        yield key or "-", f"{name}: {words.lower()}", _listed(now, rows) or "–", "; ".join(then)


def _listed(keys: Iterable[str], rows: Mapping[str, str]) -> str:
    return "; ".join(rows[key] for key in keys)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def by_unit(found: VolumeFacts, now: dt.date) -> dict[int, UnitFacts]:
    """The facts of each unit; ``now`` is the round's reference date."""
    lists: dict[int, dict[str, list[Any]]] = {}
    for name in ("decisions", "anchorings", "progress", "parts", "support"):
        for row in getattr(found, name):
            lists.setdefault(row.unit, {}).setdefault(name, []).append(row)
    known: dict[int, dict[str, Any]] = {
        unit: {name: tuple(rows) for name, rows in named.items()} for unit, named in lists.items()
    }
    for sent in found.sent:
        known.setdefault(sent.unit, {})["now" if sent.round == now else "before"] = sent
    return {unit: UnitFacts(**named) for unit, named in known.items()}
