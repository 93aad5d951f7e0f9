"""Takes out of a log line what nobody may read there: keys, cookies, passwords, national identity numbers.

What is logged is chosen with care where it is written; this is the net under it, for errors whose text or traceback
holds what somebody sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
NATIONAL_ID = "[11 digits]"
DEEPEST = 6
"""So far into lists and dictionaries; what lies deeper is hidden whole."""

_NAMES = "password|passwd|passord|pwd|secret|token|api[_-]?key|authorization|cookie|session_?(?:key|id)|csrf|credential"
_SECRET_NAME = re.compile(rf"(?:{_NAMES}|assertion|private_?key|otp|code_verifier)", re.IGNORECASE)
_HEADERS = "(?:set-)?cookie|(?:proxy-)?authorization|x-csrftoken"
_SAFE_NAMES = frozenset({"token_count", "password_changed"})

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Whole headers, however they are quoted: to the end of the line or of the quoted text.
    (
        re.compile(r"(?i)\b((?:set-)?cookie|(?:proxy-)?authorization|x-csrftoken)(\W{1,4})[^\r\n'\"}]+"),
        rf"\1\2{HIDDEN}",
    ),
    # A scheme and its key, wherever they stand.
    (re.compile(r"(?i)\b(bearer|basic|token|nokkel)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    # A signed token (JWT).
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"), HIDDEN),
    # The password of an address: postgres://portal:…@host
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@"), rf"\1:{HIDDEN}@"),
    # An address that is itself a key: a new password, an invitation, anything long and mixed between two slashes.
    (re.compile(r"(?i)(/(?:reset/key|invitasjon|invitation)/)[^/\s?'\"]{6,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?<=/)(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{24,}(?=/|\s|$)"), HIDDEN),
    # name=value, name: value and 'name': 'value'; also in the query of an address.
    (
        re.compile(
            rf"(?i)([\w-]*(?:{_NAMES}|id_token|code_verifier)[\w-]*)(['\"]?\s*[=:]\s*['\"]?)(?!\[hidden)[^\s'\"&,;)}}]+"
        ),
        rf"\1\2{HIDDEN}",
    ),
)
_ELEVEN = re.compile(r"(?<![\w.-])\d{6}[ -]?\d{5}(?![\w-])")


def redacted(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: the line without what is secret. Put last, when tracebacks have become text."""
    return {key: _value(key, value, 0) for key, value in line.items()}


def hidden_text(text: str) -> str:
    """``text`` with keys, cookies, passwords and national identity numbers taken out."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return _ELEVEN.sub(NATIONAL_ID, text)  # mistyped ones too: no other number of ours has eleven digits


def _value(name: Any, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(name, str) and name not in _SAFE_NAMES and _SECRET_NAME.search(name):
        return HIDDEN if value else value
    if depth > DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _value(key, inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value("", inner, depth + 1) for inner in value]
    return hidden_text(value if isinstance(value, str) else str(value))
