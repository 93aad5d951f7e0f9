"""Reads files with the answers of Klass: the codes of a day, and the changes between days. Pure.

Each entry is checked; what is wrong is told with file, entry (the first is 1) and reason, and nothing is passed over:
a blank entry is a fault, never an end. Code 9999 (not stated) is no municipality and left out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNSTATED = "9999"
PAIR = ("oldCode", "newCode")
LARGEST = 20_000_000
"""Bytes; the real files hold less than one hundredth of it."""

LONGEST_NAME = 120
_NAMESAKE = re.compile(r"\s*\([^()]*\)$")
"""The county after the name of one that has a namesake, as in Herøy (Nordland): no part of the name."""
_BETWEEN_NAMES = re.compile(r"\s+[-–]\s+")


class KlassError(Exception):
    """Something is wrong in a file or does not go together with the registers; the message is one sentence."""


@dataclass(frozen=True)
class Code:
    """A municipality or county in the list of a day. ``names`` are its parallel names in the order of the file."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class CodeChange:
    """From ``on`` what was ``old`` is (wholly or in part) ``new``; the two may be the same code."""

    on: dt.date
    old: str
    new: str
    old_name: str
    new_name: str


def read_codes(path: Path) -> dict[str, Code]:
    """The codes of a ``codesAt`` file by code: four digits are a municipality, two a county.

    Raises KlassError for a file that is missing, cut short or not of that shape, for a blank entry, a code of another
    length and a code that stands twice.
    """
    codes: dict[str, Code] = {}
    seen: dict[str, int] = {}
    for number, entry in _entries(path, "codes"):
        code = _code(path, number, entry, "code", r"[0-9]{2}|[0-9]{4}", "four digits (or two) as text")
        if code in seen:
            raise _wrong(path, number, f"{code} stands in entry {seen[code]} already")
        seen[code] = number
        if code not in (UNSTATED, UNSTATED[:2]):
            codes[code] = Code(code, _names(path, number, entry))
    if not codes:
        raise KlassError(f"{path.name} holds no codes.")
    return codes


def read_changes(path: Path) -> list[CodeChange]:
    """The changes of a ``changes`` file in its order. Raises KlassError as ``read_codes`` does, and for a change that
    stands twice."""
    changes: list[CodeChange] = []
    seen: dict[tuple[dt.date, str, str], int] = {}
    for number, entry in _entries(path, "codeChanges"):
        old, new = (_code(path, number, entry, key, "[0-9]{4}", "four digits as text") for key in PAIR)
        key = (_day(path, number, entry), old, new)
        if key in seen:
            raise _wrong(path, number, f"the change from {old} to {new} stands in entry {seen[key]} already")
        seen[key] = number
        if UNSTATED in (old, new):
            continue
        names = (_text(path, number, entry, name) for name in ("oldName", "newName"))
        changes.append(CodeChange(*key, *names))
    return changes


def _entries(path: Path, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    content = _json(path)
    entries = content.get(key) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise KlassError(f"{path.name} does not have the shape of Klass: the list {key} is missing.")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not any(entry.values()):
            raise _wrong(path, number, "it is blank")
        yield number, entry


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise KlassError(f"{path.name} is larger than {LARGEST // 1_000_000} MB, which no list of Klass is.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KlassError(f"{path.name} cannot be read: {error.strerror or 'unknown reason'}.") from error
    except UnicodeDecodeError as error:
        raise KlassError(f"{path.name} is not UTF-8 text (byte {error.start}).") from error
    try:
        return json.loads(text)
    except RecursionError as error:
        raise KlassError(f"{path.name} is not a list of Klass: it is nested too deeply.") from error
    except ValueError as error:  # a number of too many digits is one too
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise KlassError(f"{path.name} is cut short or not well-formed JSON{where}.") from error


def _wrong(path: Path, number: int, why: str) -> KlassError:
    return KlassError(f"{path.name}, entry {number}: {why}.")


def _code(path: Path, number: int, entry: dict[str, Any], key: str, pattern: str, what: str) -> str:
    code = _text(path, number, entry, key)
    if not re.fullmatch(pattern, code):
        raise _wrong(path, number, f"{key} is {code[:20]!r}, expected {what}")
    return code


def _text(path: Path, number: int, entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(path, number, f"{key} is missing or blank")
    value = " ".join(value.split())
    if not value.isprintable() or len(value) > 3 * LONGEST_NAME:
        raise _wrong(path, number, f"{key} is too long or holds a control character")
    return value


def _names(path: Path, number: int, entry: dict[str, Any]) -> tuple[str, ...]:
    whole = _NAMESAKE.sub("", _text(path, number, entry, "name"))
    names = tuple(dict.fromkeys(_BETWEEN_NAMES.split(whole)))
    if not all(0 < len(name) <= LONGEST_NAME for name in names):
        raise _wrong(path, number, f"a name is empty or longer than {LONGEST_NAME} characters")
    return names


def _day(path: Path, number: int, entry: dict[str, Any]) -> dt.date:
    text = _text(path, number, entry, "changeOccurred")
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise _wrong(path, number, f"changeOccurred is {text!r}, expected a date as YYYY-MM-DD")
