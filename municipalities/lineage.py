"""Who a unit was on another day, and which units of today it belongs to: mergers, splits, renumbering. Pure.

Identities stay through renumbering, so most questions end at the identity itself. Only mergers and splits lead from
one identity to another. A boundary adjustment moves a part of a municipality and never says that it became another.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LEADING_ON = frozenset({"merger", "split", "renumbering", "renaming"})
"""The kinds of links that say who a unit became; ``boundary`` is not among them."""


@dataclass(frozen=True)
class Span:
    """A unit's number and name from ``valid_from`` to ``valid_to`` (open when None)."""

    unit_id: int
    number: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Link:
    """How ``old_id`` continues in ``new_id`` from ``on``."""

    old_id: int
    new_id: int
    kind: str
    on: dt.date


@dataclass(frozen=True)
class Related:
    """A unit on the day asked about. ``whole`` is false when only a part of the one belongs to the other (a split)."""

    unit_id: int
    whole: bool


class Lineage:
    """The registers' spans and links, ready for questions."""

    def __init__(self, spans: Iterable[Span], links: Iterable[Link]) -> None:
        self._spans: dict[int, list[Span]] = defaultdict(list)
        self._by_number: dict[str, list[Span]] = defaultdict(list)
        for span in sorted(spans, key=lambda entry: entry.valid_from):
            self._spans[span.unit_id].append(span)
            self._by_number[span.number].append(span)
        self._forward: dict[int, list[Link]] = defaultdict(list)
        self._back: dict[int, list[Link]] = defaultdict(list)
        for link in sorted(links, key=lambda entry: entry.on):
            if link.kind in LEADING_ON and link.old_id != link.new_id:
                self._forward[link.old_id].append(link)
                self._back[link.new_id].append(link)

    def exists(self, unit_id: int, day: dt.date) -> bool:
        """Whether the unit existed on ``day``."""
        return any(span.holds(day) for span in self._spans[unit_id])

    def span_on(self, unit_id: int, day: dt.date) -> Span | None:
        """The unit's number and name on ``day``, or None when it did not exist."""
        return next((span for span in self._spans[unit_id] if span.holds(day)), None)

    def unit_with_number(self, number: str, day: dt.date) -> int | None:
        """The unit that has ``number`` on ``day``, else the one that had it last before, else the one that gets it.

        None for a number that no municipality has had. So an old number still finds its municipality.
        """
        spans = self._by_number.get(number, [])
        if not spans:
            return None
        holding = [span for span in spans if span.holds(day)]
        before = [span for span in spans if span.valid_from <= day]
        return (holding or before[-1:] or spans)[0].unit_id

    def today(self, unit_id: int, day: dt.date) -> tuple[Related, ...]:
        """The units on ``day`` to which a unit of an earlier day belongs; itself when it exists then.

        A municipality that was split gives several, each marked as not whole. Empty when it never leads to one.
        """
        return self._follow(unit_id, day, self._forward, forward=True)

    def origins(self, unit_id: int, day: dt.date) -> tuple[Related, ...]:
        """The units on ``day`` (an earlier one) of which the unit was made; itself when it existed then."""
        return self._follow(unit_id, day, self._back, forward=False)

    def _follow(
        self, unit_id: int, day: dt.date, links: dict[int, list[Link]], *, forward: bool
    ) -> tuple[Related, ...]:
        found: dict[int, bool] = {}
        seen: set[tuple[int, bool]] = set()
        queue = [(unit_id, True)]
        while queue:
            current, whole = queue.pop(0)
            if (current, whole) in seen:
                continue
            seen.add((current, whole))
            exists = self.exists(current, day)
            if exists:
                found[current] = found.get(current, False) or whole
            for link in links[current]:
                # A unit that goes on is not followed further, unless a part was split from it.
                if forward and link.on <= day and (not exists or link.kind == "split"):
                    queue.append((link.new_id, whole and link.kind != "split"))
                elif not forward and link.on > day:
                    queue.append((link.old_id, whole and link.kind != "split"))
        return tuple(Related(key, whole) for key, whole in sorted(found.items()))
