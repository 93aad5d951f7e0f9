"""The draft of a report: opened with what is known, saved field by field, never overwritten by somebody else.

A draft is ``{"fields": {key: field}, "comments": {finding key: text}, "registers": {key: value}}``, the last being what
the registers knew when it was filled in. A field is ``value`` (canonical, null when
not answered), ``rev`` (grows by one with each change), ``by`` and ``at`` (who and when), and where they apply
``source`` (where a filled-in value is from), ``confirmed`` (somebody has seen the filled-in value), ``raw`` and
``error`` (what was typed although it cannot be an answer, and why). Whoever saves says which ``rev`` she saw.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can, reached
from municipalities.transitions import WrongState, perform
from reporting.answers import clean, keepable
from reporting.form_spec import FormSpec, QuestionSpec, visible_codes
from reporting.models import DraftChange, Report
from reporting.services.draft_view import (
    EDITABLE,
    DraftView,
    FieldView,
    SectionProgress,
    draft_answers,
    draft_view,
    every_answer,
    is_open,
    is_seen,
    known_ids,
    progress,
    register_choices,
    spec_of,
    split_answers,
)
from reporting.services.prefill import LastReport, last_report, prefill
from reporting.workflow import REPORT, RoundClosed, require_report_open

__all__ = [
    "DraftConflict", "DraftView", "FieldView", "RoundClosed", "Saved", "SectionProgress", "UnknownField", "WrongState",
    "comment_save", "draft_answers", "draft_open", "draft_save", "draft_save_many", "draft_view", "progress",
    "register_choices", "section_confirm", "spec_of", "split_answers", "use_last",
]  # fmt: skip

COMMENT_LENGTH = 1000


class UnknownField(ValueError):
    """A field key that the form of this report does not have."""


class DraftConflict(Exception):
    """Somebody else has changed the field since it was read. Her value stands; mine is kept in the history.

    ``mine`` and ``theirs`` are canonical, or the text as it was typed where it cannot be an answer. To choose, save
    the chosen one with ``rev``. ``every`` are all conflicts of the same save, this one first.
    """

    every: tuple[DraftConflict, ...] = ()

    def __init__(self, *, key: str, mine: Any, theirs: Any, their_name: str, their_at: str, rev: int) -> None:
        super().__init__(key)
        self.key, self.mine, self.theirs = key, mine, theirs
        self.their_name, self.their_at, self.rev = their_name, their_at, rev


@dataclass(frozen=True)
class Saved:
    """What became of one save. ``error`` is a sentence at the field; the text typed is then in ``raw``."""

    key: str
    value: Any
    rev: int
    error: str | None = None
    code: str = ""
    raw: str = ""
    version: int = 0
    progress: tuple[SectionProgress, ...] = ()
    visible: frozenset[str] = frozenset()


# --- reading --------------------------------------------------------------------------------------


def draft_open(*, report: Report, actor: Any, now: dt.datetime) -> DraftView:
    """The draft for its page. The first time an editor opens it, it is filled in from the registers and the last
    report and kept so; the report still counts as not started. Anyone else gets it as it is."""
    last = last_report(report)
    if _may_start(report, actor, now):
        with transaction.atomic():
            row = lock_report(report)
            if row.status in EDITABLE and "fields" not in row.draft:
                fill(row, last, now)
                row.save(update_fields=["draft", "draft_version"])
            refresh(report, row)
    return draft_view(report, last, now)


def _may_start(report: Report, actor: Any, now: dt.datetime) -> bool:
    if "fields" in report.draft or report.status not in EDITABLE or not is_open(report, now):
        return False
    return bool(can(actor, "report.edit", report, today=timezone.localdate(now)))


def fill(row: Report, last: LastReport, now: dt.datetime) -> None:
    """Put what is known into an empty draft (not stored)."""
    filled = prefill(spec_of(row), row, last, timezone.localdate(now))
    row.draft = {
        "fields": {key: {"value": entry.value, "rev": 1, "source": entry.source} for key, entry in filled.items()},
        "comments": {},
        "registers": {key: entry.value for key, entry in filled.items() if entry.source.get("kind") != "last"},
    }
    row.draft_version += 1


# --- saving ---------------------------------------------------------------------------------------


def draft_save(
    *,
    report: Report,
    key: str,
    raw: Any,
    base_rev: int | None,
    actor: Any,
    now: dt.datetime,
    request_id: str = "",
) -> Saved:
    """Save one field. ``raw`` is what was typed, ``base_rev`` the field's ``rev`` when it was read (None: whatever
    stands there is replaced; for services and tests).

    What cannot be an answer is kept as typed, with the error. Raises DraftConflict when somebody else has changed the
    field to another value (mine is then kept in the history), WrongState, RoundClosed, PermissionDenied and
    UnknownField.
    """
    saved, conflict = _save(report, [(key, raw, base_rev)], actor, now, request_id)
    if conflict is not None:
        raise conflict
    return saved[0]


def draft_save_many(
    *, report: Report, items: Iterable[tuple[str, Any, int | None]], actor: Any, now: dt.datetime, request_id: str = ""
) -> list[Saved]:
    """Save several fields, ``(key, raw, base_rev)`` each, in one transaction. All that can be saved is saved, also
    when one raises: an unknown key gives a Saved with ``code`` ``unknown_field``; the first DraftConflict is raised
    when the others are stored, and names all of them. Else as ``draft_save``."""
    saved, conflict = _save(report, list(items), actor, now, request_id, tolerant=True)
    if conflict is not None:
        raise conflict
    return saved


def _save(
    report: Report,
    items: list[tuple[str, Any, int | None]],
    actor: Any,
    now: dt.datetime,
    request_id: str,
    *,
    tolerant: bool = False,
) -> tuple[list[Saved], DraftConflict | None]:
    with transaction.atomic():
        row = lock_for_edit(report, actor, now)
        spec = spec_of(row)
        if "fields" not in row.draft:
            fill(row, last_report(row), now)
        writer = DraftWriter(row, spec, actor, now)
        results = [writer.write(key, raw, base_rev, tolerant=tolerant) for key, raw, base_rev in items]
        writer.store(request_id)
    refresh(report, row)
    steps, shown = progress(spec, row.draft), frozenset(visible_codes(spec, every_answer(spec, row.draft)))
    saved = [Saved(**{**entry, "version": row.draft_version, "progress": steps, "visible": shown}) for entry in results]
    return saved, writer.conflict


class DraftWriter:
    """Puts fields into one locked draft and remembers what is to be stored."""

    def __init__(self, row: Report, spec: FormSpec, actor: Any, now: dt.datetime) -> None:
        self.row, self.spec, self.actor, self.now = row, spec, actor, now
        self.fields: dict[str, Any] = row.draft.setdefault("fields", {})
        self.changes: list[DraftChange] = []
        self.touched = False
        self.conflicts: list[DraftConflict] = []

    def write(self, key: str, raw: Any, base_rev: int | None, *, tolerant: bool) -> dict[str, Any]:
        """Clean and put one field; returns the arguments of its Saved."""
        try:
            question, row = self.spec.field(key)
        except (KeyError, TypeError):
            if not tolerant:
                raise UnknownField(_("The form does not have this question.")) from None
            error = _("The form does not have this question.")
            return {"key": str(key)[:60], "value": None, "rev": 0, "error": error, "code": "unknown_field"}
        known = known_ids(question, self.row, timezone.localdate(self.now)) if question.kind == "register" else None
        cleaned = clean(question, raw, row=row, known=known)
        new: dict[str, Any] = {"value": cleaned.value}
        if cleaned.error:
            new |= {"raw": keepable(raw), "error": cleaned.code}
        old = self.fields.get(key, {})
        same = all(old.get(name) == new.get(name) for name in ("value", "raw", "error"))
        rev = old.get("rev", 0)
        if same:
            self._confirm(key, old)
        elif base_rev is not None and base_rev != rev:
            self._lose(key, new, old)
        else:
            rev += 1
            self._put(key, new, rev)
        stands = self.fields.get(key, {})
        return {"key": key, "value": stands.get("value"), "rev": rev, "error": cleaned.error, "code": cleaned.code,
                "raw": new.get("raw", "")}  # fmt: skip

    def put_value(self, key: str, value: Any) -> None:
        """Put a canonical value over whatever stands there."""
        old = self.fields.get(key, {})
        if old.get("value") != value or old.get("error"):
            self._put(key, {"value": value}, old.get("rev", 0) + 1)

    def confirm(self, key: str) -> None:
        """Mark a filled-in value as seen."""
        self._confirm(key, self.fields.get(key, {}))

    def _confirm(self, key: str, old: Mapping[str, Any]) -> None:
        if old and not is_seen(old):
            self.fields[key] = {**old, "confirmed": True, **self._by()}
            self.touched = True

    def _put(self, key: str, new: Mapping[str, Any], rev: int) -> None:
        self.fields[key] = {**new, "rev": rev, **self._by()}
        self.touched = True
        self._remember(key, new, rev)

    def _lose(self, key: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
        rev = old.get("rev", 0)
        self._remember(key, new, rev, lost=True)
        conflict = DraftConflict(
            key=key,
            mine=new.get("raw") or new["value"],
            theirs=old.get("raw") or old.get("value"),
            their_name=old.get("by", ""),
            their_at=old.get("at", ""),
            rev=rev,
        )
        self.conflicts.append(conflict)

    @property
    def conflict(self) -> DraftConflict | None:
        """The first conflict, which knows all of them; None when there is none."""
        if not self.conflicts:
            return None
        first = self.conflicts[0]
        first.every = tuple(self.conflicts)
        return first

    def _remember(self, key: str, new: Mapping[str, Any], rev: int, *, lost: bool = False) -> None:
        self._change(key, new.get("raw") or new["value"], rev, lost=lost)

    def comment(self, finding: str, new: str, base: str | None) -> None:
        """Put the explanation of a finding, unless another one than ``base`` stands there."""
        comments = self.row.draft.setdefault("comments", {})
        old = comments.get(finding, "")
        if old == new:
            return
        lost = base is not None and base.strip() != old
        if lost:
            self.lose_comment(finding, new)
            at = self.row.draft_saved_at.isoformat(timespec="seconds") if self.row.draft_saved_at else ""
            name = self.row.draft_saved_by
            conflict = DraftConflict(key=finding, mine=new, theirs=old, their_name=name, their_at=at, rev=0)
            self.conflicts.append(conflict)
        else:
            self._change(f"comment {finding}", new)
            comments[finding] = new
            self.touched = True

    def lose_comment(self, finding: str, text: str) -> None:
        """Keep an explanation that cannot stand in the history."""
        self._change(f"comment {finding}", text, lost=True)

    def _change(self, key: str, value: Any, rev: int = 0, *, lost: bool = False) -> None:
        change = DraftChange(report=self.row, key=key[:60], rev=rev, value=value, lost=lost)
        change.user, change.saved_at = self.actor, self.now
        self.changes.append(change)

    def _by(self) -> dict[str, str]:
        return {"by": str(self.actor) if self.actor else "", "at": self.now.isoformat(timespec="seconds")}

    def store(self, request_id: str = "") -> None:
        """Write the draft if anything in it is new, the history, and the start of the report."""
        if len(self.changes) == 1:
            self.changes[0].save(force_insert=True)
        elif self.changes:
            DraftChange.objects.get_queryset().bulk_create(self.changes)
        if not self.touched:
            return
        row = self.row
        row.draft_version += 1
        row.draft_saved_at, row.draft_saved_by = self.now, self._by()["by"]
        fields = ["draft", "draft_version", "draft_saved_at", "draft_saved_by"]
        row.save(update_fields=fields)
        if row.status == Report.Status.NOT_STARTED:
            perform(REPORT, row, "start", actor=self.actor, now=self.now, request_id=request_id)


def section_confirm(*, report: Report, section: str, actor: Any, now: dt.datetime, request_id: str = "") -> None:
    """Mark what is filled in in a section as seen: somebody went on from it. KeyError for an unknown section."""
    with transaction.atomic():
        row = lock_for_edit(report, actor, now)
        writer = DraftWriter(row, spec_of(row), actor, now)
        for question in spec_of(row).section(section).questions:
            for key in question.field_keys():
                writer.confirm(key)
        writer.store(request_id)
    refresh(report, row)


def use_last(
    *, report: Report, key: str, base_rev: int | None, actor: Any, now: dt.datetime, request_id: str = ""
) -> Saved:
    """Put the last report's answer back into one field. Raises as ``draft_save``."""
    try:
        question, row = spec_of(report).field(key)
    except KeyError:
        raise UnknownField(_("The form does not have this question.")) from None
    before = last_report(report).answers.get(question.code)
    value = before.get(row) if row and isinstance(before, Mapping) else before
    return draft_save(report=report, key=key, raw=value, base_rev=base_rev, actor=actor, now=now, request_id=request_id)


