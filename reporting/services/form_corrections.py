"""A correction of a published form while it is written: a copy that is composed like any form, and lies beside the
round until it takes the published one's place (``composing.form_correct``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log
from reporting.models import FormVersion, Round
from reporting.services.composing import ComposeRefused, Mended, form_correct

NAME_ENDS = " (retting)"


def correction_of(round_: Round) -> FormVersion | None:
    """The correction of the round's form that is being written, or None."""
    return FormVersion.objects.filter(replaces=round_.form_version_id, published_at__isnull=True).first()


def correction_begin(*, round_: Round, actor: User, now: dt.datetime) -> FormVersion:
    """Begin a correction of the round's published form; one that is begun already is gone on with.

    Raises PermissionDenied (who composes may begin it), ComposeRefused for a form that is not published.
    """
    _require(actor, "round.compose", now)
    with transaction.atomic():
        old = FormVersion.objects.select_for_update(of=("self",)).get(pk=round_.form_version_id)
        if old.published_at is None:
            raise ComposeRefused({"": _("The form is not published yet. Change it directly.")})
        begun = correction_of(round_)
        if begun is not None:
            return begun
        draft = FormVersion.objects.create(
            name=f"{old.name[: 120 - len(NAME_ENDS)]}{NAME_ENDS}",
            audience=old.audience,
            definition=old.definition,
            replaces=old,
            edited_at=now,
            edited_by=str(actor),
        )
        log(round_, "correction_begun", actor=actor, now=now)
    return draft


def correction_publish(
    *, round_: Round, edit_number: int, note: Mapping[str, str], actor: User, now: dt.datetime
) -> Mended:
    """Put the correction in the published form's place, as it was when the person looked at it (``edit_number``).

    Raises what ``form_correct`` raises, and ComposeRefused when there is none, or it has been changed since.
    """
    with transaction.atomic():
        draft = _locked(round_)
        if draft.edit_number != edit_number:
            raise ComposeRefused({"": _("The correction was changed since you looked at it. Look at it again.")})
        mended = form_correct(round_=round_, definition=draft.definition, note=note, actor=actor, now=now)
        draft.delete()
    return mended


def correction_drop(*, round_: Round, actor: User, now: dt.datetime) -> None:
    """Throw the correction away; the published form holds. Raises PermissionDenied, ComposeRefused."""
    _require(actor, "round.compose", now)
    with transaction.atomic():
        _locked(round_).delete()
        log(round_, "correction_dropped", actor=actor, now=now)


def _locked(round_: Round) -> FormVersion:
    rows = FormVersion.objects.select_for_update(of=("self",))
    draft = rows.filter(replaces=round_.form_version_id, published_at__isnull=True).first()
    if draft is None:
        raise ComposeRefused({"": _("There is no correction of this form any more.")})
    return draft


def _require(actor: User, right: str, now: dt.datetime) -> None:
    decision = can(actor, right, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
