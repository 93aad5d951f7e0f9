"""Hdir's own words for the notices: written, checked, taken back; and which words hold for a notice now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log
from reporting.models import NoticeText
from reporting.notice_words import LANGUAGES, Words, faults, own_words

Held = dict[tuple[str, str], dict[str, Words]]


class TextRefused(ValueError):
    """Words that cannot be used. ``faults`` is a sentence by language and field: ``{("nb", "body"): "…"}``."""

    def __init__(self, found: Mapping[tuple[str, str], str]) -> None:
        super().__init__("; ".join(found.values()))
        self.faults = dict(found)


def words_that_hold() -> Held:
    """The words of every notice by (kind, audience) and language: Hdir's where it has written any. One query."""
    held = {key: dict(words) for key, words in own_words().items()}
    for row in NoticeText.objects.all():
        if (row.kind, row.audience) in held:
            held[row.kind, row.audience][row.language] = Words(row.subject, row.body)
    return held


def texts_written() -> dict[tuple[str, str], NoticeText]:
    """The text that Hdir wrote last for each notice that has any, by (kind, audience). One query."""
    return {(row.kind, row.audience): row for row in NoticeText.objects.order_by("edited_at", "pk")}


def notice_text_save(
    *, kind: str, audience: str, words: Mapping[str, Words], actor: User, now: dt.datetime, request_id: str = ""
) -> list[NoticeText]:
    """Let Hdir's ``words`` (by language) hold for a notice from now on. Returns the rows that were changed.

    Words that are the portal's own again give no row. Raises KeyError for a notice that there is not, TextRefused
    with every fault, PermissionDenied.
    """
    _require(actor, now)
    own = own_words()[kind, audience]
    if found := text_faults(kind=kind, audience=audience, words=words):
        raise TextRefused(found)
    changed = []
    with transaction.atomic():
        held = {row.language: row for row in _locked(kind, audience)}
        for language in LANGUAGES:
            if language not in words:
                continue
            text = Words(words[language].subject.strip(), words[language].body.replace("\r\n", "\n").strip())
            row = held.get(language)
            if text == (Words(row.subject, row.body) if row else own[language]):
                continue
            if text == own[language] and row is not None:
                _take_back(row, actor, now, request_id)
                continue
            changed.append(_put(kind, audience, language, text, actor, now, request_id))
    return changed


def text_faults(*, kind: str, audience: str, words: Mapping[str, Words]) -> dict[tuple[str, str], str]:
    """What is wrong with words: a sentence by language and field."""
    return {
        (language, name): sentence
        for language, text in words.items()
        for name, sentence in faults(text.subject, text.body, kind=kind, audience=audience).items()
    }


def notice_text_restore(*, kind: str, audience: str, actor: User, now: dt.datetime, request_id: str = "") -> int:
    """Go back to the portal's own words in every language. Returns how many of Hdir's texts were taken out.

    Raises PermissionDenied.
    """
    _require(actor, now)
    with transaction.atomic():
        rows = _locked(kind, audience)
        for row in rows:
            _take_back(row, actor, now, request_id)
    return len(rows)


def _locked(kind: str, audience: str) -> list[NoticeText]:
    return list(NoticeText.objects.select_for_update().filter(kind=kind, audience=audience))


def _put(
    kind: str, audience: str, language: str, text: Words, actor: User, now: dt.datetime, request_id: str
) -> NoticeText:
    said = {"subject": text.subject, "body": text.body, "edited_at": now, "edited_by": str(actor)}
    row, _made = NoticeText.objects.update_or_create(kind=kind, audience=audience, language=language, defaults=said)
    note = f"{row}: {text.subject}\n\n{text.body}"
    log(row, "notice_text_written", actor=actor, now=now, note=note, request_id=request_id)
    return row


def _take_back(row: NoticeText, actor: User, now: dt.datetime, request_id: str) -> None:
    note = f"{row}: {row.subject}\n\n{row.body}"
    log(row, "notice_text_taken_back", actor=actor, now=now, note=note, request_id=request_id)
    row.delete()


def _require(actor: User, now: dt.datetime) -> None:
    decision = can(actor, "notice.edit", today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
