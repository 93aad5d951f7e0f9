"""Facts for the tests of single checks: the portal's own form, with two solutions."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from reporting.checks.finding import CheckFacts, Finding
from reporting.form_spec import FormSpec
from reporting.question_bank import compose, read_layout, read_questions

TODAY = dt.date(2022, 5, 4)


@cache
def spec() -> FormSpec:
    """The form of the question bank."""
    text = {"nb": "Gode øyeblikk", "nn": "Gode augeblink"}
    rows = [{"key": key, "text": text, "group": "1"} for key in ("1.1", "1.2")]
    groups = [{"key": "1", "text": {"nb": "Område", "nn": "Område"}}]
    bank = {entry["code"]: entry for entry in read_questions()}
    return FormSpec.parse(compose(read_layout(), bank, {"solutions": (rows, groups)}))


def facts(
    answers: dict[str, Any],
    previous: dict[str, Any] | None = None,
    today: dt.date = TODAY,
    registers: dict[str, Any] | None = None,
) -> CheckFacts:
    """What a check gets."""
    return CheckFacts(
        spec=spec(), answers=answers, previous=previous, today=today, reference_date=dt.date(2022, 5, 1),
        registers=registers or {},
    )  # fmt: skip


def one(findings: list[Finding], level: str, place: str) -> Finding:
    """The only finding, at this level and place."""
    assert [(finding.level, finding.field_key) for finding in findings] == [(level, place)]
    assert findings[0].message.endswith(".")
    assert "%(" not in findings[0].message
    return findings[0]
