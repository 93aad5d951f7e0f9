"""A solution that was not adopted last time and is so now: progress, worth seeing for whoever reviews.

It is a remark and asks for nothing: forward is what the reform wants, and the municipalities shall not be given a
heavier burden (Tillegg 40).
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import REMARK, TAKEN_UP, Check, CheckFacts, Finding

NOT_BEFORE = ("considered", "not_considered")


def find(facts: CheckFacts) -> list[Finding]:
    """A remark at each solution that has gone from considered or not considered to adopted or adapted."""
    before = (facts.previous or {}).get("solutions") or {}
    now = facts.answers.get("solutions") or {}
    text = _("New since last time: %(solution)s is adopted.")
    question = facts.spec.question("solutions")
    return [
        Finding(REMARK, CHECK.code, text, "solutions", row.key, {"solution": row.text})
        for row in question.rows
        if before.get(row.key) in NOT_BEFORE and now.get(row.key) in TAKEN_UP
    ]


CHECK = Check(
    code="solution_newly_adopted",
    level=REMARK,
    title=_("Solutions that are adopted since last time are pointed out."),
    why=_("The statsforvalter sees at once what is new. You do not have to do anything."),
    compares=_("The position on each solution and your last report."),
    source=sources.INDICATORS,
    says=_(
        "A core indicator is which municipalities have taken a position on the solutions. "
        "The burden of reporting shall not grow."
    ),
    questions=("solutions",),
    find=find,
)
