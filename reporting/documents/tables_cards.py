"""The core indicators as cards on the summary page. Pure."""

from __future__ import annotations

from . import rules
from .book import Book, Measure
from .content import Figure, KeyFigure, KeyFigures
from .formats import format_date
from .tables_core import indicator_measures


def key_figures(book: Book) -> KeyFigures:
    """The five core indicators as cards: of how many, share, change since last round, and the rounds."""
    _ = book._
    now = book.facts.round.date.isoformat()
    previous = book.facts.previous
    units = book.number("trend", "units", now)
    cards = []
    for measure in indicator_measures(book):
        figure = book.figure("trend", measure.key, now)
        trend = tuple(
            (format_date(entry.date), book.number("trend", measure.key, entry.date.isoformat()))
            for entry in book.facts.rounds
        )
        share = book.derived(_as(measure, "share", measure="share"), figure, {})
        change = Figure(None, "change", figure.ref, figure.row)
        label = _("no earlier round")
        if previous is not None:
            change = book.derived(_as(measure, "change", measure="change", since=previous.date.isoformat()), figure, {})
            label = book.tell(_("since {date}"), date=previous.date)
        points = ", ".join(f"{name}: {number}" for name, number in trend)
        alt = book.tell(_("{name} by round: {points}."), name=measure.label, points=points)
        year, year_label = _since_last_year(book, measure, figure)
        note = _note(book, measure)
        cards.append(KeyFigure(measure.label, figure, units, share, change, label, trend, alt, note, year, year_label))
    return KeyFigures(tuple(cards))


def _since_last_year(book: Book, measure: Measure, figure: Figure) -> tuple[Figure | None, str]:
    """The change since the round of the same day a year ago; None where there was none, or the other change is that."""
    now = book.facts.round.date
    ago = next((entry for entry in book.facts.rounds[:-2] if entry.date == now.replace(year=now.year - 1)), None)
    if ago is None or ago == book.facts.previous:
        return None, ""
    change = book.derived(_as(measure, "change", measure="change", since=ago.date.isoformat()), figure, {})
    return change, book.tell(book._("since {date}"), date=ago.date)


def _as(base: Measure, kind: str, **select: str) -> Measure:
    return Measure(
        base.key, base.label, {**base.select, **select}, kind=kind, rule=base.rule,  # type: ignore[arg-type]
        version=base.version,
    )  # fmt: skip


def _note(book: Book, measure: Measure) -> str:
    if measure.select.get("register") == "plan":
        select = {"register": "plan", "status": "none"}
        return book.tell(book._("{n} not in the plan register"), n=book.tallies.count(select))
    if "question" not in measure.select:
        return ""
    question = measure.select["question"]
    if question in rules.SEVERAL:  # nothing chosen is an answer there
        return book.tell(book._("{n} not delivered"), n=book.tallies.count({"question": question, "answer": "absent"}))
    return book.tell(book._("{n} not answered"), n=book.tallies.count({"question": question, "answer": "missing"}))