def comment_save(
    *, report: Report, finding: str, text: Any, actor: Any, now: dt.datetime, base: str | None = None
) -> str:
    """Save the explanation of a warning, by the finding's key. Returns the text as it was stored.

    ``base`` is the text that stood there when it was read (None: not compared). Raises DraftConflict, UnknownField
    for a key that no finding can have, ValueError with a sentence when it cannot be an explanation; else as
    ``draft_save``.
    """
    cleaned = clean(_COMMENT, text)
    new = cleaned.value or ""
    with transaction.atomic():
        row = lock_for_edit(report, actor, now)
        if not _is_finding_key(spec_of(row), finding):
            raise UnknownField(_("The form does not have this question."))
        writer = DraftWriter(row, spec_of(row), actor, now)
        if cleaned.error:
            writer.lose_comment(finding, keepable(text))
        else:
            writer.comment(finding, new, base)
        writer.store()
    refresh(report, row)
    if cleaned.error:
        raise ValueError(cleaned.error)
    if writer.conflict is not None:
        raise writer.conflict
    return new


_COMMENT = QuestionSpec("explanation", "long_text", {}, limits={"max_length": COMMENT_LENGTH})


def _is_finding_key(spec: FormSpec, key: str) -> bool:
    code, _, row = key.partition(":")
    rows = {row for question in spec.questions() for row in (*question.row_keys, question.code)}
    return code.replace("_", "").isalnum() and len(code) <= 40 and (not row or row in rows)


