"""The writing into one draft: its row is locked, fields and explanations are put into it one by one, and what was put
is stored with its history. ``drafts`` says what may be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can, reached
from municipalities.transitions import WrongState, perform
from reporting.answers_typed import Cleaned, clean, keepable
from reporting.form_spec import FormSpec
from reporting.models import DraftChange, Report
from reporting.services.draft_view import EDITABLE, is_seen, known_ids
from reporting.services.form_follow import asked_before
from reporting.workflow import REPORT, require_report_open

NOT_ASKED = "not_asked"
"""The code of a save to a question that a mended form does not ask any more."""


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


def not_asked_text() -> str:
    """The sentence at a field that is not asked any more."""
    return _("This question is no longer asked. What you wrote is kept under “Who changed what”.")


def _field(cleaned: Cleaned, raw: Any) -> dict[str, Any]:
    """A field as it is kept: its value, or what was typed in place of one, and why it is none."""
    if cleaned.error:
        return {"value": cleaned.value, "raw": keepable(raw), "error": cleaned.code}
    return {"value": cleaned.value}


def _same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old.get(name) == new.get(name) for name in ("value", "raw", "error"))


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
            return self._not_asked(key, raw, base_rev, tolerant=tolerant)
        known = known_ids(question, self.row, timezone.localdate(self.now)) if question.kind == "register" else None
        cleaned = clean(question, raw, row=row, known=known)
        new, old = _field(cleaned, raw), self.fields.get(key, {})
        same = _same(old, new)
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

    def _not_asked(self, key: Any, raw: Any, base_rev: int | None, *, tolerant: bool) -> dict[str, Any]:
        """A field that the form does not ask. What was typed on a page from before the form was mended is kept under
        its key, where no figure looks, and it stops no other field; what no form of the round asked is refused."""
        sentence = _("The form does not have this question.")
        before = asked_before(self.row.round.form_version, key) if isinstance(key, str) else None
        if before is None:
            if not tolerant:
                raise UnknownField(sentence)
            return {"key": str(key)[:60], "value": None, "rev": 0, "error": sentence, "code": "unknown_field"}
        cleaned = clean(before[0], raw, row=before[1])
        new, old = _field(cleaned, raw), self.fields.get(key, {})
        rev = old.get("rev", 0)
        if not _same(old, new):
            if base_rev is None or base_rev == rev:
                rev += 1
                self._put(key, new, rev)
            else:
                self._remember(key, new, rev, lost=True)
        return {"key": key, "value": cleaned.value, "rev": rev, "error": not_asked_text(), "code": NOT_ASKED,
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


# --- the row ---------------------------------------------------------------------------------------


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
