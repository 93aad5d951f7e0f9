"""The sheets and columns of the workbook, and the words that may stand in them, in every language of the portal.

A head is found in bokmål, nynorsk or English, whatever its case; so are the words of the lists.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

from networks.models import Network, Participation, Provider

NETWORKS, PARTS, MEETINGS = "networks", "participations", "meetings"


@dataclass(frozen=True)
class Column:
    """A column: its ``key``, its ``head`` (an English msgid), its width in characters, and whether a sheet without
    it cannot be read."""

    key: str
    head: str
    width: int = 14
    needed: bool = False


@dataclass(frozen=True)
class SheetLayout:
    """A sheet: its ``key``, its ``title`` (an English msgid) and its columns in the order in which they are written."""

    key: str
    title: str
    columns: tuple[Column, ...]

    def heads(self) -> dict[str, str]:
        """Every spelling of every head, made plain, with its column's key."""
        return _heads(self)


LAYOUT = (
    SheetLayout(
        NETWORKS,
        gettext_noop("Networks"),
        (
            Column("id", gettext_noop("ID (leave as it is)"), 10),
            Column("name", gettext_noop("Name"), 48, needed=True),
            Column("kind", gettext_noop("Kind"), 38, needed=True),
            Column("host", gettext_noop("Host"), 24),
            Column("organisers", gettext_noop("Organisers"), 30),
            Column("themes", gettext_noop("Solutions"), 18),
            Column("valid_from", gettext_noop("First day"), 13, needed=True),
            Column("valid_to", gettext_noop("Last day"), 13),
            Column("note", gettext_noop("Note"), 40),
        ),
    ),
    SheetLayout(
        PARTS,
        gettext_noop("Participations"),
        (
            Column("id", gettext_noop("ID (leave as it is)"), 10),
            Column("network", gettext_noop("Network"), 48, needed=True),
            Column("number", gettext_noop("Municipality number"), 16, needed=True),
            Column("unit", gettext_noop("Municipality"), 26),
            Column("status", gettext_noop("Status"), 13, needed=True),
            Column("valid_from", gettext_noop("First day"), 13, needed=True),
            Column("valid_to", gettext_noop("Last day"), 13),
            Column("note", gettext_noop("Note"), 40),
        ),
    ),
    SheetLayout(
        MEETINGS,
        gettext_noop("Meetings"),
        (
            Column("id", gettext_noop("ID (leave as it is)"), 10),
            Column("network", gettext_noop("Network"), 48, needed=True),
            Column("on", gettext_noop("Date"), 13, needed=True),
            Column("title", gettext_noop("Title"), 36),
            Column("attendance", gettext_noop("Numbers of those who were there"), 40, needed=True),
            Column("note", gettext_noop("Note"), 40),
        ),
    ),
)
HELP_TITLE = gettext_noop("How to use the workbook")
LISTS_TITLE = gettext_noop("Lists")
BY_KEY = {sheet.key: sheet for sheet in LAYOUT}


def plain(text: str) -> str:
    """A head, a title or a word made comparable: no case, no blanks around or twice, no star, colon or bracket."""
    text = text.replace("\u00a0", " ").casefold().partition("(")[0]
    return " ".join(text.replace("*", " ").replace(":", " ").replace("_", " ").split())


def in_every_language(msgid: str) -> set[str]:
    """A text as it stands in English and in each of the portal's languages."""
    found = {msgid}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(gettext(msgid))
    return found


@functools.cache
def _heads(sheet: SheetLayout) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in sheet.columns:
        for text in (*in_every_language(column.head), column.key):
            found.setdefault(plain(text), column.key)
    return found


@functools.cache
def titles() -> dict[str, str]:
    """Every spelling of every sheet's title, made plain, with the sheet's key; help and lists have empty keys."""
    found = {plain(text): sheet.key for sheet in LAYOUT for text in in_every_language(sheet.title)}
    for title in (HELP_TITLE, LISTS_TITLE):
        found |= {plain(text)[:31]: "" for text in in_every_language(title)}
    return found


def _words(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in ("en", *(code for code, _name in settings.LANGUAGES)):
        with override(code):
            for key, label in choices:
                found[plain(str(label))] = found[plain(str(key))] = str(key)
    return found


@functools.cache
def words(field: str) -> Mapping[str, str]:
    """The words of a list (``kind``, ``status``, ``organisers``) in every language, made plain, with their keys."""
    choices: dict[str, list[tuple[Any, Any]]] = {
        "kind": list(Network.Kind.choices),
        "status": list(Participation.Status.choices),
        "organisers": [choice for choice in Provider.choices if choice[0] != Provider.TOGETHER],
    }
    return _words(choices[field])


def labels(field: str) -> dict[str, str]:
    """The same words by key, in the language in use, as they are written."""
    models = {"kind": Network.Kind, "status": Participation.Status, "organisers": Provider}
    return {str(key): str(label) for key, label in models[field].choices if key != Provider.TOGETHER}  # type: ignore[attr-defined]