# --- shared ---------------------------------------------------------------------------------------


def lock_report(report: Report, **along: Any) -> Report:
    """The report's row, locked and read anew, with the expressions ``along``. Its round and form come from ``report``
    where they are read already, else from the same query (without the form's definition, which is kept parsed)."""
    rows = Report.objects.across_all(reason="one row, locked to be written").annotate(**along)
    if Report._meta.get_field("round").is_cached(report):
        row = rows.select_for_update(of=("self",)).get(pk=report.pk)
        row.round = report.round
        return row
    rows = rows.select_related("round__form_version").defer("round__form_version__definition")
    return rows.select_for_update(of=("self",)).get(pk=report.pk)


def lock_for_edit(report: Report, actor: Any, now: dt.datetime) -> Report:
    """The locked row of a report that ``actor`` may change now. Raises PermissionDenied, WrongState, RoundClosed."""
    today = timezone.localdate(now)
    row = lock_report(report, may_edit=reached(Report, "report.edit", actor, today=today))
    if not row.may_edit:  # type: ignore[attr-defined]
        raise PermissionDenied(can(actor, "report.edit", report, today=today).reason)
    if row.status not in EDITABLE:
        raise WrongState(REPORT.wrong_state[row.status], state=row.status)
    require_report_open(row, now)
    return row


def refresh(report: Report, row: Report) -> None:
    """Bring the caller's object up to date with the row that was written."""
    for name in ("status", "draft", "draft_version", "draft_saved_at", "draft_saved_by"):
        setattr(report, name, getattr(row, name))
