"""A correction of a published form while it is written: a copy that is composed like any form, and lies beside the
round until it takes the published one's place (``form_mending.form_correct``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.transitions import log
from reporting.models import FormVersion, Round
from reporting.services.composing import ComposeRefused, free_name, require_right
from reporting.services.form_mending import FIELDS, MUNICIPALITY, REGION, Mended, form_correct
from reporting.services.regional_form import regional_form_of

NAME_ENDS = " (retting)"


def correction_of(round_: Round, audience: str = MUNICIPALITY) -> FormVersion | None:
    """The correction that is being written of the round's form for ``audience``, or None."""
    return _written(round_, audience).first()


def _written(round_: Round, audience: str) -> QuerySet[FormVersion]:
    """Rounds may share a form, but each corrects it for itself: until it is published a correction says in its note of
    which round it is."""
    form_id = getattr(round_, f"{FIELDS[audience]}_id")
    if form_id is None:
        return FormVersion.objects.none()
    return FormVersion.objects.filter(replaces=form_id, published_at__isnull=True, change_note__round=round_.pk)


def correction_begin(*, round_: Round, actor: User, now: dt.datetime, audience: str = MUNICIPALITY) -> FormVersion:
    """Begin a correction of the round's published form for ``audience``; one that is begun already is gone on with. A
    round that asks the statsforvalter by the standard form keeps that one first, so that it can be mended.

    Raises PermissionDenied (who composes may begin it), ComposeRefused for a form that is not published.
    """
    require_right(actor, "round.compose", now)
    with transaction.atomic():
        if audience == REGION and round_.published_at is not None:
            regional_form_of(round_, now=now)
        form_id = getattr(round_, f"{FIELDS[audience]}_id")
        old = FormVersion.objects.select_for_update(of=("self",)).filter(pk=form_id).first()
        if old is None or old.published_at is None:
            raise ComposeRefused({"": _("The form is not published yet. Change it directly.")})
        begun = correction_of(round_, audience)
        if begun is not None:
            return begun
        draft = FormVersion.objects.create(
            name=free_name(f"{old.name[: 110 - len(NAME_ENDS)]}{NAME_ENDS}"),
            audience=old.audience,
            definition=old.definition,
            replaces=old,
            change_note={"round": round_.pk},
            edited_at=now,
            edited_by=str(actor),
        )
        log(round_, "correction_begun", actor=actor, now=now)
    return draft


def correction_publish(
    *,
    round_: Round,
    edit_number: int,
    note: Mapping[str, str],
    actor: User,
    now: dt.datetime,
    audience: str = MUNICIPALITY,
) -> Mended:
    """Put the correction in the published form's place, as it was when the person looked at it (``edit_number``).

    Raises what ``form_correct`` raises, and ComposeRefused when there is none, or it has been changed since.
    """
    with transaction.atomic():
        draft = _locked(round_, audience)
        if draft.edit_number != edit_number:
            raise ComposeRefused({"": _("The correction was changed since you looked at it. Look at it again.")})
        mended = form_correct(
            round_=round_, definition=draft.definition, note=note, actor=actor, now=now, audience=audience
        )
        draft.delete()
    return mended


def correction_drop(*, round_: Round, actor: User, now: dt.datetime, audience: str = MUNICIPALITY) -> None:
    """Throw the correction away; the published form holds. Raises PermissionDenied, ComposeRefused."""
    require_right(actor, "round.compose", now)
    with transaction.atomic():
        _locked(round_, audience).delete()
        log(round_, "correction_dropped", actor=actor, now=now)


def _locked(round_: Round, audience: str) -> FormVersion:
    draft = _written(round_, audience).select_for_update(of=("self",)).first()
    if draft is None:
        raise ComposeRefused({"": _("There is no correction of this form any more.")})
    return draft
