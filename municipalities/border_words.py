"""The borders in which a table stands: what the address asks for, what the page and the file say, who stands where.

Every table with municipalities stands in the borders of its own day, or in today's (``borders`` has the rules for
figures). A page asks ``read_borders`` what the address wants, ``differs`` whether it makes a difference, and gives a
``Switch`` to the template ``municipalities/_borders.html``; a file says ``borders_words``. ``placed`` is one unit.
The template shows nothing where there is nothing to choose: the page's own line of counts says ``switch.said``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from municipalities.borders import regroup
from municipalities.lineage import Lineage, Span
from municipalities.templatetags.portal import day as day_words
from municipalities.templatetags.portal import joined

PARAMETER = "grenser"
THEN, TODAY = "da", "na"
BORDERS = (THEN, TODAY)


@dataclass(frozen=True)
class Placed:
    """Where a unit of another day stands in today's borders.

    ``unit_id``, ``number`` and ``name`` are the unit's of today; a unit that was split since stays itself, and
    ``leads_to`` are the units of today that it became. ``then`` is what it was called on its own day.
    """

    unit_id: int
    number: str
    name: str
    then: Span
    leads_to: tuple[Span, ...] = ()

    @property
    def renamed(self) -> bool:
        """Whether it stands under another number or name than that of its own day."""
        return (self.number, self.name) != (self.then.number, self.then.name)

    @property
    def changed(self) -> bool:
        """Whether today's borders show anything else than those of its own day."""
        return self.renamed or bool(self.leads_to)

    @property
    def then_words(self) -> str:
        """``then 0627 Røyken``, and where a split unit went; empty for a unit that is what it was."""
        then = [numbered(self.then)] if self.renamed else []
        return beside(then, [numbered(part) for part in self.leads_to])

    @property
    def label(self) -> str:
        """``3025 Asker (then 0627 Røyken)``."""
        own = f"{self.number} {self.name}"
        return f"{own} ({self.then_words})" if self.changed else own


@dataclass(frozen=True)
class Choice:
    """One of the two ways to show a table."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Switch:
    """What a page says of its borders: ``borders`` hold, in the words ``said``, and ``sentence`` explains them;
    ``choices`` are the two ways, none where they show the same."""

    borders: str
    said: str
    sentence: str
    choices: tuple[Choice, ...] = ()

    @property
    def today(self) -> bool:
        """Whether today's borders hold."""
        return self.borders == TODAY


def read_borders(get: Callable[[str, str], str]) -> str:
    """``da`` or ``na`` from a request's parameters: ``get(name, default)``. Anything unknown counts as not said."""
    value = get(PARAMETER, "")
    return value if value in BORDERS else THEN


def holding(borders: str, day: dt.date | None, today: dt.date) -> str:
    """Which borders hold: on ``today`` those of the day are today's. ``day`` is None where each row has its own."""
    return THEN if day == today else borders


def switch(
    borders: str, *, day: dt.date | None, today: dt.date, differs: bool, url: Callable[[str], str], sentence: str = ""
) -> Switch:
    """The switch for a page of ``day`` (None: each row has its own day).

    ``differs`` as the function of that name says; ``url`` gives the page's address with other borders; ``sentence``
    replaces the explanation where a page joins more than names. The way back is there also where nothing differs.
    """
    held = holding(borders, day, today)
    labels = {THEN: _("The borders of that day") if day else _("The borders of then"), TODAY: _("Today's borders")}
    choices = [Choice(label, url(key), key == held) for key, label in labels.items()]
    return Switch(
        borders=held,
        said=borders_words(held, day, today),
        sentence=sentence or _sentence(held, day),
        choices=tuple(choices) if day != today and (differs or held == TODAY) else (),
    )


def borders_words(borders: str, day: dt.date | None, today: dt.date) -> str:
    """Whose borders, as a file says it: ``da`` (those of ``day``; of each row's own day where it is None) or ``na``
    (those of ``today``)."""
    if borders == TODAY:
        return _("Today's borders, %(day)s") % {"day": f"{today:%d.%m.%Y}"}
    if day is None:
        return _("The borders of each row's own day")
    return _("The borders of that day, %(day)s") % {"day": f"{day:%d.%m.%Y}"}


def _sentence(borders: str, day: dt.date | None) -> str:
    if borders == TODAY:
        return _(
            "Municipalities that have merged or got a new number since stand as those of today, with what they were "
            "called then beside. A municipality that was split since stays itself."
        )
    if day is None:
        return _("The municipalities have the names and numbers of each row's own day.")
    return _("The municipalities are those of %(day)s, with the names and numbers they had.") % {"day": day_words(day)}


def placed(lineage: Lineage, unit_id: int, then: dt.date, today: dt.date) -> Placed:
    """Where the unit of ``then`` stands in the borders of ``today``. Raises KeyError for one that nobody knows."""
    (group,) = (group for group in regroup(lineage, [unit_id], then, today) if group.members)
    return Placed(group.unit_id, group.number, group.name, group.members[0], group.leads_to)


def differs(lineage: Lineage, units: Iterable[tuple[int, dt.date]], today: dt.date) -> bool:
    """Whether any of the units, each of its own day, is shown otherwise in the borders of ``today``: merged, split,
    renamed or renumbered. A boundary adjustment is no difference."""
    return any(placed(lineage, unit_id, then, today).changed for unit_id, then in set(units))


class Places:
    """Where units of other days stand on ``today``, each worked out once: for a page with many rows."""

    def __init__(self, lineage: Lineage, today: dt.date) -> None:
        self._lineage, self._today = lineage, today
        self._known: dict[tuple[int, dt.date], Placed] = {}

    def of(self, unit_id: int, then: dt.date) -> Placed:
        """As ``placed``."""
        key = (unit_id, then)
        if key not in self._known:
            self._known[key] = placed(self._lineage, unit_id, then, self._today)
        return self._known[key]

    def differ(self, units: Iterable[tuple[int, dt.date]]) -> bool:
        """As ``differs``."""
        return any(self.of(unit_id, then).changed for unit_id, then in set(units))


def beside(then: Sequence[str], leads_to: Sequence[str]) -> str:
    """What stands beside a unit in today's borders: what it or its parts were called then, and where it went when it
    was split since; empty where there is nothing to say."""
    said = [_("then %(units)s") % {"units": joined(then)}] if then else []
    if leads_to:
        said.append(_("split since, now part of %(names)s") % {"names": joined(leads_to)})
    return "; ".join(said)


def numbered(unit: Any) -> str:
    """``0627 Røyken``."""
    return f"{unit.number} {unit.name}"
