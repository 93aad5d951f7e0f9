"""Everything that can be explored and compared: the core indicators, the measures of the note, and each choice of the
question bank that the newest form asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.documents import rules, texts
from reporting.documents.book import Book, Measure
from reporting.documents.facts import Facts, RoundFact
from reporting.documents.tables_core import indicator_measures, plan_measures
from reporting.documents.tables_delivery import delivery_measures
from reporting.form_spec import FormSpec, QuestionSpec, local
from reporting.models import Round

CORE, PLAN, DELIVERY, PATTERN, SOLUTION, QUESTION = "kjerne", "plan", "levert", "risiko", "losning", "svar"


@dataclass(frozen=True)
class Indicator:
    """One figure that can be asked for. ``key`` stands in addresses and stays; ``select`` and ``missing`` are selectors
    of the note's rules (``missing``: None where nothing is asked), ``questions`` what they look at; ``rule`` is the
    name and version of the rule that counts it (``core.network v2``)."""

    key: str
    label: str
    select: Mapping[str, str]
    definition: str = ""
    missing: Mapping[str, str] | None = None
    questions: tuple[str, ...] = ()
    rule: str = ""

    @property
    def group(self) -> str:
        """The part of the list it belongs to."""
        return self.key.partition(":")[0]


def group_names() -> dict[str, str]:
    """The parts of the list, in their order."""
    return {
        CORE: _("Core indicators"),
        PLAN: _("Plan status, as reported"),
        DELIVERY: _("Delivery"),
        PATTERN: _("Patterns of risk, seen"),
        SOLUTION: _("Solutions taken up"),
        QUESTION: _("Answers"),
    }


def indicators(round_: Round, form: FormSpec, language: str, *, now: dt.datetime) -> dict[str, Indicator]:
    """All of them by their keys, in the words of ``language``; ``form`` says what is asked. No query."""
    book = _words(round_, form, language, now)
    found = [
        *(_measured(CORE, measure) for measure in indicator_measures(book)),
        *(_measured(PLAN, measure) for measure in plan_measures(book)),
        *_delivery(book),
        *_patterns(),
        *_answers(form, language),
    ]
    return {entry.key: entry for entry in found}


def _words(round_: Round, form: FormSpec, language: str, now: dt.datetime) -> Book:
    """The note's measures need a book for their words; this one has no figures."""
    day = round_.reference_date
    entry = RoundFact(round_.pk, day, round_.municipality_deadline, day)
    facts = Facts(
        round=entry, rounds=(entry,), frozen_at=now, version=0, sample=False, units=(), offices=(), form=form,
        reports=(), deliveries=(), counts=(), unit_answers=(), solutions=(),
    )  # fmt: skip
    return Book(facts, language, _)


def _missing(question: str) -> dict[str, str]:
    """Who has not answered; as in the note, to name no plan is an answer of those who have delivered."""
    return {"question": question, "answer": "absent" if question == "plan.anchoring" else "missing"}


def _measured(group: str, measure: Measure) -> Indicator:
    question = measure.select.get("question", "")
    return Indicator(
        f"{group}:{measure.key}", measure.label, measure.select, f"{measure.definition}.",
        _missing(question) if question else None, (question,) if question else (), _rule(measure),
    )  # fmt: skip


def _rule(measure: Measure) -> str:
    return f"{measure.rule} v{measure.version}"


def _delivery(book: Book) -> Iterator[Indicator]:
    for measure in delivery_measures(book):
        if measure.kind == "count" and "delivery" in measure.select:
            select = {**measure.select, "units": "all"}
            said = f"{measure.definition}."
            yield Indicator(f"{DELIVERY}:{measure.key}", measure.label, select, said, rule=_rule(measure))


def _patterns() -> Iterator[Indicator]:
    for key, (label, rule) in texts.patterns(_).items():
        select = {"pattern": key, "state": rules.SEEN}
        known = rules.PATTERN_BY_KEY[key]
        missing, name = {**select, "state": rules.MISSING}, f"pattern.{key} v{known.version}"
        yield Indicator(f"{PATTERN}:{key}", label, select, rule, missing, known.questions, name)


def _answers(form: FormSpec, language: str) -> Iterator[Indicator]:
    """The solutions first, then each answer that can be chosen."""
    questions = list(form.questions())
    for question in questions:
        if question.kind == "matrix" and set(rules.POSITION_TAKEN) <= set(question.option_keys):
            yield from _taken(question, language)
    for question in questions:
        if question.kind in ("yes_no", "one_of", "several_of"):
            name = local(question.name, language)
            for option in question.options:
                yield Indicator(
                    f"{QUESTION}:{question.code}={option.key}", f"{name}: {local(option.text, language)}",
                    {"question": question.code, "values": option.key}, local(question.text, language),
                    _missing(question.code), (question.code,), f"{question.code}={option.key} v1",
                )  # fmt: skip


def _taken(question: QuestionSpec, language: str) -> Iterator[Indicator]:
    positions: Sequence[str] = rules.POSITION_TAKEN
    for row in question.rows:
        where = {"question": question.code, "row": row.key}
        yield Indicator(
            f"{SOLUTION}:{row.key}", f"{row.key} {local(row.text, language)}",
            {**where, "values": "|".join(positions)},
            _("Municipalities that have it in place, have decided on it, or have adapted it."),
            {**where, "answer": "missing"}, (question.code,), "solutions.taken v1",
        )  # fmt: skip
