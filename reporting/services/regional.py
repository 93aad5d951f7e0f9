"""The region's own report: filled in by the statsforvalter, delivered to Hdir as a whole, accepted or returned.

The draft is ``{"fields": {key: {"value", "rev", "by", "at", "raw", "error"}}, "reasons": {report id: text},
"lost": [{"key", "value", "by", "at"}]}``. Whoever saves says which ``rev`` she saw: what somebody else has written
meanwhile stands, and her own words are kept in ``lost`` and told back. Nothing that was typed is thrown away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import HDIR, can
from municipalities.filestore import kind_of, remove_file, safe_name, write_file
from municipalities.models import Membership, Office, Role, User
from municipalities.querysets import valid_on
from municipalities.services import unit_names
from municipalities.services.dated import EntryRefused
from municipalities.services.plan_documents import Upload, upload_fault
from municipalities.transitions import WrongState, log, perform
from reporting.answers import answers_hash
from reporting.answers_typed import clean, keepable
from reporting.checks import Finding, the_form_itself
from reporting.form_spec import FormSpec
from reporting.models import Notice, RegionalReport, RegionalSubmission, Report, Round
from reporting.services.draft_view import split_answers
from reporting.services.form_follow import asked_before, region_comes_back
from reporting.services.notices import notice_write
from reporting.services.regional_figures import regional_figures
from reporting.services.regional_form import regional_form_of
from reporting.services.review import text_clean
from reporting.services.rounds import form_spec
from reporting.workflow import REGIONAL, require_published

EDITABLE = (RegionalReport.Status.DRAFT, RegionalReport.Status.RETURNED)
REASON_LENGTH = 500
"""So many characters a reason may have in a delivery; a longer one is kept in the draft until it is shortened."""


@dataclass(frozen=True)
class Missing:
    """A unit whose report is not approved: what a delivery has to say why. ``reason`` is what was written so far."""

    report: int
    unit: int
    number: str
    name: str
    status: str
    reason: str

    @property
    def too_long(self) -> bool:
        return len(self.reason) > REASON_LENGTH

    def stored(self) -> dict[str, Any]:
        """As it is frozen with a delivery."""
        return {name: getattr(self, name) for name in ("report", "unit", "number", "name", "status", "reason")}


@dataclass(frozen=True)
class Clash:
    """An answer that somebody else has changed meanwhile: hers stands, ``mine`` is kept among what was lost. Not
    ``asked``: the question is asked no more since the form was mended, and what was written is kept all the same."""

    key: str
    mine: Any
    by: str
    asked: bool = True


class NotDeliverable(Exception):
    """The region cannot be delivered as it stands: ``findings`` of the form, ``unexplained`` units without a reason."""

    def __init__(self, findings: list[Finding], unexplained: list[Missing]) -> None:
        super().__init__(f"{len(findings)} findings, {len(unexplained)} without a reason")
        self.findings, self.unexplained = findings, unexplained


# --- reading ---------------------------------------------------------------------------------------


def regional_open(*, round_: Round, office: Office, now: dt.datetime) -> RegionalReport:
    """The region's report in the round, made the first time somebody asks for it. Raises RoundClosed before the round
    has opened."""
    require_published(round_, now)
    regional_form_of(round_, now=now)
    row, _made = RegionalReport.objects.get_queryset().get_or_create(round=round_, office=office)
    return (
        RegionalReport.objects.get_queryset().select_related("round__regional_form", "office", "current").get(pk=row.pk)
    )


def regional_spec(regional: RegionalReport, *, now: dt.datetime) -> FormSpec:
    """The form that the region answers: that of the delivery while it is with Hdir, else the round's."""
    if regional.status not in EDITABLE and regional.current is not None:
        return form_spec(regional.current.form_version)
    return form_spec(regional_form_of(regional.round, now=now))


def missing_of(regional: RegionalReport) -> list[Missing]:
    """The units of the region whose report is not approved, in Norwegian order, each with its reason. Two queries."""
    reports = Report.objects.across_all(reason="what is missing in a region").filter(
        round=regional.round, office=regional.office_id
    )
    rows = list(reports.exclude(status=Report.Status.APPROVED).values_list("pk", "municipality_id", "status"))
    names = unit_names({row[1] for row in rows}, regional.round.reference_date)
    reasons = regional.draft.get("reasons", {})
    found = [(names[unit].sort_key, pk, unit, status) for pk, unit, status in rows if unit in names]
    return [
        Missing(pk, unit, names[unit].number, names[unit].display_name, status, reasons.get(str(pk), ""))
        for _key, pk, unit, status in sorted(found)
    ]


def regional_findings(regional: RegionalReport, spec: FormSpec) -> list[Finding]:
    """What in the form stops a delivery: required questions without an answer, answers that cannot be one."""
    answers, _hidden = split_answers(spec, regional.draft)
    fields = regional.draft.get("fields", {})
    broken = {key: stored["error"] for key, stored in fields.items() if stored.get("error")}
    return the_form_itself(spec, answers, broken)


