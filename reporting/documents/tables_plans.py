"""Anchoring in the plans, and the position on each of the 25 solutions. Pure."""

from __future__ import annotations

from decimal import Decimal

from . import rules, texts
from .book import Book, Line, Measure
from .content import Block, Figure, Heading, Paragraph, Series
from .formats import format_date, format_share


def anchoring_chapter(book: Book) -> tuple[Block, ...]:
    """In which plans the reform is anchored, by office; a municipality can name several."""
    _ = book._
    types = texts.plan_types(_)
    every = book.every
    samfunnsdel = {"question": "plan.anchoring", "values": "samfunnsdel"}
    book.table(
        "anchoring",
        _("Anchoring by plan type and office, number of municipalities"),
        _("Office"),
        book.office_lines(),
        (
            book.units(),
            *(
                Measure(
                    key, label, {"question": "plan.anchoring", "values": key},
                    definition=book.tell(_("The reform is anchored in: {plan}"), plan=label), denominator=every,
                    rule=f"plan.anchoring={key}",
                )
                for key, label in types.items()
            ),
            Measure("empty", _("No plan named"), {"question": "plan.anchoring", "answer": "empty"},
                    definition=_("The report is delivered and names no plan"), denominator=every,
                    rule="plan.anchoring.empty"),
            Measure("absent", _("Not delivered"), {"question": "plan.anchoring", "answer": "absent"},
                    definition=_("The report is missing or sent back"), denominator=every,
                    rule="plan.anchoring.absent"),
            Measure("samfunnsdel_share", _("Share samfunnsdel"), {**samfunnsdel, "measure": "share"}, kind="share",
                    definition=_(
                        "Municipalities that have anchored the reform in the samfunnsdel (Planning Act § 11-2)"
                    ),
                    denominator=every, rule="core.samfunnsdel"),
        ),
        note=_("A municipality can name several plans, so the columns do not sum to the municipalities."),
    )  # fmt: skip
    lead = book.say(
        _("{n} municipalities, {share}, have anchored the reform in the samfunnsdel of the municipal plan."),
        n=book.figure("anchoring", "samfunnsdel"), share=book.figure("anchoring", "samfunnsdel_share"),
    )  # fmt: skip
    most = max(types, key=lambda key: book.number("anchoring", key))
    body = book.say(
        _("Most often named: {plan}, by {n}. {empty} have delivered and name no plan, {absent} have not delivered."),
        plan=types[most].lower() if most != "samfunnsdel" else types[most], n=book.figure("anchoring", most),
        empty=book.figure("anchoring", "empty"), absent=book.figure("anchoring", "absent"),
    )  # fmt: skip
    return (
        Heading("anchoring", 1, _("Anchoring")),
        Paragraph(lead, "lead"),
        Paragraph(body),
        _anchoring_chart(book, types),
        book.by_name["anchoring"],
    )


def _anchoring_chart(book: Book, types: dict[str, str]) -> Block:
    _ = book._
    now, previous = book.facts.round, book.facts.previous
    series = []
    for entry in (previous, now) if previous else (now,):
        day = entry.date.isoformat()
        values = tuple(
            book.tallies.value({"question": "plan.anchoring", "values": key, "round": day, "measure": "share"})
            for key in types
        )
        series.append(Series("now" if entry is now else "before", format_date(entry.date), values))
    parts = ". ".join(
        f"{label}: " + " → ".join(_shown(entry.values[index]) for entry in series)
        for index, label in enumerate(types.values())
    )
    return book.chart(
        "dumbbell" if previous else "bars", _("Anchoring by plan type, share of all municipalities"), "anchoring",
        types.values(), series,
        alt=book.tell(_("A row a plan type, one point a round. {parts}."), parts=parts),
    )  # fmt: skip


def _shown(value: object) -> str:
    return format_share(value) if isinstance(value, Decimal) else "–"


def solutions_chapter(book: Book) -> tuple[Block, ...]:
    """The position on each of the 25 solutions, grouped by focus area."""
    _ = book._
    heads = texts.positions(_)
    every = book.every
    taken = {"question": "solutions", "values": "|".join(rules.POSITION_TAKEN)}
    lines = [
        Line(
            entry.code,
            f"{entry.code} {book.word(entry.names)}",
            {"row": entry.code},
            group=book.word(entry.area_names),
        )
        for entry in book.facts.solutions
    ]
    table = book.table(
        "solutions",
        _("Position on each solution, number of municipalities"),
        _("Solution"),
        lines,
        (
            *(
                Measure(
                    key, label, {"question": "solutions", "values": key},
                    definition=book.tell(_("The municipality's position on the solution: {position}"), position=label),
                    denominator=every, rule=f"solutions={key}",
                )
                for key, label in heads.items()
            ),
            Measure("missing", _("Not answered"), {"question": "solutions", "answer": "missing"},
                    definition=_("The report is missing, or the row is empty"), denominator=every,
                    rule="solutions.missing"),
            Measure("taken", _("Taken up"), taken,
                    definition=_("Already in place, adopted or adapted locally"), denominator=every,
                    rule="solutions.taken"),
            Measure("taken_share", _("Share taken up"), {**taken, "measure": "share"}, kind="share",
                    definition=_("Already in place, adopted or adapted locally"), denominator=every,
                    rule="solutions.taken"),
        ),
        note=_("In place + adopted + adapted + considered + not considered + not answered = municipalities."),
        empty=_("No solutions are registered."),
    )  # fmt: skip
    return (
        Heading("solutions", 1, _("The 25 solutions")),
        *_solution_words(book, lines),
        _solutions_chart(book, lines, heads),
        table,
    )


def _solution_words(book: Book, lines: list[Line]) -> tuple[Block, ...]:
    if not lines:
        return ()
    most = max(lines, key=lambda line: book.number("solutions", "taken", line.key))
    least = min(lines, key=lambda line: book.number("solutions", "taken", line.key))

    def of(line: Line) -> Figure:
        return book.figure("solutions", "taken", line.key)

    if of(most).value == of(least).value:
        return ()
    text = book.say(
        book._("Most municipalities, {most}, have taken up {first}; fewest, {least}, have taken up {last}."),
        most=of(most), first=str(most.label), least=of(least), last=str(least.label),
    )  # fmt: skip
    return (Paragraph(text, "lead"),)


def _solutions_chart(book: Book, lines: list[Line], heads: dict[str, str]) -> Block:
    _ = book._
    columns = [
        ("taken", "taken", _("Taken up")),
        ("considered", "considered", heads["considered"]),
        ("not_considered", "not_considered", heads["not_considered"]),
        ("missing", "missing", _("Not answered")),
    ]
    series = book.series("solutions", columns, [line.key for line in lines])
    parts = ", ".join(
        f"{line.key} {book.number('solutions', 'taken', line.key)}" for line in lines
    )  # fmt: skip
    return book.chart(
        "stacked", _("Position on each solution, number of municipalities"), "solutions",
        [str(line.label) for line in lines], series,
        alt=book.tell(_("Bars, one a solution, cut by position. Taken up: {parts}."), parts=parts),
        labels=[_share_label(book, line.key) for line in lines], labels_head=_("Taken up"),
    )  # fmt: skip


def _share_label(book: Book, row: str) -> str:
    return book._plain(book.figure("solutions", "taken_share", row))
