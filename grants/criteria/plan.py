"""What a municipality has decided about the reform, or how it gets there: what two of the criteria ask first. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from grants.criteria.facts import Answers, Evidence, UnitFacts

ADOPTED = ("own", "inside")
PROCESS = "process"


@dataclass(frozen=True)
class Plan:
    """The municipality's position on the reform on the day. ``since`` is the day of the council's decision, else the
    day from which it holds; ``evidence`` the row of the register, and the report's answer beside it."""

    status: str
    decided_on: dt.date | None
    since: dt.date
    expected_on: dt.date | None
    has_process: bool
    evidence: tuple[Evidence, ...]

    def is_adopted(self, day: dt.date) -> bool:
        """Whether a plan was in force on the day: a decision that is dated later was not made yet."""
        return self.status in ADOPTED and (self.decided_on is None or self.decided_on <= day)


def plan_of(facts: UnitFacts) -> Plan | None:
    """What the plan register says; where it says nothing, what the approved report said. None when neither does."""
    answers = facts.answered("plan")
    status = answers.one("plan.status") if answers else ""
    beside = (answer_evidence(answers, "plan.status"),) if answers and status else ()
    if facts.decisions:
        row = max(facts.decisions, key=lambda decision: (decision.valid_from, decision.id))
        since = row.decided_on or row.valid_from
        own = Evidence("decision", row.id, row.unit, since, f"plan.{row.status}")
        agreed = beside if status == row.status else ()
        return Plan(row.status, row.decided_on, since, row.expected_on, row.has_process, (own, *agreed))
    if not answers or not status:
        return None
    decided, expected = day_of(answers, "plan.decided_on"), day_of(answers, "plan.expected_on")
    process = bool(answers.one("plan.process").strip())
    return Plan(status, decided, decided or answers.reference_date, expected, process, beside)


def day_of(answers: Answers, question: str) -> dt.date | None:
    """The day that a question was answered with."""
    text = answers.one(question)
    return dt.date.fromisoformat(text) if text else None


def answer_evidence(answers: Answers, question: str, word: str = "") -> Evidence:
    """An answer as evidence: of which Submission, and from which reference date."""
    word = word or f"{question}={answers.one(question)}"
    return Evidence("answer", answers.submission, answers.unit, answers.reference_date, word, question)
