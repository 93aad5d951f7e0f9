"""How many minutes a form takes a municipality, and what it adds to the burden of all. Pure.

The seconds of a kind are a first guess, written out in ``SECONDS``; where the last round was measured, its medians
take their place. A question that is filled in beforehand takes ``CHECKING`` of its time: it is read, not written. A
question that is only shown by an answer is weighed by ``SHOWN``: not everybody gets to see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reporting.compose.editing import questions_of, sections_of

SECONDS = {
    "yes_no": 15, "one_of": 25, "several_of": 40, "whole_number": 30, "decimal": 30, "per_cent": 30, "date": 30,
    "short_text": 40, "long_text": 180, "matrix": 60, "register": 40,
}  # fmt: skip
ROW = 12
"""Seconds more for each row of a matrix."""

CHECKING = 0.4
SHOWN = 0.5
UNITS = 371
"""Municipalities and districts that report (2022)."""


@dataclass(frozen=True)
class Estimate:
    """Of a form: questions, those that are filled in beforehand, and seconds for one municipality, in all and by
    section key and question code. ``units`` report."""

    questions: int
    filled: int
    seconds: float
    units: int
    by_section: Mapping[str, float]
    by_question: Mapping[str, float]

    @property
    def minutes(self) -> float:
        """Minutes for one municipality, to the nearest half."""
        return round(self.seconds / 30) / 2

    @property
    def hours_for_all(self) -> int:
        """Whole hours for all units together."""
        return round(self.seconds * self.units / 3600)


def estimate(
    definition: Mapping[str, Any], *, measured: Mapping[str, float] | None = None, units: int = UNITS
) -> Estimate:
    """The estimate of a form. ``measured`` are medians in seconds by question code, of the last round."""
    by_section = {str(section.get("key", "")): 0.0 for section in sections_of(definition)}
    by_question: dict[str, float] = {}
    filled = 0
    for section, question in questions_of(definition):
        seconds = question_seconds(question, measured or {})
        by_question[question["code"]] = seconds
        by_section[str(section.get("key", ""))] += seconds
        filled += bool(question.get("prefill"))
    total = sum(by_question.values())
    return Estimate(len(by_question), filled, total, units, by_section, by_question)


def question_seconds(question: Mapping[str, Any], measured: Mapping[str, float]) -> float:
    """Seconds that a municipality spends at a question, on average over those who see it and those who do not."""
    if question.get("code") in measured:
        return measured[question["code"]]
    seconds = float(SECONDS.get(question.get("kind", ""), 30)) + ROW * len(question.get("rows") or ())
    if question.get("prefill"):
        seconds *= CHECKING
    return seconds * SHOWN if question.get("shown_when") else seconds
