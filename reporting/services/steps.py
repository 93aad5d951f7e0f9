"""What the statsforvalter's steps beside the workflow share: the locked row, the right, the reason.

An extension and a takeover change no state, so ``perform`` does not make them; they lock, ask for the right and leave
an Event all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import can
from municipalities.transitions import NoteMissing
from reporting.models import Report
from reporting.services.review import text_clean

REASON_LENGTH: int = Report._meta.get_field("extension_reason").max_length or 0
_STEPS = ("status", "extended_to", "extension_reason", "on_behalf_at", "on_behalf_reason")


@contextmanager
def step(report: Report, right: str, actor: Any, now: dt.datetime) -> Iterator[Report]:
    """The report's locked row in a transaction, for somebody who has the right on it. Raises PermissionDenied."""
    with transaction.atomic():
        rows = Report.objects.across_all(reason="one row, locked to be written").defer("draft")
        row = rows.select_related("round", "municipality").select_for_update(of=("self",)).get(pk=report.pk)
        decision = can(actor, right, row, today=timezone.localdate(now))
        if not decision:
            raise PermissionDenied(decision.reason)
        yield row


def locked_report(report: Report, row: Report) -> Report:
    """The caller's object, brought up to date with the row that was written."""
    for name in _STEPS:
        setattr(report, name, getattr(row, name))
    return report


def reason_text(raw: str) -> str:
    """A reason as it is kept. Raises NoteMissing when there is none, TextRefused when it cannot be kept."""
    if not raw.strip():
        raise NoteMissing(_("Write why. The municipality reads it."))
    return text_clean(raw, longest=REASON_LENGTH)
