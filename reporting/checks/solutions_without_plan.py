"""Who has decided on solutions has some plan, or a process towards one."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import TAKEN_UP, WARNING, Check, CheckFacts, Finding

WITHOUT_PLAN = ("none", "declined")


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the plan status when solutions are adopted although there is no plan."""
    positions = facts.answers.get("solutions") or {}
    adopted = sum(position in TAKEN_UP for position in positions.values())
    if facts.answers.get("plan.status") in WITHOUT_PLAN and adopted:
        text = _(
            "Solutions that you have adopted: %(count)s. But you have no plan for the reform. "
            "Explain where they are decided, or change the answer."
        )
        return [Finding(WARNING, CHECK.code, text, "plan.status", values={"count": adopted})]
    return []


CHECK = Check(
    code="solutions_without_plan",
    level=WARNING,
    title=_("Adopted solutions go together with a plan."),
    why=_("When the municipal council has decided on solutions, that counts as a plan or as part of one."),
    compares=_("The solutions that are adopted and the answer about the plan."),
    source=sources.CRITERIA_2021,
    says=_(
        "A plan means that the municipal council has taken a position on the solutions "
        "and decided how the reform is carried out."
    ),
    questions=("plan.status", "solutions"),
    find=find,
)
