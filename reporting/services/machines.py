"""What a municipality's own system needs besides the services that people use: many answers in one delivery, and a
request that may be sent again without being done twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from municipalities.models import User
from reporting.answers_typed import error_text
from reporting.form_spec import NUMBER_KINDS, FormSpec, QuestionSpec
from reporting.models import IdempotentRequest, Report
from reporting.services.draft_view import spec_of
from reporting.services.drafts import DraftConflict, UnknownField, comment_save, draft_save_many

KEEP = dt.timedelta(days=30)
"""How long the answer to a request with an idempotency key is kept."""
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_POINT = re.compile(r"-?[0-9]{1,10}\.[0-9]{1,4}")
Items = list[tuple[str, Any, int | None]]


class BadKey(ValueError):
    """An idempotency key that cannot be one."""


class KeyReused(ValueError):
    """The idempotency key was used for a request with other content."""


@dataclass(frozen=True)
class Fault:
    """Why a value was not taken as an answer: a stable ``code`` and a sentence."""

    code: str
    message: str


@dataclass
class Delivered:
    """What became of a delivery: the ``rev`` and the canonical value of each field that was saved, by key; the faults
    and the conflicts of the others, by key too; and the draft's new ``version``."""

    saved: dict[str, tuple[Any, int]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    conflicts: dict[str, DraftConflict] = field(default_factory=dict)
    version: int = 0


# --- many answers ---------------------------------------------------------------------------------


def draft_deliver(
    *,
    report: Report,
    answers: Mapping[str, Any],
    revs: Mapping[str, int],
    explanations: Mapping[str, Any],
    actor: User,
    now: dt.datetime,
) -> Delivered:
    """Save many answers and explanations. What can be saved is saved; each of the others gets a fault or a conflict.

    ``answers`` are by question code (a matrix as ``{row: key}``, its other rows stay) or by field key. ``revs`` are the
    ones that were read, by field key; without one, whatever stands in the field is replaced. ``explanations`` are of
    findings, by their key. Raises as ``draft_save_many``.
    """
    result = Delivered()
    items = _items(spec_of(report), answers, revs, result)
    try:
        saved = draft_save_many(report=report, items=items, actor=actor, now=now)
    except DraftConflict as met:
        result.conflicts = {conflict.key: conflict for conflict in met.every}
        kept = [item for item in items if item[0] not in result.conflicts]
        saved = draft_save_many(report=report, items=kept, actor=actor, now=now)  # saved already: says what stands
    for entry in saved:
        if entry.error:
            result.faults[entry.key] = Fault(entry.code, entry.error)
        else:
            result.saved[entry.key] = (entry.value, entry.rev)
    for key, text in explanations.items():
        _explain(report, key, text, actor, now, result)
    result.version = report.draft_version
    return result


def _explain(report: Report, key: str, text: Any, actor: User, now: dt.datetime, result: Delivered) -> None:
    try:
        comment_save(report=report, finding=key, text=text, actor=actor, now=now)
    except UnknownField:
        result.faults[f"explanation {key}"] = Fault("unknown_finding", _("No check finds this."))
    except ValueError as refused:
        result.faults[f"explanation {key}"] = Fault("invalid", str(refused))


def _items(spec: FormSpec, answers: Mapping[str, Any], revs: Mapping[str, int], result: Delivered) -> Items:
    items: Items = []
    known = set(spec.field_keys())
    for code, value in answers.items():
        if code in known:
            items.append((code, as_typed(spec.field(code)[0], value), revs.get(code)))
        elif spec.has(code):
            items += _rows(spec.question(code), value, revs, result)
        else:
            result.faults[code] = Fault("unknown_field", _("The form does not have this question."))
    return items


def _rows(question: QuestionSpec, value: Any, revs: Mapping[str, int], result: Delivered) -> Items:
    """A matrix by its rows; null takes all of them away."""
    if value is None:
        value = dict.fromkeys(question.row_keys)
    if not isinstance(value, Mapping):
        result.faults[question.code] = Fault("wrong_type", error_text(question, "wrong_type"))
        return []
    for row in set(value) - set(question.row_keys):
        result.faults[f"{question.code}:{row}"] = Fault("unknown_row", error_text(question, "unknown_row"))
    keys = [row for row in question.row_keys if row in value]
    return [(f"{question.code}:{row}", value[row], revs.get(f"{question.code}:{row}")) for row in keys]


def as_typed(question: QuestionSpec, value: Any) -> Any:
    """A value of a machine as ``clean`` takes it: in JSON a point is a decimal point, whatever stands around it."""
    if question.kind in NUMBER_KINDS and isinstance(value, str) and _POINT.fullmatch(value):
        return float(value)
    return value


# --- once only ------------------------------------------------------------------------------------


def content_hash(*parts: Any) -> str:
    """SHA-256 of what a request asks for, as 64 hex digits."""
    plain = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def answered_once(
    *, user: User, key: str, content: str, now: dt.datetime, do: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Do what a request asks for once: ``do`` gives a status and a body (plain JSON), and both are kept with the key.

    Returns status, body, and whether they are those of an earlier request. Two at once wait for each other. Only what
    succeeded is kept (a status below 300): a refusal changed nothing, and sent again it is tried anew. Raises BadKey,
    KeyReused when the key came with another ``content``, and whatever ``do`` raises; then nothing is kept.
    """
    if not _KEY.fullmatch(key):
        raise BadKey(_("An idempotency key has 1 to 100 visible signs, for example a UUID."))
    with transaction.atomic():
        rows = IdempotentRequest.objects.select_for_update()
        row, new = rows.get_or_create(user=user, key=key, defaults={"request_hash": content, "asked_at": now})
        if not new:
            if row.request_hash != content:
                raise KeyReused(_("This idempotency key was used for another request. Choose a new one."))
            return row.status, row.body, True
        status, body = do()
        if status < 300:
            IdempotentRequest.objects.filter(pk=row.pk).update(status=status, body=body)
        else:
            row.delete()
    return status, body, False


def requests_forget(*, now: dt.datetime) -> int:
    """Delete what was kept of requests longer than ``KEEP`` ago. Returns how many."""
    return IdempotentRequest.objects.filter(asked_at__lt=now - KEEP).delete()[0]
