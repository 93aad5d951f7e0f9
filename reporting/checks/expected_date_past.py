"""A decision that is expected has not been expected for a day that is over."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import WARNING, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the expected date when it is before today."""
    day = facts.date("plan.expected_on")
    if day is not None and day < facts.today:
        text = _("The decision was expected on %(day)s. Write a new date, or explain what happened.")
        return [Finding(WARNING, CHECK.code, text, "plan.expected_on", values={"day": day})]
    return []


CHECK = Check(
    code="expected_date_past",
    level=WARNING,
    title=_("The expected date of a decision is not over."),
    why=_("A date that is over says nothing about when the plan comes."),
    compares=_("The date on which a decision is expected, and today."),
    source=sources.CRITERIA_2021,
    says=_("Who has no plan describes how and when it will be adopted."),
    questions=("plan.expected_on",),
    find=find,
)
