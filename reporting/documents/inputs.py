"""A hash over what a document is computed from: the same inputs need no second version. Pure.

Left out are the moment at which the facts were taken and the number of the version, which every build has anew.
Facts that the database gives in no order are put into one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from . import rules
from .content import SCHEMA, Content
from .facts import Facts

LEFT_OUT = frozenset({"frozen_at", "version"})
UNORDERED = frozenset(
    {
        "reports", "deliveries", "counts", "unit_answers", "participations", "plans", "register_counts", "support",
        "answers", "submission_ids", "added", "amounts",
    }
)  # fmt: skip
"""The facts whose order says nothing."""
LATER = frozenset({"added", "amounts"})
"""Facts that came after summaries had been made: where there are none, the hash is as it was before them."""

Rule = tuple[str, int]


def rules_of(contents: Iterable[Content]) -> tuple[Rule, ...]:
    """Name and version of every rule that a figure of the contents comes from, and of the risk patterns."""
    found = {(pattern.key, pattern.version) for pattern in rules.PATTERNS}
    for content in contents:
        found |= {(figure.source.rule, figure.source.version) for figure in content.figures() if figure.source}
    return tuple(sorted(found))


def inputs_hash(facts: Facts, used: Iterable[Rule], *more: Any) -> str:
    """SHA-256 over the facts, the rules that were ``used``, the schema of the Content, and ``more`` frozen facts.

    Raises ValueError on a value that has no canonical form.
    """
    parts = [SCHEMA, sorted(used), _facts(facts), *(_plain(other) for other in more)]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _facts(facts: Facts) -> dict[str, Any]:
    plain = {}
    for item in fields(facts):
        if item.name not in LEFT_OUT and (item.name not in LATER or getattr(facts, item.name)):
            value = _plain(getattr(facts, item.name))
            plain[item.name] = sorted(value, key=_key) if item.name in UNORDERED else value
    return plain


def _key(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    """A value in the one form that it has whatever database or library it came from."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(member) for member in value), key=_key)
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    raise ValueError(f"no input can be {value!r}")
