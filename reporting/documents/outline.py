"""The parts that a summary is composed of, in their usual order. Pure.

Helsedirektoratet chooses among them and orders them; the summary page, the method and the definitions always stand. A
part is drawn by itself: it takes no figure from another part's tables, so that any of them can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import texts
from .added import added_parts
from .assessments import assessment_chapter, remarked
from .book import Book, Translate
from .content import Block
from .facts import HALF_YEAR, YEARLY, Composed
from .tables_annex import annex
from .tables_core import plan_chapter
from .tables_delivery import delivery_chapter
from .tables_plans import anchoring_chapter, solutions_chapter
from .tables_progress import progress_chapter
from .tables_registers import registers_chapter
from .tables_risk import change_chapter, results_chapter, risk_chapter
from .tables_support import network_chapter, support_chapter
from .tables_tasks import tasks_chapter


@dataclass(frozen=True)
class Part:
    """One part: its stable key, which is the id of its first heading, and what draws it. A part may be empty."""

    key: str
    draw: Callable[[Book], tuple[Block, ...]]


PARTS = (
    Part("judgement", assessment_chapter),
    Part("tasks", tasks_chapter),
    Part("delivery", delivery_chapter),
    Part("plan", plan_chapter),
    Part("anchoring", anchoring_chapter),
    Part("solutions", solutions_chapter),
    Part("networks", network_chapter),
    Part("support", support_chapter),
    Part("progress", progress_chapter),
    Part("risk", risk_chapter),
    Part("results", results_chapter),
    Part("changes", change_chapter),
    Part("registers", registers_chapter),
    Part("annex", annex),
)
USUAL = tuple(part.key for part in PARTS)
"""The document's own parts. Those of other apps stand before ``BEFORE``."""
BEFORE = "changes"
FIRST_OF_YEAR = "tasks"
"""What the yearly report lays weight on: it stands right after the summary page."""


def titles(_: Translate, kind: str = HALF_YEAR) -> dict[str, str]:
    """The name of each part in a document of this kind; the same as its heading."""
    return {
        **{part.key: part.title(_) for part in added_parts()},
        "judgement": _("Assessment"),
        "tasks": _("Risk in Helsedirektoratet's tasks"),
        "delivery": _("Delivery"),
        "plan": _("Plan status"),
        "anchoring": _("Anchoring"),
        "solutions": _("The 25 solutions"),
        "networks": _("Networks"),
        "support": _("Support"),
        "progress": _("Steps, phases and delay"),
        "risk": _("The five patterns of risk"),
        "results": _("Results"),
        "changes": texts.change_title(_, kind),
        "registers": _("Reports and registers"),
        "annex": _("Annex: municipality by municipality"),
    }


def usual(kind: str) -> tuple[str, ...]:
    """The keys of all parts in the order in which a document of this kind has them when nobody has chosen."""
    place = USUAL.index(BEFORE)
    keys = (*USUAL[:place], *(part.key for part in added_parts()), *USUAL[place:])
    if kind != YEARLY:
        return keys
    return (FIRST_OF_YEAR, *(key for key in keys if key != FIRST_OF_YEAR))


def _drawing() -> dict[str, Callable[[Book], tuple[Block, ...]]]:
    return {part.key: part.draw for part in PARTS} | {part.key: part.draw for part in added_parts()}


def chosen(composed: Composed) -> tuple[str, ...]:
    """The keys of the parts that the document has, in order. Keys that are unknown, or there twice, are passed over."""
    known = [key for key in composed.outline if key in _drawing()]
    return tuple(dict.fromkeys(known)) or usual(composed.kind)


def draw(book: Book, keys: Iterable[str]) -> tuple[Block, ...]:
    """The blocks of these parts, in this order, each table with Helsedirektoratet's comment under it."""
    drawing = _drawing()
    return remarked(book, [block for key in keys for block in drawing[key](book)])