# --- filling in ------------------------------------------------------------------------------------


def regional_save(
    *,
    regional: RegionalReport,
    items: Iterable[tuple[str, Any, int | None]],
    reasons: Mapping[int, str] | None = None,
    actor: User,
    now: dt.datetime,
) -> list[Clash]:
    """Save answers, ``(key, raw, base rev)`` each, and the reasons why units are missing, by their report's id.

    What cannot be an answer is kept as typed, with its error, and holds up none of the others. Returns the answers
    that somebody else had changed, and those to questions that a mended form asks no more. Raises PermissionDenied,
    WrongState when the region is with Hdir, RoundClosed.
    """
    with transaction.atomic():
        row = _locked(regional, "regional.edit", actor, now)
        spec = form_spec(regional_form_of(row.round, now=now))
        fields = row.draft.setdefault("fields", {})
        clashes = [clash for item in items if (clash := _write(row, spec, fields, item, actor, now)) is not None]
        kept = row.draft.setdefault("reasons", {})
        for report_id, text in (reasons or {}).items():
            kept[str(report_id)] = keepable(" ".join(str(text).split()))
        _store(row, actor, now)
    _follow(regional, row)
    return clashes


def _write(
    row: RegionalReport,
    spec: FormSpec,
    fields: dict[str, Any],
    item: tuple[str, Any, int | None],
    actor: User,
    now: dt.datetime,
) -> Clash | None:
    key, raw, base = item
    asked = key in spec.field_keys()
    found = spec.field(key) if asked else asked_before(regional_form_of(row.round, now=now), key)
    if found is None:
        return None
    question, matrix_row = found
    old = fields.get(key, {})
    cleaned = clean(question, raw, row=matrix_row)
    new: dict[str, Any] = {"value": cleaned.value}
    if cleaned.error:
        new |= {"raw": keepable(raw), "error": cleaned.code}
    if all(old.get(name) == new.get(name) for name in ("value", "raw", "error")):
        return None
    by = {"by": str(actor), "at": now.isoformat(timespec="seconds")}
    if base is not None and base != old.get("rev", 0):
        mine = new.get("raw") or new["value"]
        row.draft.setdefault("lost", []).append({"key": key, "value": mine, **by})
        return Clash(key, mine, old.get("by", ""), asked)
    fields[key] = {**new, "rev": old.get("rev", 0) + 1, **by}
    return None if asked else Clash(key, new.get("raw") or new["value"], "", asked)


def _store(row: RegionalReport, actor: User, now: dt.datetime) -> None:
    row.draft_version += 1
    row.draft_saved_at, row.draft_saved_by = now, str(actor)
    row.save(update_fields=["draft", "draft_version", "draft_saved_at", "draft_saved_by"])


def plan_attach(*, regional: RegionalReport, upload: Upload, actor: User, now: dt.datetime) -> RegionalReport:
    """Keep the regional plan with the report, in place of the one that is there. Raises EntryRefused (``plan``) for a
    file that is none of the kinds that are taken, judged by its bytes; else as ``regional_save``."""
    if fault := upload_fault(upload):
        raise EntryRefused({"plan": fault})
    kind = kind_of(upload.data)
    assert kind is not None  # upload_fault has seen to it  # noqa: S101
    stem = upload.name.rpartition(".")[0] or upload.name
    name = write_file(upload.data, kind.suffix)
    try:
        with transaction.atomic():
            row = _locked(regional, "regional.edit", actor, now)
            before = row.plan_file
            row.plan_file, row.plan_name, row.plan_type = name, safe_name(stem, kind.suffix), kind.media_type
            row.plan_size, row.plan_sha256 = len(upload.data), hashlib.sha256(upload.data).hexdigest()
            row.save(update_fields=["plan_file", "plan_name", "plan_type", "plan_size", "plan_sha256"])
            log(row, "plan_attached", actor=actor, now=now, note=row.plan_name, content_hash=row.plan_sha256)
            if before and not row.submissions.filter(plan_file=before).exists():  # what was delivered stays
                transaction.on_commit(lambda: remove_file(before))
    except BaseException:
        remove_file(name)
        raise
    _follow(regional, row)
    return regional


# --- delivering and judging ------------------------------------------------------------------------


