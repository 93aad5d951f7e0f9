"""Proposals of a municipality to put a register right: proposed, answered, withdrawn, and the mails about it.

A proposal changes no register. Who may edit the register does that, and says in the answer what came of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.corrections_workflow import CORRECTION
from municipalities.mail import absolute_url, mail_queue_template
from municipalities.models import CorrectionProposal, Event, Membership, Municipality, MunicipalityVersion, Role, User
from municipalities.names import display_name
from municipalities.querysets import valid_on
from municipalities.services.registers import register_lock
from municipalities.transitions import log, perform

TEXT_LENGTH = 2000
ANSWERS = {"put_right": CorrectionProposal.Status.DONE, "decline": CorrectionProposal.Status.DECLINED}


class CorrectionInvalid(Exception):
    """What was written cannot be taken in. ``faults`` is a sentence by field: ``about``, ``text``, ``outcome``."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = dict(faults)


def correction_propose(
    *, municipality: Municipality, about: str, text: str, actor: User, now: dt.datetime, request_id: str = ""
) -> tuple[CorrectionProposal, bool]:
    """Propose a correction of what is registered about ``municipality``; ``about`` is a ``CorrectionProposal.About``.

    Returns the proposal and whether it was made now: the same text that waits already is not sent twice. The
    region's statsforvalter gets a mail. Raises CorrectionInvalid, or PermissionDenied for another unit.
    """
    today = timezone.localdate(now)
    decision = can(actor, "correction.propose", municipality, today=today)
    if not decision:
        raise PermissionDenied(decision.reason)
    text = text.strip()
    faults = _faults(text)
    if about not in CorrectionProposal.About.values:
        faults["about"] = _("Choose what the proposal is about.")
    if not _version(municipality.pk, today):
        faults["about"] = _("The municipality does not exist any longer. Propose it at the one that it is part of.")
    if faults:
        raise CorrectionInvalid(faults)
    with transaction.atomic():
        register_lock(municipality.pk)
        waiting = CorrectionProposal.objects.across_all(reason="does the same proposal wait already").filter(
            municipality=municipality, about=about, text=text, status=CorrectionProposal.Status.OPEN
        )
        if (same := waiting.first()) is not None:
            return same, False
        proposal = CorrectionProposal.objects.get_queryset().create(
            municipality=municipality, about=about, text=text, proposed_by=actor,
            proposed_by_name=str(actor)[:200], proposed_at=now,
        )  # fmt: skip
        log(proposal, "propose", actor=actor, now=now, to_state=proposal.status, note=text, request_id=request_id)
        _mail_proposed(proposal, now)
    return proposal, True


def correction_answer(
    proposal: CorrectionProposal, outcome: str, *, text: str, actor: User, now: dt.datetime, request_id: str = ""
) -> Event:
    """Answer with ``outcome`` ``put_right`` or ``decline`` and a text to the municipality, which gets a mail.

    Raises CorrectionInvalid, WrongState when it is answered or withdrawn already, PermissionDenied.
    """
    text = text.strip()
    faults = _faults(text)
    if outcome not in ANSWERS:
        faults["outcome"] = _("Choose what came of the proposal.")
    if faults:
        raise CorrectionInvalid(faults)
    with transaction.atomic():
        updates = {"answer": text, "answered_by_name": str(actor)[:200]}
        event = perform(
            CORRECTION, proposal, outcome, actor=actor, now=now, note=text, updates=updates, request_id=request_id
        )
        _mail_answered(proposal, now)
    return event


def correction_withdraw(proposal: CorrectionProposal, *, actor: User, now: dt.datetime, request_id: str = "") -> Event:
    """The municipality takes its proposal back while it waits. Raises WrongState and PermissionDenied."""
    return perform(CORRECTION, proposal, "withdraw", actor=actor, now=now, request_id=request_id)


def correction_history(proposal: CorrectionProposal) -> Any:
    """The Events of a proposal, the first one first."""
    events = Event.objects.across_all(reason="the history of one proposal that the reader may see")
    return (
        events.filter(object_type=proposal._meta.label_lower, object_id=proposal.pk)
        .select_related("actor")
        .order_by("id")
    )


def names_near(unit_ids: Iterable[int], day: dt.date) -> dict[int, MunicipalityVersion]:
    """What each unit is called on ``day``, or was called last before. One query."""
    rows = MunicipalityVersion.objects.filter(municipality_id__in=set(unit_ids), valid_from__lte=day)
    return {row.municipality_id: row for row in rows.select_related("municipality").order_by("valid_from")}


def _faults(text: str) -> dict[str, str]:
    if not text:
        return {"text": _("Write a few words first.")}
    if len(text) > TEXT_LENGTH:
        return {"text": _("Write at most %(count)s characters.") % {"count": TEXT_LENGTH}}
    return {}


def _version(unit_id: int, day: dt.date) -> MunicipalityVersion | None:
    return MunicipalityVersion.objects.on(day).filter(municipality_id=unit_id).first()


def _people(day: dt.date, **where: Any) -> list[User]:
    """Those with a membership on ``day`` who can get mail, each once."""
    rows = Membership.objects.filter(valid_on(day), user__is_active=True, **where).exclude(user__email="")
    return list({row.user_id: row.user for row in rows.select_related("user").order_by("user_id")}.values())


def _mail_proposed(proposal: CorrectionProposal, now: dt.datetime) -> None:
    today = timezone.localdate(now)
    version = _version(proposal.municipality_id, today)
    if version is not None:
        staff = _people(today, role=Role.STATSFORVALTER, office_id=version.office_id)
        _mail(proposal, version, "correction_proposed", "proposed", staff, now)


def _mail_answered(proposal: CorrectionProposal, now: dt.datetime) -> None:
    """To who proposed it, or to the unit's contacts when she is not one of them any longer."""
    today = timezone.localdate(now)
    version = names_near([proposal.municipality_id], today).get(proposal.municipality_id)
    contacts = _people(today, role=Role.MUNICIPALITY_EDITOR, municipality_id=proposal.municipality_id)
    proposer = [user for user in contacts if user.pk == proposal.proposed_by_id]
    if version is not None:
        _mail(proposal, version, "correction_answered", "answered", proposer or contacts, now)


def _mail(
    proposal: CorrectionProposal,
    version: MunicipalityVersion,
    name: str,
    reason: str,
    users: list[User],
    now: dt.datetime,
) -> None:
    for user in users:
        with translation.override(user.language):
            about, outcome = str(proposal.get_about_display()), str(proposal.get_status_display())
        context = {
            "unit": display_name(version.name, version.official_names),
            "about": about,
            "outcome": capfirst(outcome),
            "text": proposal.text,
            "answer": proposal.answer,
            "url": absolute_url(reverse("correction_detail", args=[proposal.pk])),
        }
        key = f"correction:{proposal.pk} {reason} user:{user.pk}"
        mail_queue_template(key=key, user=user, name=name, context=context, now=now)
