"""The plan register knows an adopted plan that the report does not."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ADOPTED, WARNING, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the status when the register has an adopted plan and the answer none. What the last report said is
    another check's business (``status_gone_back``)."""
    known, now = facts.registers.get("plan.status"), facts.answers.get("plan.status")
    before = (facts.previous or {}).get("plan.status")
    if known in ADOPTED and before not in ADOPTED and now is not None and now not in ADOPTED:
        text = _("The plan register has an adopted plan. Change the answer, or explain what has happened to the plan.")
        return [Finding(WARNING, CHECK.code, text, "plan.status")]
    return []


CHECK = Check(
    code="register_plan",
    level=WARNING,
    title=_("A plan that stands in the plan register is still adopted."),
    why=_(
        "When the report is approved, its answer takes the register's place. A decision should not go away by mistake."
    ),
    compares=_("The answer about the plan and the plan register on the reference date."),
    source=sources.INDICATORS,
    says=_("A core indicator is which municipalities have adopted local plans."),
    questions=("plan.status",),
    find=find,
)
