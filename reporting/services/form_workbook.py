"""A report's form as a workbook: out with what is known, in with what differs, and saved when it has been looked at."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from municipalities.models import User
from municipalities.services import unit_names
from networks.models import Network
from networks.workbook.read_workbook import WorkbookRefused, read_workbook
from reporting.checks import WARNING, Finding
from reporting.form_workbook.compare import Comparison, Difference, compare
from reporting.form_workbook.explained import Explained, asked_of, compare_explanations, standing
from reporting.form_workbook.layout import Choices
from reporting.form_workbook.render_form import About, Standing, render_form
from reporting.form_workbook.rows import Origin, read_form
from reporting.models import Report
from reporting.services.draft_view import DraftView, FieldView, register_choices
from reporting.services.drafts import DraftConflict, comment_save, draft_open, draft_save_many
from reporting.services.findings import draft_findings, findings_now, unexplained
from reporting.services.machines import as_typed
from reporting.services.register_facts import register_facts

SALT = "reporting.form_workbook"
EXPLAINS = "explanation:"
"""Before the key of a field whose explanation is chosen, and not its answer."""
HOLDS = dt.timedelta(days=1)
"""How long a preview can be accepted."""


class PreviewGone(ValueError):
    """What was to be accepted is not there any more, or is of another report."""


@dataclass(frozen=True)
class Preview:
    """What a workbook would change, what the checks would find then, and what is sent back to accept it."""

    comparison: Comparison
    findings: list[Finding]
    accept: str
    draft: DraftView
    explained: list[Explained]

    @property
    def unexplained(self) -> list[Finding]:
        """The warnings that neither the draft nor the workbook explains."""
        written = {key: one.after for one in self.explained if not one.conflict for key in one.findings}
        left = unexplained(self.findings, {**self.draft.comments, **written})
        return [finding for finding in left if finding.level == WARNING]


@dataclass(frozen=True)
class Used:
    """How many fields were saved, and the conflicts of those that somebody changed while the preview was looked at;
    how many explanations were."""

    saved: int
    conflicts: tuple[DraftConflict, ...] = ()
    explained: int = 0


def form_workbook_make(*, report: Report, actor: User, now: dt.datetime, language: str) -> bytes:
    """The report's form as a workbook in ``language`` (the one in use), filled in as the draft stands."""
    view = draft_open(report=report, actor=actor, now=now)
    asked = asked_of(view.spec, findings_now(report, view.last, timezone.localdate(now)))
    fields = {key: _standing(field, asked.get(key, ()), view.comments) for key, field in view.fields.items()}
    return render_form(view.spec, _about(report), fields, _choices(view, timezone.localdate(now)), language=language)


def form_workbook_preview(*, report: Report, data: bytes, actor: User, now: dt.datetime) -> Preview:
    """What the workbook ``data`` would change in the draft; nothing is saved.

    Raises WorkbookRefused with one sentence for a file that cannot be read, or is of another municipality or round.
    """
    form = read_form(read_workbook(data))
    _require_same(report, form.origin)
    view = draft_open(report=report, actor=actor, now=now)
    today = timezone.localdate(now)
    comparison = compare(view.spec, form, view.fields, _choices(view, today))
    findings = _findings(view, comparison.changes, today)
    asked = findings + (_findings(view, comparison.differences, today) if comparison.conflicts else [])
    explained, faults = compare_explanations(view.spec, form, asked_of(view.spec, asked), view.comments)
    comparison.faults += faults
    return Preview(comparison, findings, _signed(report, comparison, explained, view.comments), view, explained)


def form_workbook_use(
    *, report: Report, accept: str, mine: Collection[str], actor: User, now: dt.datetime, request_id: str = ""
) -> Used:
    """Save what was shown, in one transaction. ``mine`` are the keys of the conflicts in which the workbook is to win
    (with ``EXPLAINS`` before it that of an explanation); in the others what stands stays.

    Raises PreviewGone, and as ``draft_save_many``; a field that somebody has changed since the preview keeps what
    stands there and is named.
    """
    try:
        kept = signing.loads(accept, salt=SALT, max_age=HOLDS)
    except signing.BadSignature:
        raise PreviewGone(_("The differences are not there any more. Send the workbook in anew.")) from None
    if kept["report"] != report.pk:
        raise PreviewGone(_("The differences are not there any more. Send the workbook in anew."))
    spec = draft_open(report=report, actor=actor, now=now).spec
    items = [
        (key, as_typed(spec.field(key)[0], value), rev)
        for key, value, rev, conflict in kept["items"]
        if key in spec.field_keys() and (not conflict or key in mine)
    ]
    met: list[DraftConflict] = []
    with transaction.atomic():
        try:
            saved = len(draft_save_many(report=report, items=items, actor=actor, now=now, request_id=request_id))
        except DraftConflict as conflict:  # all others are stored
            met += conflict.every
            saved = len(items) - len(conflict.every)
        explained = _explain(report, kept.get("explained", ()), mine, actor, now, met)
    return Used(saved, tuple(met), explained)


