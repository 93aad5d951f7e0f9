"""The statsforvalter's form of a round, while the round is composed: begun from the last one, or taken out again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log
from reporting.compose.editing import questions_of
from reporting.models import FormVersion, Round
from reporting.services.composing import ComposeRefused
from reporting.services.regional_form import regional_definition


def region_form_begin(*, round_: Round, actor: User, now: dt.datetime) -> FormVersion:
    """Give a round that is composed a form for the statsforvalter: the last one that was asked, else the standard one.
    One that is there already is kept. Raises PermissionDenied, ComposeRefused for a published round."""
    with transaction.atomic():
        row = _locked(round_, actor, now)
        if row.regional_form is not None:
            return row.regional_form
        row.regional_form = FormVersion.objects.create(
            name=_free_name(f"{row.reference_date:%Y-%m-%d} region"),
            audience=FormVersion.Audience.REGION,
            definition=_last_asked(row),
            edited_at=now,
            edited_by=str(actor),
        )
        row.save(update_fields=["regional_form"])
        log(row, "region_form_begun", actor=actor, now=now)
    return row.regional_form


def region_form_drop(*, round_: Round, actor: User, now: dt.datetime) -> None:
    """Take the statsforvalter's form out of a round that is composed. Raises as ``region_form_begin``."""
    with transaction.atomic():
        row = _locked(round_, actor, now)
        form = row.regional_form
        if form is not None:
            row.regional_form = None
            row.save(update_fields=["regional_form"])
            log(row, "region_form_dropped", actor=actor, now=now)
            if not form.regional_rounds.exists():
                form.delete()


def region_questions() -> dict[str, dict[str, Any]]:
    """The questions of the standard form by code: what can be added again."""
    return {str(question["code"]): question for _section, question in questions_of(regional_definition())}


def _last_asked(round_: Round) -> dict[str, Any]:
    rounds = Round.objects.across_all(reason="begin with the last form").counted().select_related("regional_form")
    asked = rounds.filter(regional_form__isnull=False).exclude(pk=round_.pk).order_by("-reference_date").first()
    return asked.regional_form.definition if asked else regional_definition()


def _free_name(wanted: str) -> str:
    taken = set(FormVersion.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    names = (wanted, *(f"{wanted} nr. {count}" for count in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _locked(round_: Round, actor: User, now: dt.datetime) -> Round:
    decision = can(actor, "round.compose", today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    rows = Round.objects.across_all(reason="one who composes a round").select_for_update(of=("self",))
    row: Round = rows.select_related("regional_form").get(pk=round_.pk)
    if row.published_at is not None:
        raise ComposeRefused({"": _("The round is published already.")})
    return row
