"""The register says that the municipality is in a later phase than the report does."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import REMARK, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A remark at the phase when it lies before the register's."""
    known, now = facts.registers.get("progress.phase"), facts.answers.get("progress.phase")
    if known and now and str(known).isdigit() and str(now).isdigit() and int(now) < int(known):
        text = _("The register says phase %(phase)s. If you have not gone back, choose the phase you have reached.")
        return [Finding(REMARK, CHECK.code, text, "progress.phase", values={"phase": str(known)})]
    return []


CHECK = Check(
    code="register_phase",
    level=REMARK,
    title=_("A phase is seldom taken back."),
    why=_("The municipalities stand in different phases, but go through them in the same order."),
    compares=_("The phase and the register’s phase on the reference date."),
    source=sources.PHASES,
    says=_("The reform has four phases, from start-up to evaluation."),
    questions=("progress.phase",),
    find=find,
)
