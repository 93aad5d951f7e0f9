"""A plan that is adopted has a date on which the municipal council adopted it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ADOPTED, ERROR, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """An error at the date when the plan is adopted and the date is missing."""
    if facts.answers.get("plan.status") in ADOPTED and "plan.decided_on" not in facts.answers:
        return [Finding(ERROR, CHECK.code, _("Write the date on which the plan was adopted."), "plan.decided_on")]
    return []


CHECK = Check(
    code="adopted_without_date",
    level=ERROR,
    title=_("An adopted plan has a date."),
    why=_("Without a date nobody can find the decision again."),
    compares=_("The answer about the plan and the date of the decision."),
    source=sources.CRITERIA_2021,
    says=_(
        "A plan means that the municipal council has taken a position on the solutions "
        "and decided how the reform is carried out."
    ),
    questions=("plan.status", "plan.decided_on"),
    find=find,
)
