"""An approval is taken back, or an approved report is reopened for the municipality: both before the region's report is
with Hdir and before the round is locked. What was approved counts until something new is sent in; approving again
brings the registers to the new answers, in place of the old ones."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.transitions import perform
from reporting.models import Notice, Report
from reporting.notice_words import LANGUAGES
from reporting.querysets import editors_of
from reporting.services.drafts import lock_report
from reporting.services.form_follow import draft_comes_back
from reporting.services.notices import notice_write
from reporting.services.review import text_clean
from reporting.services.submissions import follow_row
from reporting.workflow import REPORT


def approval_take_back(
    *, report: Report, actor: User, now: dt.datetime, note: str = "", request_id: str = ""
) -> Report:
    """Take an approval back: the report waits for the statsforvalter again, as it was sent in.

    Raises WrongState, RegionDelivered, RoundClosed when the round is locked, PermissionDenied, TextRefused.
    """
    with transaction.atomic():
        row = lock_report(report)
        said = text_clean(note) if note.strip() else ""
        perform(REPORT, row, "take_back", actor=actor, now=now, note=said, request_id=request_id)
        words = {}
        for language in LANGUAGES:
            with translation.override(language):
                text = _("The approval is taken back, and the statsforvalter looks at the report once more. You have "
                         "nothing to do now.")  # fmt: skip
                words[language] = f"{text}\n\n{said}".strip()
        _tell(row, Notice.Kind.MESSAGE, {"comment": words, "by": str(actor)}, now)
    follow_row(report, row)
    return report


def report_reopen(*, report: Report, actor: User, now: dt.datetime, note: str, request_id: str = "") -> Report:
    """Give an approved report back to the municipality, with the reason: it can be changed and sent in anew.

    Raises WrongState, NoteMissing, TextRefused, RegionDelivered, RoundClosed, PermissionDenied.
    """
    with transaction.atomic():
        row = lock_report(report)
        said = text_clean(note) if note.strip() else ""
        perform(REPORT, row, "reopen", actor=actor, now=now, note=said, request_id=request_id)
        draft_comes_back(row)
        _tell(row, Notice.Kind.REOPENED, {"comment": said, "by": str(actor)}, now)
    follow_row(report, row)
    return report


def _tell(row: Report, kind: str, facts: dict[str, object], now: dt.datetime) -> None:
    users = editors_of({row.municipality_id}, today=timezone.localdate(now)).get(row.municipality_id, [])
    if users:
        notice_write(kind=kind, round=row.round, report=row, users=users, now=now, facts=facts)
