"""What is killed when: ``CELLS`` is what CI runs, every victim at every step; more rounds go through every point."""

from __future__ import annotations

from collections.abc import Iterator

from tests.kill.points import POINTS

VICTIMS = ("web", "worker", "beat", "broker", "database")
STEPS = ("submit", "approve", "deliver", "build", "send")
CELLS: tuple[tuple[str, str], ...] = (
    ("web", "submit written"), ("web", "submit answering"), ("worker", "submit receipt"), ("beat", "submit queueing"),
    ("broker", "submit queueing"), ("database", "submit written"),
    ("web", "approve answering"), ("worker", "approve written"), ("beat", "approve written"),
    ("broker", "approve written"), ("database", "approve written"),
    ("web", "deliver written"), ("worker", "deliver answering"), ("beat", "deliver written"),
    ("broker", "deliver written"), ("database", "deliver answering"),
    ("web", "build asked"), ("worker", "build computed"), ("worker", "build filed"), ("beat", "build stored"),
    ("broker", "build drawing"), ("database", "build half"),
    ("web", "send written"), ("worker", "send claimed"), ("worker", "send handed"), ("beat", "send claimed"),
    ("broker", "send handed"), ("database", "send handed"),
)  # fmt: skip


def cells(rounds: int) -> Iterator[tuple[str, str]]:
    """CI's own for one round; for each round more, every victim at every point."""
    yield from CELLS
    for _ in range(rounds - 1):
        for point in POINTS:
            for victim in VICTIMS:
                yield victim, point
