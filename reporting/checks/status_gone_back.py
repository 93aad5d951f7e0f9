"""A plan that was adopted last time is seldom gone."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ADOPTED, WARNING, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the status when the last report had an adopted plan and this one has not."""
    before, now = (facts.previous or {}).get("plan.status"), facts.answers.get("plan.status")
    if before in ADOPTED and now is not None and now not in ADOPTED:
        text = _("Last time you had an adopted plan. Explain what has happened to it, or change the answer.")
        return [Finding(WARNING, CHECK.code, text, "plan.status")]
    return []


CHECK = Check(
    code="status_gone_back",
    level=WARNING,
    title=_("A plan that was adopted last time is still adopted."),
    why=_("A plan seldom goes away. Often the wrong answer was chosen, now or last time."),
    compares=_("The answer about the plan and the answer in your last report."),
    source=sources.INDICATORS,
    says=_("A core indicator is which municipalities have adopted local plans."),
    questions=("plan.status",),
    find=find,
)
