"""A mistake in a published form is mended by a new version of it, which takes its place in the round: the
municipalities' form, or the one that the statsforvalter answers for the region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.transitions import log
from reporting import question_bank
from reporting.form_spec import FormSpec
from reporting.models import FormVersion, Notice, RegionalReport, Report, Round
from reporting.querysets import editors_of
from reporting.services.composing import (
    ComposeRefused,
    NotPublishable,
    form_faults,
    free_name,
    require_right,
    round_locked,
)
from reporting.services.draft_view import EDITABLE
from reporting.services.form_follow import changed_keys, draft_follow
from reporting.services.notices import notice_write, notices_write
from reporting.services.regional import EDITABLE as REGION_EDITABLE
from reporting.services.regional import office_staff, regional_path
from reporting.services.rounds import form_spec

MUNICIPALITY, REGION = FormVersion.Audience.MUNICIPALITY.value, FormVersion.Audience.REGION.value
FIELDS = {MUNICIPALITY: "form_version", REGION: "regional_form"}
"""Where a round has the form of each audience."""


@dataclass(frozen=True)
class Mended:
    """A form that was mended: the new version, how many drafts took it over, and in how many an answer has to be
    looked at, since it cannot be an answer to the mended question."""

    form: FormVersion
    drafts: int
    to_look_at: int


def form_correct(
    *,
    round_: Round,
    definition: Mapping[str, Any],
    note: Mapping[str, str],
    actor: User,
    now: dt.datetime,
    audience: str = MUNICIPALITY,
) -> Mended:
    """Mend a mistake in a published form by a new version of it, which holds from now on.

    Every answer that was given is kept under its question. One that cannot be an answer to the mended question stands
    as it was written, with its error, until somebody looks at it. What was sent in keeps the form it was sent in on.
    ``note`` (both languages) tells those who have not sent in what was mended: a municipality's contacts, for the
    regions' form the statsforvalter whose report is begun. Raises PermissionDenied, NotPublishable, ComposeRefused.
    """
    require_right(actor, "round.publish", now)
    if not all(str(note.get(language, "")).strip() for language in ("nb", "nn")):
        raise ComposeRefused({"note": _("Say in both languages what was mended.")})
    with transaction.atomic():
        row = round_locked(round_)
        old = getattr(row, FIELDS[audience])
        if row.published_at is None or old is None:
            raise ComposeRefused({"": _("The form is not published yet. Change it directly.")})
        if found := form_faults(row, definition, audience):
            raise NotPublishable({"": _("The form is not finished.")}, {audience: found})
        new = FormVersion.objects.create(
            name=free_name(old.name),
            audience=audience,
            definition=definition,
            definition_hash=question_bank.definition_hash(definition),
            replaces=old,
            change_note={language: str(note[language]).strip() for language in ("nb", "nn")},
            edited_at=now,
            edited_by=str(actor),
            published_at=now,
        )
        setattr(row, FIELDS[audience], new)
        row.save(update_fields=[FIELDS[audience]])
        log(row, "form_corrected", actor=actor, now=now, note=new.change_note["nb"], content_hash=new.definition_hash)
        mend = _municipalities if audience == MUNICIPALITY else _regions
        drafts, to_look_at = mend(row, form_spec(old), new, now)
    return Mended(new, drafts, to_look_at)


def _municipalities(round_: Round, old: FormSpec, form: FormVersion, now: dt.datetime) -> tuple[int, int]:
    """Bring the drafts that can still be changed to the mended form, and tell the contacts of each."""
    rows = Report.objects.across_all(reason="a mended form").filter(round=round_, status__in=EDITABLE)
    reports = list(rows.select_for_update(of=("self",)).select_related("municipality").order_by("pk"))
    to_look_at = _follow(Report, reports, old, form_spec(form))
    editors = editors_of({report.municipality_id for report in reports}, today=timezone.localdate(now))
    told = [(report, editors.get(report.municipality_id, ())) for report in reports]
    key, facts = f"form:{form.pk} changed", {"comment": form.change_note}
    notices_write(kind=Notice.Kind.FORM_CHANGED, round=round_, reports=told, now=now, facts=facts, key=key)
    return len(reports), to_look_at


def _regions(round_: Round, old: FormSpec, form: FormVersion, now: dt.datetime) -> tuple[int, int]:
    """The same for the regions' reports that are begun and not with Hdir: the statsforvalter of each is told."""
    rows = RegionalReport.objects.get_queryset().filter(round=round_, status__in=REGION_EDITABLE)
    reports = list(rows.select_for_update(of=("self",)).select_related("office").order_by("pk"))
    to_look_at = _follow(RegionalReport, reports, old, form_spec(form))
    today = timezone.localdate(now)
    for regional in reports:
        regional.round = round_
        facts = {"comment": form.change_note, "audience": "office", "path": regional_path(regional)}
        notice_write(
            kind=Notice.Kind.FORM_CHANGED, round=round_, users=office_staff(regional.office_id, today), now=now,
            regional=regional, facts=facts, key=f"form:{form.pk} changed region:{regional.pk}",
        )  # fmt: skip
    return len(reports), to_look_at


def _follow(model: Any, reports: list[Any], old: FormSpec, new: FormSpec) -> int:
    """Judge the answers of these drafts by the mended form. Returns in how many an answer needs a look."""
    changed = changed_keys(old, new)
    to_look_at, touched = 0, []
    for report in reports:
        other, wrong = draft_follow(report, changed, new)
        to_look_at += bool(wrong)
        if other:
            touched.append(report)
    model.objects.get_queryset().bulk_update(touched, ["draft", "draft_version"], batch_size=100)
    return to_look_at
