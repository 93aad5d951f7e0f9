"""What the statsforvalter adds to a criterion: documentation beside it, or an overruling with a reason. Kept apart from
what is computed, and visible to those who see the outcome."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import CriterionNote
from grants.services.priority import criteria_of
from municipalities.access import can
from municipalities.models import Municipality, User
from municipalities.services import register_lock
from municipalities.services.dated import EntryRefused, existence_fault, link_fault, refuse
from municipalities.transitions import log

RIGHT = "priority.document"
REASON = "what is added to a criterion"
REASON_LENGTH, LINK_LENGTH = 4000, 500
ADDED, WITHDRAWN = "criterion_noted", "criterion_note_withdrawn"


def criterion_note_add(
    *,
    municipality: Municipality,
    year: int,
    code: str,
    kind: str,
    reason: str,
    outcome: str = "",
    link: str = "",
    actor: User,
    now: dt.datetime,
) -> CriterionNote:
    """Add documentation to a criterion, or overrule what is computed from today on (``outcome`` met or not met).

    Raises NoCriteria, PermissionDenied, and EntryRefused with one sentence a field: an unknown criterion, a reason that
    is missing, a second overruling while one stands. Leaves an Event.
    """
    require(municipality, actor, now)
    said, address = reason.strip(), link.strip()
    refuse(_faults(year, code, kind, outcome, said, address))
    today = timezone.localdate(now)
    with transaction.atomic():
        register_lock(municipality.pk)
        refuse({"code": fault} if (fault := _unit_fault(municipality, today)) else {})
        if kind == CriterionNote.Kind.OVERRULE and _standing(municipality, year, code) is not None:
            text = _("This criterion is overruled already. Withdraw that first.")
            raise EntryRefused({"kind": text})
        row = CriterionNote.objects.get_queryset().create(
            municipality=municipality, year=year, code=code, kind=kind, outcome=outcome, reason=said, link=address,
            recorded_by=actor, recorded_by_name=str(actor), recorded_at=now,
        )  # fmt: skip
        log(row, ADDED, actor=actor, now=now, to_state=outcome, note=_told(row, said))
        return row


def criterion_note_withdraw(*, note: CriterionNote, reason: str, actor: User, now: dt.datetime) -> CriterionNote:
    """Withdraw what was added, with a reason; it stays visible as withdrawn. From today on what is computed counts.

    Raises PermissionDenied, and EntryRefused (``reason``) without a reason or when it is withdrawn already.
    """
    with transaction.atomic():
        register_lock(note.municipality_id)
        row = CriterionNote.objects.across_all(reason=REASON).select_related("municipality").get(pk=note.pk)
        require(row.municipality, actor, now)
        said = reason.strip()
        if row.withdrawn_at is not None:
            raise EntryRefused({"reason": _("This has already been withdrawn.")})
        refuse({"reason": fault} if (fault := _reason_fault(said)) else {})
        row.withdrawn_at, row.withdrawn_by_name, row.withdrawn_reason = now, str(actor), said
        row.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
        log(row, WITHDRAWN, actor=actor, now=now, from_state=row.outcome, note=_told(row, said))
        return row


def require(municipality: Municipality, actor: User, now: dt.datetime) -> None:
    """Raises PermissionDenied with the reason when the actor may not add to the municipality's criteria."""
    decision = can(actor, RIGHT, municipality, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def _faults(year: int, code: str, kind: str, outcome: str, reason: str, link: str) -> dict[str, str]:
    faults = {"reason": _reason_fault(reason), "link": link_fault(link)}
    if code not in {row.code for row in criteria_of(year)}:
        faults["code"] = _("Choose one of the criteria of the year.")
    if kind not in CriterionNote.Kind.values:
        faults["kind"] = _("Choose whether you add documentation or overrule the outcome.")
    elif kind == CriterionNote.Kind.OVERRULE and outcome not in CriterionNote.Outcome.values:
        faults["outcome"] = _("Choose whether the criterion is met.")
    elif kind == CriterionNote.Kind.DOCUMENTATION and outcome:
        faults["outcome"] = _("Documentation does not change the outcome. Choose to overrule it, or leave it as it is.")
    if len(link) > LINK_LENGTH:
        faults["link"] = _("The address is too long: at most %(count)s characters.") % {"count": LINK_LENGTH}
    return {name: text for name, text in faults.items() if text}


def _unit_fault(municipality: Municipality, today: dt.date) -> str:
    if municipality.kind != Municipality.Kind.MUNICIPALITY:
        return _("The criteria are for municipalities, and this is none.")
    return existence_fault(municipality, today)


def _reason_fault(reason: str) -> str:
    if not reason:
        return _("Write why.")
    if len(reason) > REASON_LENGTH:
        return _("The text is too long: at most %(count)s characters.") % {"count": REASON_LENGTH}
    return ""


def _standing(municipality: Municipality, year: int, code: str) -> CriterionNote | None:
    rows: list[CriterionNote] = list(
        CriterionNote.objects.across_all(reason=REASON).filter(
            municipality=municipality, year=year, code=code, kind=CriterionNote.Kind.OVERRULE, withdrawn_at=None
        )
    )
    return rows[0] if rows else None


def _told(row: CriterionNote, said: str) -> str:
    return f"{row.year} {row.code}: {row.kind} {row.outcome}".strip() + f"\n{said}"
