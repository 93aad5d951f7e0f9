"""A hash over what a document is computed from: the same inputs need no second version. Pure.

Left out are the moment at which the facts were taken and the number of the version, which every build has anew.
Facts that the database gives in no order are put into one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from . import rules
from .blocks import Blocks
from .columns import Columns
from .content import SCHEMA, Content
from .facts import Composed, Facts
from .volume_facts import SentIn, VolumeFacts

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

BY_UNIT = ("unit_answers", "participations", "plans", "support", "parts")
BY_OFFICE = ("units", "reports", "deliveries", "counts", "register_counts")
NOT_IN_A_VOLUME: dict[str, Any] = {
    "answers": (), "older_forms": (), "composed": Composed(), "tasks": (), "submission_ids": (),
}  # fmt: skip
"""How the facts of a region are picked out for the hash over the inputs of its volume."""

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


def volume_inputs(facts: Facts, found: VolumeFacts, office: str) -> str:
    """SHA-256 over what the volume of one region (its key) is computed from: what is of the region alone, and what is
    the same for all. Where it is the same and the volume is not, the portal words or computes it otherwise."""
    units = {unit.id for unit in facts.units if unit.office == office}
    own: dict[str, Any] = {name: tuple(row for row in getattr(facts, name) if row.unit in units) for name in BY_UNIT}
    own |= {name: tuple(row for row in getattr(facts, name) if row.office == office) for name in BY_OFFICE}
    own["offices"] = tuple(row for row in facts.offices if row.key == office)
    region = replace(facts, **own, **NOT_IN_A_VOLUME)
    forms: dict[int, str] = {}  # a form is the same object for all that answered it
    for entry in found.sent:
        if id(entry.form) not in forms:
            forms[id(entry.form)] = hashlib.sha256(_key(_plain(entry.form)).encode()).hexdigest()
    sent = sorted(_key([_without_form(entry), forms[id(entry.form)]]) for entry in found.sent if entry.unit in units)
    rows = [
        sorted(_key(_plain(row)) for row in getattr(found, name) if row.unit in units)
        for name in ("decisions", "anchorings", "progress", "parts", "support")
    ]
    asked = {
        pk: name
        for entry in found.sent
        if entry.unit in units
        for question in entry.form.questions()
        if question.kind == "register"
        for pk in map(str, entry.answers.get(question.code) or ())
        if (name := found.networks.get(pk)) is not None
    }
    return inputs_hash(region, (), sent, rows, asked)


def _without_form(entry: SentIn) -> dict[str, Any]:
    return {item.name: _plain(getattr(entry, item.name)) for item in fields(entry) if item.name != "form"}


def _facts(facts: Facts) -> dict[str, Any]:
    plain = {}
    for item in fields(facts):
        if item.name not in LEFT_OUT and (item.name not in LATER or getattr(facts, item.name)):
            value = _plain(getattr(facts, item.name))
            plain[item.name] = sorted(value, key=_key) if item.name in UNORDERED else value
    return plain


_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _key(value: Any) -> str:
    return _WRITE(value)


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None of another type."""
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None


def _plain(value: Any) -> Any:
    """A value in the one form that it has whatever database or library it came from."""
    if value is None or isinstance(value, str | bool | int):
        return value
    kind: type = type(value)
    if (names := _names(kind)) is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(member) for member in value), key=_key)
    if isinstance(value, list | tuple | Blocks | Columns):
        return [_plain(member) for member in value]
    raise ValueError(f"no input can be {value!r}")
