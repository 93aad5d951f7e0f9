"""A delay of more than two years is rare: the reform was planned for five."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import WARNING, Check, CheckFacts, Finding

MONTHS = 24


def find(facts: CheckFacts) -> list[Finding]:
    """A warning at the delay when it is more than 24 months."""
    months = facts.answers.get("progress.delay_months")
    if months is not None and months > MONTHS:
        text = _("A delay of %(months)s months is more than two years. Explain it, or correct the number.")
        return [Finding(WARNING, CHECK.code, text, "progress.delay_months", values={"months": months})]
    return []


CHECK = Check(
    code="long_delay",
    level=WARNING,
    title=_("A delay is at most 24 months."),
    why=_("A longer one is rare, and is often a number in the wrong field."),
    compares=_("The delay in months, and 24 months."),
    source=sources.DELAYED,
    says=_(
        "At the end of 2021 the reform as a whole was about one year late. Twice as much is the limit of this portal."
    ),
    questions=("progress.delay_months",),
    find=find,
)
