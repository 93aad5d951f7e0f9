"""What is new in the registers since last round, by name: plans adopted, plans no longer adopted, networks. Pure."""

from __future__ import annotations

from datetime import date

from . import rules
from .book import Book, name_runs
from .by_unit import ByUnit
from .content import Block, Bullets, Heading, Paragraph, Run, Text
from .facts import Unit, holds


def register_news(book: Book) -> tuple[Block, ...]:
    """A section that names what the registers say now and did not say on the reference date of the round before;
    empty without an earlier round. Municipalities are those of this round; one that did not exist then is new here
    only if none of its rows held then."""
    _ = book._
    previous = book.facts.previous
    if previous is None:
        return ()
    gained, lost = _plans(book, previous.date)
    networks = [
        network.name
        for network in book.facts.networks
        if network.since is not None and previous.date < network.since <= book.facts.round.date
    ]
    items: list[tuple[Run, ...]] = []
    for label, units in ((_("Adopted plan, new in the register"), gained), (_("No longer adopted"), lost)):
        if units:
            items.append((Text(label + ": ", strong=True), *name_runs(units)))
    if networks:
        items.append((Text(_("New networks") + ": ", strong=True), Text(", ".join(networks) + ".")))
    head = Heading("register_news", 2, _("New in the registers"))
    if not items:
        sentence = book.tell(_("No plan and no network is new in the registers since {date}."), date=previous.date)
        return (head, Paragraph((Text(sentence),)))
    return (head, Bullets(tuple(items)))


def _plans(book: Book, then: date) -> tuple[list[Unit], list[Unit]]:
    before, now = _adopted(book, then), _adopted(book, book.facts.round.date)
    gained: list[Unit] = []
    lost: list[Unit] = []
    for unit in book.facts.units:
        if unit.kind == "municipality" and (unit.id in now) != (unit.id in before):
            (gained if unit.id in now else lost).append(unit)
    return gained, lost


def _adopted(book: Book, day: date) -> ByUnit[bool]:
    """Who has an adopted plan by the plan register on a day."""
    found: ByUnit[bool] = ByUnit(book.tallies.places)
    for row in book.facts.plans:
        if row.status in rules.ADOPTED and holds(row, day):
            found.put(row.unit, True)
    return found
