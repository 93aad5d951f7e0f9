"""How Helsedirektoratet composes a half-year note or a yearly report: which parts in which order, its own words, its
comments at single tables, and the risk of each of its tasks.

There is one composition for each kind and round. A version takes a copy of it, so what is written here later changes
nothing that is made. ``edit_number`` is the one that the writer saw: whoever was slower is told, and loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log
from reporting.documents import outline
from reporting.documents.build import LANGUAGES
from reporting.documents.tables_tasks import LEVELS, level_of
from reporting.documents.texts import EXPECTED_PARTS, assessment_parts
from reporting.models import Composition, NationalSummary, Round
from reporting.task_matrix import read_tasks

ASSESSMENT_PARTS = tuple(assessment_parts(str))
TEXT_LIMIT = 8000
NAME_LIMIT = 60
REASON = "the composition of a summary"
Kind = NationalSummary.Kind


class StaleComposition(Exception):
    """Somebody else has changed the composition since the writer saw it: ``now`` is how it stands."""

    def __init__(self, now: Composition) -> None:
        super().__init__("changed meanwhile")
        self.now = now


class NoYearlyReport(Exception):
    """A yearly report is made of the round of 1 November, and of no other."""


def has_yearly_report(round_: Round) -> bool:
    """Whether the round is the last one of its year."""
    return bool(round_.reference_date.month == 11)


def check_kind(kind: str, round_: Round) -> None:
    """Raises NoYearlyReport when no document of this kind is made of the round."""
    if kind == Kind.YEARLY and not has_yearly_report(round_):
        raise NoYearlyReport


def composition_of(kind: str, round_: Round) -> Composition:
    """The composition of the round's document; a new one, not stored, where nothing is composed yet. One query."""
    check_kind(kind, round_)
    rows = Composition.objects.across_all(reason=REASON).filter(kind=kind, round=round_)
    return rows.select_related("changed_by").first() or Composition(kind=kind, round=round_)


# --- changes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Writer:
    """Who changes the composition of which document, when, and the ``edit_number`` she saw."""

    kind: str
    round: Round
    actor: User
    now: dt.datetime
    edit_number: int


def composition_order(*, by: Writer, keys: Iterable[str]) -> Composition:
    """Choose the parts and their order. Raises ValidationError for an unknown part, a part named twice, or none."""
    chosen = list(keys)
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(outline.usual(by.kind)):
        raise ValidationError(_("There is no such part."))
    if not chosen:
        raise ValidationError(_("At least one part must be there."))

    def change(row: Composition) -> None:
        row.outline = [] if tuple(chosen) == outline.usual(row.kind) else chosen

    return _edit(by, change, "order")


def composition_words(*, by: Writer, texts: Mapping[str, Mapping[str, Any]]) -> Composition:
    """Write the assessment, ``{"nb": {part: text}, "nn": {...}}``. Raises ValidationError for a text that is too
    long, by ``{language}_{part}``."""
    cleaned = _by_language(texts, ASSESSMENT_PARTS)

    def change(row: Composition) -> None:
        row.assessment = cleaned

    return _edit(by, change, "words")


def composition_remark(*, by: Writer, table: str, texts: Mapping[str, Any]) -> Composition:
    """Write the comment at one table, by its stable name, in both languages; nothing written takes it away. Raises
    ValidationError for a text that is too long, by language, and for a name that no table can have."""
    if not table or len(table) > NAME_LIMIT or not table.replace("_", "").isalnum():
        raise ValidationError(_("There is no such table."))
    cleaned = _by_language({language: {"": texts.get(language)} for language in LANGUAGES}, ("",))

    def change(row: Composition) -> None:
        kept = {language: dict(row.remarks.get(language) or {}) for language in LANGUAGES}
        for language in LANGUAGES:
            kept[language].pop(table, None)
            if text := cleaned[language].get(""):
                kept[language][table] = text
        row.remarks = kept

    return _edit(by, change, f"remark {table}")


