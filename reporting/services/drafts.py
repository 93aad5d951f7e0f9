"""The draft of a report: opened with what is known, saved field by field, never overwritten by somebody else.

A draft is ``{"fields": {key: field}, "comments": {finding key: text}, "registers": {code: value}}``, the last being
what the registers said when somebody last looked it over. A field is ``value`` (canonical, null when not answered),
``rev`` (grows by one with each change), ``by`` and ``at`` (who and when), and where they apply ``source`` (where a
filled-in value is from), ``confirmed`` (somebody has seen the filled-in value), ``raw`` and ``error`` (what was typed
although it cannot be an answer, and why). Whoever saves says which ``rev`` she saw.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.transitions import WrongState
from reporting.answers_typed import Cleaned, clean, keepable
from reporting.form_spec import FormSpec, QuestionSpec, visible_codes
from reporting.models import Report
from reporting.services.draft_view import (
    EDITABLE,
    DraftView,
    FieldView,
    SectionProgress,
    draft_answers,
    draft_view,
    every_answer,
    is_open,
    progress,
    register_choices,
    spec_of,
    split_answers,
)
from reporting.services.draft_writer import (
    NOT_ASKED,
    DraftConflict,
    DraftWriter,
    UnknownField,
    lock_for_edit,
    lock_report,
    not_asked_text,
    refresh,
)
from reporting.services.form_follow import specs_before
from reporting.services.prefill import LastReport, last_report, prefill
from reporting.services.register_facts import register_facts
from reporting.workflow import RoundClosed

__all__ = [
    "NOT_ASKED", "DraftConflict", "DraftView", "DraftWriter", "FieldView", "RoundClosed", "Saved", "SectionProgress",
    "UnknownField", "WrongState", "comment_save", "draft_answers", "draft_open", "draft_save", "draft_save_many",
    "draft_view", "lock_for_edit", "lock_report", "progress", "refresh", "register_choices", "section_confirm",
    "spec_of", "split_answers", "use_last",
]  # fmt: skip

COMMENT_LENGTH = 1000


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
        "registers": register_facts(row),
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

    What cannot be an answer is kept as typed, with the error; so is an answer to a question that a mended form does
    not ask any more (``code`` is then ``NOT_ASKED``). Raises DraftConflict when somebody else has changed the
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
    cleaned = explanation_clean(text)
    new = cleaned.value or ""
    with transaction.atomic():
        row = lock_for_edit(report, actor, now)
        asked = _is_finding_key(spec_of(row), finding)
        if not asked and not _was_finding_key(row, finding):
            raise UnknownField(_("The form does not have this question."))
        error = cleaned.error or ("" if asked else not_asked_text())
        writer = DraftWriter(row, spec_of(row), actor, now)
        if not error:
            writer.comment(finding, new, base)
        elif cleaned.error or new:
            writer.lose_comment(finding, keepable(text))
        writer.store()
    refresh(report, row)
    if error:
        raise ValueError(error)
    if writer.conflict is not None:
        raise writer.conflict
    return new


_COMMENT = QuestionSpec("explanation", "long_text", {}, limits={"max_length": COMMENT_LENGTH})


def explanation_clean(text: Any) -> Cleaned:
    """An explanation as it would be kept, or why it cannot be one."""
    return clean(_COMMENT, text)


def _is_finding_key(spec: FormSpec, key: str) -> bool:
    code, _sep, row = key.partition(":")
    rows = {row for question in spec.questions() for row in (*question.row_keys, question.code)}
    return code.replace("_", "").isalnum() and len(code) <= 40 and (not row or row in rows)


def _was_finding_key(report: Report, key: str) -> bool:
    """Whether the key is of a warning about a question that was asked before the form was mended."""
    return any(_is_finding_key(spec, key) for spec in specs_before(report.round.form_version))
