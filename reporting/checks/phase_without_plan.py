"""Phase 3 is carrying out what has been adopted (the reform's phases: 2 planning, 3 carrying out, 4 evaluation)."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ADOPTED, WARNING, Check, CheckFacts, Finding

CARRYING_OUT = 3


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the phase when it is 3 or later without an adopted plan."""
    phase, status = facts.answers.get("progress.phase"), facts.answers.get("plan.status")
    if phase is not None and int(phase) >= CARRYING_OUT and status is not None and status not in ADOPTED:
        text = _("You are in phase %(phase)s without an adopted plan. Explain what you carry out, or change the phase.")
        return [Finding(WARNING, CHECK.code, text, "progress.phase", values={"phase": phase})]
    return []


CHECK = Check(
    code="phase_without_plan",
    level=WARNING,
    title=_("Who carries out the reform has adopted a plan."),
    why=_("Planning and decisions belong to phase 2. In phase 3 the plan is carried out."),
    compares=_("The phase and the answer about the plan."),
    source=sources.PHASES,
    says=_("Phase 2 is for mapping, planning and decisions, phase 3 for carrying out."),
    questions=("progress.phase", "plan.status"),
    find=find,
)
