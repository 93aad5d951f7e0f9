"""Steps, phases and delay by office. Pure."""

from __future__ import annotations

from . import texts
from .book import TOTAL, Book, Line, Measure
from .content import Block, Heading, Paragraph, Series, Table


def progress_chapter(book: Book) -> tuple[Block, ...]:
    """Where the municipalities stand, and how late they are against their own plan."""
    _ = book._
    step, phase = _steps(book), _phases(book)
    delay, reasons = _delays(book), _reasons(book)
    at_end = book.say(
        _("{four} municipalities are at step 4 or 5, and {three} are in phase 3 or later."),
        four=book.figure("steps", "late_steps"), three=book.figure("phases", "late_phases"),
    )  # fmt: skip
    late = book.say(
        _(
            "{late} municipalities are delayed against their own plan, {most} of them by more than 24 months. "
            "{none} have no delay, and {missing} have not answered."
        ),
        late=book.figure("delay", "delayed"), most=book.figure("delay", "25-"), none=book.figure("delay", "0"),
        missing=book.figure("delay", "missing"),
    )  # fmt: skip
    return (
        Heading("progress", 1, _("Steps, phases and delay")),
        Paragraph(at_end, "lead"),
        book.by_office(_("Steps by office, number of municipalities"), "steps", _columns(texts.steps(_), "step", book),
                       share="late_share", head=_("Step 4 or 5")),
        step,
        phase,
        Heading("delay", 2, _("Delay")),
        Paragraph(late),
        _delay_chart(book),
        delay,
        reasons,
    )  # fmt: skip


def _columns(names: dict[str, str], prefix: str, book: Book) -> list[tuple[str, str, str]]:
    return [
        *((key, f"{prefix}_{key}", label) for key, label in names.items()),
        ("missing", "missing", book._("Not answered")),
    ]


def _classes(book: Book, question: str, names: dict[str, str], definition: str) -> list[Measure]:
    _ = book._
    return [
        book.units(),
        *(
            Measure(key, label, {"question": question, "values": key}, definition=book.tell(definition, name=label),
                    denominator=book.every, rule=f"{question}={key}")
            for key, label in names.items()
        ),
        Measure("missing", _("Not answered"), {"question": question, "answer": "missing"},
                definition=_("The report is missing, or the question is empty"), denominator=book.every,
                rule=f"{question}.missing"),
    ]  # fmt: skip


def _steps(book: Book) -> Table:
    _ = book._
    late = {"question": "progress.step", "values": "4|5"}
    return book.table(
        "steps", _("Step by office, number of municipalities"), _("Office"), book.office_lines(),
        (
            *_classes(book, "progress.step", texts.steps(_), _("The municipality says that it is at step: {name}")),
            Measure("late_steps", _("Step 4 or 5"), late, definition=_("At step 4 or 5"), denominator=book.every,
                    rule="progress.step.late"),
            Measure("late_share", _("Share step 4 or 5"), {**late, "measure": "share"}, kind="share",
                    definition=_("At step 4 or 5"), denominator=book.every, rule="progress.step.late"),
        ),
        note=_("The five steps and not answered sum to the municipalities."),
    )  # fmt: skip


def _phases(book: Book) -> Table:
    _ = book._
    late = {"question": "progress.phase", "values": "3|4"}
    return book.table(
        "phases", _("Phase by office, number of municipalities"), _("Office"), book.office_lines(),
        (
            *_classes(book, "progress.phase", texts.phases(_), _("The municipality says that it is in phase: {name}")),
            Measure("late_phases", _("Phase 3 or 4"), late, definition=_("In phase 3 or 4"), denominator=book.every,
                    rule="progress.phase.late"),
        ),
        note=_("The three phases and not answered sum to the municipalities."),
    )  # fmt: skip


def _delays(book: Book) -> Table:
    _ = book._
    question = {"question": "progress.delay_months"}
    return book.table(
        "delay", _("Delay against the municipality's own plan, number of municipalities"), _("Office"),
        book.office_lines(),
        (
            book.units(),
            *(
                Measure(key, label, {**question, "numbers": key},
                        definition=book.tell(_("Delay that the municipality reports: {name}"), name=label.lower()),
                        denominator=book.every, rule="progress.delay_months")
                for key, label in texts.delay_classes(_).items()
            ),
            Measure("missing", _("Not answered"), {**question, "answer": "missing"},
                    definition=_("The report is missing, or the question is empty"), denominator=book.every,
                    rule="progress.delay_months.missing"),
            Measure("delayed", _("Delayed"), {**question, "numbers": "1-"},
                    definition=_("Delayed by at least one month"), denominator=book.every, rule="progress.delayed"),
            Measure("share", _("Share delayed"), {**question, "numbers": "1-", "measure": "share"}, kind="share",
                    definition=_("Delayed by at least one month"), denominator=book.every,
                    rule="progress.delayed"),
        ),
        note=_("No delay, the four classes and not answered sum to the municipalities."),
    )  # fmt: skip


def _reasons(book: Book) -> Table:
    _ = book._
    lines = [
        Line(key, label, {"values": key}) for key, label in texts.delay_reasons(_).items()
    ]  # fmt: skip
    return book.table(
        "reasons", _("Main reason for the delay, number of municipalities"), _("Reason"), lines,
        (
            Measure("n", _("Municipalities"), {"question": "progress.delay_reason"},
                    definition=_("Delayed municipalities that give this as the main reason"),
                    denominator=_("Municipalities that are delayed"), rule="progress.delay_reason"),
        ),
        note=book.tell(
            _("Only municipalities that are delayed are asked: {n}."), n=book.figure("delay", "delayed", TOTAL)
        ),
    )  # fmt: skip


def _delay_chart(book: Book) -> Block:
    _ = book._
    classes = texts.delay_classes(_)
    names = {**classes, "missing": _("Not answered")}
    values = tuple(book.number("delay", key) for key in names)
    parts = ". ".join(f"{label}: {value}" for label, value in zip(names.values(), values, strict=True))
    return book.chart(
        "histogram", _("Delay, number of municipalities"), "delay", names.values(),
        (Series("delay", _("Municipalities"), values),),
        alt=book.tell(_("Upright bars, one a class of delay. {parts}."), parts=parts), apart=names["missing"],
    )  # fmt: skip