def regional_deliver(*, regional: RegionalReport, actor: User, now: dt.datetime) -> RegionalSubmission:
    """Deliver the region to Hdir as a whole, with its figures as they stand and the reasons for what is missing.

    Raises NotDeliverable with all that stops it, WrongState, RoundClosed, PermissionDenied; then nothing is written,
    nobody is told, and the region is still the statsforvalter's.
    """
    with transaction.atomic():
        row = _locked(regional, "regional.edit", actor, now)
        form = regional_form_of(row.round, now=now)
        spec = form_spec(form)
        missing = missing_of(row)
        findings = regional_findings(row, spec)
        unexplained = [entry for entry in missing if not entry.reason.strip() or entry.too_long]
        if findings or unexplained:
            raise NotDeliverable(findings, unexplained)
        today = timezone.localdate(now)
        answers, hidden = split_answers(spec, row.draft)
        submission = RegionalSubmission.objects.get_queryset().create(
            regional=row,
            number=row.submissions.count() + 1,
            form_version=form,
            answers=answers,
            hidden=hidden,
            figures={
                "lines": [figure.stored() for figure in regional_figures(row, today=today)],
                "day": today.isoformat(),
            },
            missing=[entry.stored() for entry in missing],
            submission_ids=_submissions_under(row),
            plan_file=row.plan_file,
            plan_name=row.plan_name,
            plan_sha256=row.plan_sha256,
            answers_hash=answers_hash(answers),
            submitted_by=actor,
            submitted_by_name=str(actor),
            submitted_at=now,
            days_late=max(0, (today - row.round.office_deadline).days),
        )
        perform(
            REGIONAL, row, "deliver", actor=actor, now=now, content_hash=submission.answers_hash,
            updates={"current": submission},
        )  # fmt: skip
        _tell(row, Notice.Kind.DELIVERED, _hdir(today), now, submission.number)
    _follow(regional, row)
    return submission


def regional_accept(*, regional: RegionalReport, actor: User, now: dt.datetime, note: str = "") -> RegionalReport:
    """Accept a delivered region. Raises WrongState, PermissionDenied."""
    return _judge(regional, "accept", Notice.Kind.ACCEPTED, actor, now, note)


def regional_return(*, regional: RegionalReport, actor: User, now: dt.datetime, note: str) -> RegionalReport:
    """Return a region with a comment; an accepted one too. Raises NoteMissing, TextRefused, WrongState,
    PermissionDenied."""
    return _judge(regional, "return", Notice.Kind.REGION_RETURNED, actor, now, note)


def _judge(regional: RegionalReport, name: str, kind: str, actor: User, now: dt.datetime, note: str) -> RegionalReport:
    words = text_clean(note) if note.strip() else ""
    with transaction.atomic():
        row = (
            RegionalReport.objects.get_queryset()
            .select_for_update(of=("self",))
            .select_related("round__regional_form", "office", "current__form_version")
            .get(pk=regional.pk)
        )
        perform(REGIONAL, row, name, actor=actor, now=now, note=words)
        region_comes_back(row)
        number = row.submissions.count()
        _tell(row, kind, office_staff(row.office_id, timezone.localdate(now)), now, number, comment=words)
    _follow(regional, row)
    return regional


def _tell(
    row: RegionalReport, kind: str, users: Iterable[User], now: dt.datetime, number: int, comment: str = ""
) -> None:
    facts = {"path": regional_path(row), **({"comment": comment} if comment else {})}
    key = f"region:{row.pk}/{number} {kind} {now.isoformat(timespec='seconds')}"
    notice_write(kind=kind, round=row.round, users=users, now=now, regional=row, facts=facts, key=key)


def regional_path(row: RegionalReport) -> str:
    """The address of a region's report."""
    return f"/region/{row.office.key}/rapport/{row.round.reference_date.isoformat()}/"


def _hdir(today: dt.date) -> list[User]:
    return _people(today, role__in=HDIR)


def office_staff(office_id: int, today: dt.date) -> list[User]:
    """Those of an office who can be written to."""
    return _people(today, role=Role.STATSFORVALTER, office_id=office_id)


def _people(today: dt.date, **where: Any) -> list[User]:
    rows = Membership.objects.filter(valid_on(today), user__is_active=True, **where).exclude(user__email="")
    return list({row.user_id: row.user for row in rows.select_related("user").order_by("user_id")}.values())


def _submissions_under(row: RegionalReport) -> list[int]:
    reports = Report.objects.across_all(reason="what a delivery was built on").filter(
        round=row.round, office=row.office_id, status__in=Report.DELIVERED
    )
    return sorted(reports.values_list("current_id", flat=True))


def _locked(regional: RegionalReport, right: str, actor: User, now: dt.datetime) -> RegionalReport:
    rows = RegionalReport.objects.get_queryset().select_for_update(of=("self",))
    row = rows.select_related("round__regional_form", "office").get(pk=regional.pk)
    decision = can(actor, right, row, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    if row.status not in EDITABLE:
        raise WrongState(_("The region's report is with Hdir and cannot be changed."), state=row.status)
    require_published(row.round, now)
    return row


def _follow(regional: RegionalReport, row: RegionalReport) -> None:
    """Bring the caller's object up to date with the row that was written."""
    for field in RegionalReport._meta.concrete_fields:
        setattr(regional, field.attname, getattr(row, field.attname))
    regional.current = row.current
