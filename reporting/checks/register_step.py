"""The register says that the municipality has come further than the report does."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import REMARK, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A remark at the step when it lies before the register's."""
    known, now = facts.registers.get("progress.step"), facts.answers.get("progress.step")
    if known and now and str(known).isdigit() and str(now).isdigit() and int(now) < int(known):
        text = _("The register says step %(step)s. If you have not gone back, choose the step that you have reached.")
        return [Finding(REMARK, CHECK.code, text, "progress.step", values={"step": str(known)})]
    return []


CHECK = Check(
    code="register_step",
    level=REMARK,
    title=_("A step is seldom taken back."),
    why=_("The five steps follow each other. A step before the register's is often a wrong choice."),
    compares=_("The step and the register’s step on the reference date."),
    source=sources.STEPS,
    says=_("The municipality goes through five steps, one after the other."),
    questions=("progress.step",),
    find=find,
)