def _explain(
    report: Report, kept: Iterable[Any], mine: Collection[str], actor: User, now: dt.datetime, met: list[DraftConflict]
) -> int:
    """Save the explanations, each of all that is asked at its field. Returns how many; adds to ``met`` those that
    somebody changed while they were looked at."""
    count = 0
    for key, text, conflict, findings in kept:
        if conflict and f"{EXPLAINS}{key}" not in mine:
            continue
        clashes, done = [], 0
        for finding, base in findings:
            try:
                comment_save(report=report, finding=finding, text=text, base=base, actor=actor, now=now)
                done += 1
            except DraftConflict as clash:
                clashes.append(clash)
            except ValueError:
                continue  # the form was mended meanwhile: what is asked no more needs no explanation, it is kept
        met += clashes[:1]
        count += bool(done and not clashes)
    return count


def _signed(report: Report, comparison: Comparison, explained: Iterable[Explained], comments: Mapping[str, str]) -> str:
    items = [[entry.key, entry.after, entry.rev, entry.conflict] for entry in comparison.differences]
    texts = [
        [one.key, one.after, one.conflict, [[key, comments.get(key, "")] for key in one.findings]] for one in explained
    ]
    return signing.dumps({"report": report.pk, "items": items, "explained": texts}, salt=SALT, compress=True)


def _standing(field: FieldView, asked: Iterable[Finding], comments: Mapping[str, str]) -> Standing:
    asked = list(asked)
    return Standing(
        field.value, field.rev, field.raw if field.error else None, field.last,
        asked=tuple(finding.message for finding in asked if not comments.get(finding.key, "").strip()),
        explanation=standing(asked, comments),
    )  # fmt: skip


def _findings(view: DraftView, changes: list[Difference], today: dt.date) -> list[Finding]:
    """What the checks would find with these changes: on a copy of the draft, which is not stored."""
    trial = copy.copy(view.report)
    fields = dict(view.report.draft.get("fields", {}))
    for entry in changes:
        fields[entry.key] = {"value": entry.after, "rev": entry.rev + 1}
    trial.draft = {**view.report.draft, "fields": fields, "registers": register_facts(view.report)}
    return draft_findings(trial, view.last, today)


def _require_same(report: Report, origin: Origin) -> None:
    if origin.report == str(report.pk):
        return
    about = _about(report)
    other_round = origin.reference_date != about.reference_date.isoformat()
    if origin.number == about.number and other_round:
        raise WorkbookRefused(
            _("This is the workbook of another round. Download the workbook here, and copy your answers into it.")
        )
    raise WorkbookRefused(
        _("This is the workbook of %(other)s, and not of %(unit)s. Choose the right file.")
        % {"other": origin.words or "?", "unit": f"{about.number} {about.unit}"}
    )


def _about(report: Report) -> About:
    day = report.round.reference_date
    names = unit_names([report.municipality_id], day)
    name = names.get(report.municipality_id)
    return About(
        report=report.pk,
        number=name.number if name else "",
        unit=name.display_name if name else "",
        round_words=_("report per %(day)s") % {"day": date_format(day, "j. F Y")},
        reference_date=day,
        form_hash=report.round.form_version.definition_hash,
    )


def _choices(view: DraftView, today: dt.date) -> Choices:
    """What each register-backed question chooses from today, and what has been chosen already and has ended since."""
    found: dict[str, list[tuple[str, str]]] = {}
    for question in view.spec.questions():
        if question.kind != "register":
            continue
        entries = [(str(pk), name) for pk, name in register_choices(question, view.report, today)]
        known = {pk for pk, _name in entries}
        gone = [pk for pk in (view.fields[question.code].value or ()) if pk not in known]
        if gone:
            rows = Network.objects.across_all(reason="named in an answer").filter(pk__in=gone).order_by("name", "id")
            entries += [(str(pk), name) for pk, name in rows.values_list("id", "name")]
        found[question.code] = entries
    return found
