"""Who a unit was on another day, and which units of today it belongs to: mergers, splits, renumbering. Pure.

Identities stay through renumbering, so most questions end at the identity itself. Only mergers and splits lead from
one identity to another. A boundary adjustment moves a part of a municipality and never says that it became another.
How figures follow is told in ``borders``.
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


@dataclass(frozen=True)
class Home:
    """Where a figure of ``unit_id`` stands when it is shown in the borders of another day.

    ``fits`` says that the whole figure belongs to a unit of those borders. Where it does not (the unit was split, or
    is looked at in borders in which it was several), it stays with the unit it was made for, and ``leads_to`` names
    the units of those borders among which that unit lies.
    """

    unit_id: int
    fits: bool
    leads_to: tuple[int, ...] = ()


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
        self._adjusted: list[Link] = []
        for link in sorted(links, key=lambda entry: entry.on):
            if link.kind not in LEADING_ON:
                self._adjusted.append(link)
            elif link.old_id != link.new_id:
                self._forward[link.old_id].append(link)
                self._back[link.new_id].append(link)

    def changed(self) -> frozenset[int]:
        """The units that a link leads from or to. All others have been themselves for as long as they are known."""
        return frozenset(self._forward) | frozenset(self._back)

    def exists(self, unit_id: int, day: dt.date) -> bool:
        """Whether the unit existed on ``day``."""
        return self.span_on(unit_id, day) is not None

    def span_on(self, unit_id: int, day: dt.date) -> Span | None:
        """The unit's number and name on ``day``, or None when it did not exist."""
        return next((span for span in self._spans.get(unit_id, ()) if span.holds(day)), None)

    def spans_of(self, unit_id: int) -> tuple[Span, ...]:
        """Every number and name that the unit has had, the first one first."""
        return tuple(self._spans.get(unit_id, ()))

    def span_near(self, unit_id: int, day: dt.date) -> Span | None:
        """What the unit was called on ``day``, else what it was called last before, else first after."""
        spans = self.spans_of(unit_id)
        before = [span for span in spans if span.valid_from <= day]
        return self.span_on(unit_id, day) or next(iter(before[-1:] or spans), None)

    def units_on(self, day: dt.date) -> tuple[int, ...]:
        """The units that existed on ``day``, in the order of their numbers; districts too, where they were given."""
        holding = [span for spans in self._spans.values() for span in spans if span.holds(day)]
        return tuple(span.unit_id for span in sorted(holding, key=lambda span: span.number))

    def adjustments(self, after: dt.date, until: dt.date) -> tuple[Link, ...]:
        """The boundary adjustments after the one day and until the other. They are told, and never followed."""
        return tuple(link for link in self._adjusted if after < link.on <= until)

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

    def home(self, unit_id: int, then: dt.date, day: dt.date) -> Home:
        """Where a figure that ``unit_id`` gave on ``then`` stands in the borders of ``day``.

        It follows mergers and renumbering as far as the whole unit goes, and stops before a split. In earlier borders
        only a figure of a unit that was one unit then, or lay inside one, moves.
        """
        if day < then:
            origins = self.origins(unit_id, day)
            if len(origins) == 1:
                return Home(origins[0].unit_id, True)
            return Home(unit_id, False, tuple(origin.unit_id for origin in origins))
        since = then if self.exists(unit_id, then) else dt.date.min
        current, seen = unit_id, {unit_id}
        while True:
            exists = self.exists(current, day)
            links = [link for link in self._forward.get(current, ()) if since < link.on <= day]
            split = any(link.kind == "split" for link in links)
            if exists and not split:
                return Home(current, True)
            onward = {link.new_id for link in links}
            if split or len(onward) != 1 or onward <= seen:
                return Home(current, False, tuple(entry.unit_id for entry in self.today(current, day)))
            since, current = links[0].on, onward.pop()
            seen.add(current)

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
            for link in links.get(current, ()):
                # A unit that goes on is not followed further, unless a part was split from it.
                if forward and link.on <= day and (not exists or link.kind == "split"):
                    queue.append((link.new_id, whole and link.kind != "split"))
                elif not forward and link.on > day:
                    queue.append((link.old_id, whole and link.kind != "split"))
        return tuple(Related(key, whole) for key, whole in sorted(found.items()))
