"""The table of rights as a page and a file show it, made from ``access.RIGHTS`` itself. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import RIGHTS
from municipalities.models import Role

SCOPES: dict[str, Any] = {
    Role.MUNICIPALITY_EDITOR: gettext_lazy("Its own municipality, and the history of those it was made of."),
    Role.MUNICIPALITY_READER: gettext_lazy("Its own municipality, and the history of those it was made of."),
    Role.STATSFORVALTER: gettext_lazy("The municipalities of its own region."),
    Role.KS: gettext_lazy("The municipalities of its own region; of reports only those that are sent in."),
    Role.USHT: gettext_lazy("The municipalities of its own region; of reports only those that are sent in."),
    Role.HDIR: gettext_lazy("The whole country."),
    Role.HDIR_ADMIN: gettext_lazy("The whole country."),
    Role.HOD: gettext_lazy("What is sent to the ministry, and nothing else."),
    Role.EVALUATOR: gettext_lazy("The whole country; of reports only those that are sent in."),
}
"""What each role sees, in a sentence; the rule itself is ``access.units_in`` and the models' ``visible_in``."""


@dataclass(frozen=True)
class RightRow:
    """A right in words: its key, its sentence, where it comes from, and the roles that have it in the roles' order."""

    key: str
    sentence: str
    source: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RoleRow:
    """A role in words, what it sees, and how many rights it has."""

    role: str
    label: str
    scope: str
    count: int


@dataclass(frozen=True)
class Query:
    """What the address asks for; an unknown role counts as none."""

    role: str = ""
    search: str = ""

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters, ``get(name, default)``."""
        role = get("rolle", "")
        return cls(role if role in Role.values else "", " ".join(get("sok", "").split())[:80])

    @property
    def parameters(self) -> dict[str, str]:
        """The address's parameters, without those that say nothing."""
        return {name: value for name, value in (("rolle", self.role), ("sok", self.search)) if value}


def right_rows(query: Query = Query()) -> list[RightRow]:
    """The rights that match, in the table's order, in the language that is active."""
    rows = [
        RightRow(
            key,
            str(right.sentence),
            str(right.source.label) if right.source else "",
            tuple((role, capfirst(str(label))) for role, label in Role.choices if role in right.roles),
        )
        for key, right in RIGHTS.items()
        if not query.role or query.role in right.roles
    ]
    return [row for row in rows if _matches(row, query.search)]


def _matches(row: RightRow, search: str) -> bool:
    text = " ".join((row.key, row.sentence, row.source, *(label for _role, label in row.roles))).casefold()
    return all(word in text for word in search.casefold().split())


def role_rows() -> list[RoleRow]:
    """The nine roles with what they see."""
    counts = {role: sum(role in right.roles for right in RIGHTS.values()) for role in Role.values}
    return [RoleRow(role, capfirst(str(label)), str(SCOPES[role]), counts[role]) for role, label in Role.choices]


def sheet(rows: list[RightRow]) -> tuple[list[str], list[list[Any]]]:
    """Heads and rows of the file: a column with yes or no for each role, so that it can be filtered."""
    heads = [
        _("Right"),
        _("What it lets one do"),
        _("Source"),
        *(capfirst(str(label)) for _role, label in Role.choices),
    ]
    values = []
    for row in rows:
        having = {role for role, _label in row.roles}
        values.append([row.key, row.sentence, row.source, *(role in having for role in Role.values)])
    return heads, values
