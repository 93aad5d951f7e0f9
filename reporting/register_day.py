"""The day that an address of the registers asks for."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from reporting.answers_typed import clean
from reporting.form_spec import QuestionSpec

FIRST_DAY = dt.date(2019, 1, 1)
"""The registers begin with the reform's first year; nobody is registered before it."""
_DAY = QuestionSpec("dato", "date", {"nb": "", "nn": ""})


def read_day(text: str, today: dt.date) -> tuple[dt.date, str]:
    """The day that was asked for, and a sentence saying what is wrong with it (empty when nothing is).

    ``text`` is a date as people write it, or an ISO date; empty means ``today``, which is also the answer where what
    was asked for cannot be shown: no day, a day before ``FIRST_DAY``, or one that has not been yet.
    """
    found = clean(_DAY, text)
    if found.error:
        return today, str(found.error)
    if not found.value:
        return today, ""
    day = dt.date.fromisoformat(found.value)
    if day > today:
        return today, _("This day has not been yet. The list shows today.")
    if day < FIRST_DAY:
        return today, _("The registers begin on 1 January 2019. The list shows today.")
    return day, ""
