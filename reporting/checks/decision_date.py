"""A decision about the reform lies between the day the reform was put forward and today.

Meld. St. 15 (2017-2018) was put forward on 4 May 2018.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ERROR, Check, CheckFacts, Finding

PUT_FORWARD = dt.date(2018, 5, 4)


def find(facts: CheckFacts) -> list[Finding]:
    """An error at the date when it is in the future or before the reform."""
    day = facts.date("plan.decided_on")
    if day is not None and day > facts.today:
        text = _("%(day)s has not been yet. Write the date on which the decision was made.")
        return [Finding(ERROR, CHECK.code, text, "plan.decided_on", values={"day": day})]
    if day is not None and day < PUT_FORWARD:
        text = _("%(day)s is before the reform was put forward on %(first)s. Check the date.")
        return [Finding(ERROR, CHECK.code, text, "plan.decided_on", values={"day": day, "first": PUT_FORWARD})]
    return []


CHECK = Check(
    code="decision_date",
    level=ERROR,
    title=_("The decision was made after 4 May 2018, and not in the future."),
    why=_("The reform was put forward on 4 May 2018. A decision that is still to come is written as expected."),
    compares=_("The date of the decision, 4 May 2018 and today."),
    source=sources.PUT_FORWARD,
    says=_("The government put the reform forward on 4 May 2018."),
    questions=("plan.decided_on",),
    find=find,
)
