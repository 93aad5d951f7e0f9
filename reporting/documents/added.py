"""Parts of the documents that other apps add. They say so when they are ready; none of them is imported here.

A part brings what it knows as plain values: of each municipality a class under a key (``AddedFact``), and sums of money
(``AddedAmount``). They are kept with a summary like everything else that it is computed from, so that a figure made
from them has its way home, and the whole can be computed again years later. A part that has brought nothing is not
drawn, and one whose app is gone is drawn no more, but its kept figures are still counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from .book import Book, Translate
from .content import Block
from .facts import AddedAmount, AddedFact, Facts


@dataclass(frozen=True)
class Brought:
    """What a part knows on a day."""

    facts: tuple[AddedFact, ...] = ()
    amounts: tuple[AddedAmount, ...] = ()


@dataclass(frozen=True)
class AddedPart:
    """``key`` is the part's, and the id of its first heading; ``title`` gives that heading's words. ``collect`` asks
    the database, with a number of queries that never grows, for what is known on a day; ``draw`` is pure, and draws
    nothing where nothing was brought."""

    key: str
    title: Callable[[Translate], str]
    collect: Callable[[dt.date], Brought]
    draw: Callable[[Book], tuple[Block, ...]]


_PARTS: dict[str, AddedPart] = {}


def part_register(part: AddedPart) -> None:
    """Add a part. Registering a key again replaces it, as when code is loaded twice."""
    _PARTS[part.key] = part


def added_parts() -> tuple[AddedPart, ...]:
    """The parts of other apps, in the order of their keys."""
    return tuple(_PARTS[key] for key in sorted(_PARTS))


def with_added(facts: Facts) -> Facts:
    """The facts with what the parts bring on the document's day. Call it in the transaction in which they were
    collected, so that both see the same rows."""
    brought = [part.collect(facts.round.date) for part in added_parts()]
    return replace(
        facts,
        added=tuple(row for entry in brought for row in entry.facts),
        amounts=tuple(row for entry in brought for row in entry.amounts),
    )
