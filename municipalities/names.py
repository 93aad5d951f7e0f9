"""How names are ordered and shown. Pure: no database."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

SAMI_ADMINISTRATIVE_LANGUAGES = {
    "Northern Sami": "se",
    "Lule Sami": "smj",
    "Southern Sami": "sma",
    "Kven Finnish": "fkv",
    "Norwegian": "no",
}
"""The language names of the official register of place names, and the codes that a page's ``lang`` takes."""

_LAST = {"z": "z1", "æ": "z2", "ä": "z2", "ø": "z3", "ö": "z3", "å": "z4"}
_PLAIN = {"đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "þ": "th", "ł": "l", "ü": "y"}
_KEY_LENGTH = 240  # what the column holds


def sort_key(name: str) -> str:
    """The key that gives Norwegian order: æ, ø and å last, ``aa`` as å, blind to case.

    Sami letters count as the plain ones they are made of. The key holds only a-z and digits, so every database
    puts it in the same order whatever its collation. A space and a hyphen come before every letter (``Nord-Fron``
    before ``Nordre Land``).
    """
    text = unicodedata.normalize("NFC", name).casefold()
    key = "".join(_encoded(letter) for letter in text)
    return key.replace("aa", _LAST["å"])[:_KEY_LENGTH]  # last, since an accented a has become one by now


def _encoded(letter: str) -> str:
    if letter in _LAST:
        return _LAST[letter]
    if letter in _PLAIN:
        return _PLAIN[letter]
    if letter.isspace() or letter in "-–/":
        return "0"
    base = unicodedata.normalize("NFKD", letter)[0].casefold()
    if base == "z":
        return _LAST["z"]
    if base.isascii() and base.isalnum():
        return base
    return ""


def display_name(name: str, official_names: Iterable[Mapping[str, str]] = ()) -> str:
    """All official names with the Norwegian one first: ``Kautokeino – Guovdageaidnu``.

    ``official_names`` are entries ``{"name", "lang"}`` in the official order.
    """
    others = [entry["name"] for entry in official_names if entry["name"] != name]
    return " – ".join([name, *others])


def parallel_names(name: str, official_names: Iterable[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """The same names one by one as ``{"name", "lang"}``, for a page that marks each with its language."""
    first = {"name": name, "lang": "no"}
    return [first, *({"name": e["name"], "lang": e["lang"]} for e in official_names if e["name"] != name)]