def composition_risks(*, by: Writer, risks: Mapping[str, Mapping[str, Any]]) -> Composition:
    """Judge the risk of the tasks, ``{task: {"level": 1-4 or None, "nb": text, "nn": text}}``. Tasks that are not
    named keep what they have. Raises ValidationError by ``{task}_{field}`` for an unknown task, a step that is none,
    and a text that is too long."""
    known = {task.code for task in read_tasks()}
    errors: dict[str, str] = {}
    cleaned: dict[str, dict[str, Any]] = {}
    for code, risk in risks.items():
        level = risk.get("level")
        if code not in known:
            raise ValidationError(_("There is no such task."))
        if level is not None and level not in LEVELS:
            errors[f"{code}_level"] = _("Choose one of the four steps.")
        entry: dict[str, Any] = {"level": level}
        for language in LANGUAGES:
            entry[language] = _plain(risk.get(language))
            if len(entry[language]) > TEXT_LIMIT:
                errors[f"{code}_{language}"] = _too_long()
        cleaned[code] = {key: value for key, value in entry.items() if value}
    if errors:
        raise ValidationError(errors)

    def change(row: Composition) -> None:
        row.risks = {code: risk for code, risk in {**row.risks, **cleaned}.items() if risk}

    return _edit(by, change, "risks")


def _edit(by: Writer, change: Callable[[Composition], None], what: str) -> Composition:
    decision = can(by.actor, "summary.build", today=timezone.localdate(by.now))
    if not decision:
        raise PermissionDenied(decision.reason)
    check_kind(by.kind, by.round)
    with transaction.atomic():
        Round.objects.across_all(reason=REASON).select_for_update().get(pk=by.round.pk)
        row = composition_of(by.kind, by.round)
        if row.edit_number != by.edit_number:
            raise StaleComposition(row)
        change(row)
        row.edit_number += 1
        row.changed_at, row.changed_by = by.now, by.actor
        row.save()
        log(row, "compose", actor=by.actor, now=by.now, note=what)
    return row


def _by_language(texts: Mapping[str, Mapping[str, Any]], keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """The texts that are written, under the keys that are known. Raises ValidationError by ``{language}_{key}``."""
    cleaned: dict[str, dict[str, str]] = {}
    errors = {}
    for language in LANGUAGES:
        given = texts.get(language) or {}
        said = {key: _plain(given.get(key)) for key in keys}
        errors |= {f"{language}_{key}".rstrip("_"): _too_long() for key in said if len(said[key]) > TEXT_LIMIT}
        cleaned[language] = {key: text for key, text in said.items() if text}
    if errors:
        raise ValidationError(errors)
    return cleaned


def _plain(text: Any) -> str:
    return str(text or "").replace("\r\n", "\n").replace("\x00", "").strip()


def _too_long() -> str:
    return _("The text can have at most 8 000 characters.")


# --- what is missing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """Something that is not written in ``language``: ``what`` is ``words``, ``remark`` or ``risk`` with the ``key`` of
    a part, a table or a task. A task whose step is not chosen has no language."""

    what: str
    key: str
    language: str = ""


def gaps(row: Composition | NationalSummary) -> list[Gap]:
    """What the ministry has asked for and nobody has written, and what is written in one language only, in a
    composition or in the copy of it that a version keeps."""
    found = []
    for language in LANGUAGES:
        mine = row.assessment.get(language) or {}
        wanted = {*EXPECTED_PARTS[row.kind], *_in_any(row.assessment)}
        found += [Gap("words", key, language) for key in ASSESSMENT_PARTS if key in wanted and not mine.get(key)]
        said = row.remarks.get(language) or {}
        found += [Gap("remark", key, language) for key in sorted(_in_any(row.remarks)) if not said.get(key)]
    for task in read_tasks():
        risk = row.risks.get(task.code) or {}
        if level_of(risk) is None:
            found += [Gap("risk", task.code)] if risk or row.kind == Kind.YEARLY else []
        else:
            found += [Gap("risk", task.code, language) for language in LANGUAGES if not risk.get(language)]
    return found


def _in_any(texts: Mapping[str, Mapping[str, str]]) -> set[str]:
    return {key for said in texts.values() for key, text in said.items() if text}
